"""Notices to one follower: account_ports.Notices over the platform's server API.

developers.weixin.qq.com: notify/template, notify/subscribe.
"""

from collections.abc import Mapping

from bot.adapters.wechat_calls import PlatformCalls, number_of


class WechatNotices:
    """account_ports.Notices."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def send_template(
        self, openid: str, template_id: str, data: Mapping[str, str], url: str | None, client_id: str
    ) -> str:
        """Send a service notice; its message id. Safe to repeat with the same client id."""
        body = {"touser": openid, "template_id": template_id, "client_msg_id": client_id, "data": _values(data)}
        answer = self._calls.post(
            "message/template/send", body | ({"url": url} if url else {}), is_repeatable=False
        )  # fmt: skip
        return number_of(answer, "msgid", is_repeatable=False)

    def send_subscribed(self, openid: str, template_id: str, data: Mapping[str, str], page: str | None) -> str:
        """Send a notice he agreed to; its message id. Not safe to repeat: each consent is for one."""
        body = {"touser": openid, "template_id": template_id, "data": _values(data)}
        answer = self._calls.post(
            "message/subscribe/bizsend", body | ({"page": page} if page else {}), is_repeatable=False
        )  # fmt: skip
        return number_of(answer, "msgid", is_repeatable=False)


def _values(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"value": value} for name, value in data.items()}
