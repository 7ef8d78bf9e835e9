"""Followers as the platform groups and lists them: account_ports.PlatformTags, FollowerList and Quotas.

developers.weixin.qq.com: usermanage/tag, usermanage/userinfo, apimanage.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.account_ports import CallQuota, PlatformTag
from bot.adapters import wechat_wire as wire
from bot.adapters.wechat_calls import PlatformCalls, number_of, rows_of

A_MINUTE_S = 60


class WechatTags:
    """account_ports.PlatformTags."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def list_all(self) -> tuple[PlatformTag, ...]:
        """All tags."""
        return tuple(
            PlatformTag(int(number_of(row, "id")), str(row.get("name", "")), int(number_of(row, "count")))
            for row in rows_of(self._calls.get("tags/get"), "tags")
        )

    def create(self, name: str) -> int:
        """A new tag; its id. After an unknown outcome a repeat may find the name taken."""
        made = self._calls.post("tags/create", {"tag": {"name": name}}, is_repeatable=False).get("tag")
        return int(number_of(made if isinstance(made, dict) else {}, "id", is_repeatable=False))

    def delete(self, tag_id: int) -> None:
        """Remove a tag."""
        self._calls.post("tags/delete", {"tag": {"id": tag_id}})

    def add_members(self, tag_id: int, openids: Sequence[str]) -> None:
        """Put at most 50 followers under a tag."""
        self._calls.post("tags/members/batchtagging", {"openid_list": list(openids), "tagid": tag_id})

    def remove_members(self, tag_id: int, openids: Sequence[str]) -> None:
        """Take at most 50 followers out."""
        self._calls.post("tags/members/batchuntagging", {"openid_list": list(openids), "tagid": tag_id})

    def members(self, tag_id: int, after: str = "") -> tuple[tuple[str, ...], str]:
        """Up to 10,000 openids, and what to ask after next; "" at the end."""
        return _page(self._calls.post("user/tag/get", {"tagid": tag_id, "next_openid": after}))


class WechatFollowerList:
    """account_ports.FollowerList."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def page(self, after: str = "") -> tuple[tuple[str, ...], str]:
        """Up to 10,000 openids, and what to ask after next; "" at the end."""
        return _page(self._calls.get("user/get", next_openid=after))


class WechatQuotas:
    """account_ports.Quotas."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def of(self, path: str) -> CallQuota:
        """Today's count of one endpoint."""
        found = self._calls.post("openapi/quota/get", {"cgi_path": path})
        quota, rate = found.get("quota"), found.get("rate_limit")
        if not isinstance(quota, dict):
            raise wire.after_sending(is_repeatable=True)
        is_per_minute = isinstance(rate, dict) and rate.get("refresh_second") == A_MINUTE_S
        return CallQuota(
            daily_limit=int(number_of(quota, "daily_limit")),
            used=int(number_of(quota, "used")),
            remain=int(number_of(quota, "remain")),
            per_minute=int(number_of(rate, "call_count")) if isinstance(rate, dict) and is_per_minute else None,
        )


def _page(answer: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """The page after the last has no `data` at all."""
    data = answer.get("data")
    openids = data.get("openid") if isinstance(data, dict) else None
    if not isinstance(openids, list) or not openids:
        return (), ""
    return tuple(str(openid) for openid in openids), str(answer.get("next_openid") or "")
