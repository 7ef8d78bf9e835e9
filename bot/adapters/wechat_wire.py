"""What the platform's API speaks: bodies of messages, meaning of its error codes, meaning of a broken connection.

Knows nothing of wechatpy. No error made here carries an address, because addresses carry the token.
"""

from typing import Any
from urllib.parse import quote, urlsplit

import requests
import structlog
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from bot.adapters.wechat_reply import passive_text
from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from bot.messages import Article, Reply

log = structlog.get_logger()

TEXT_LIMIT_BYTES = 2048

TOKEN_REFUSED = frozenset((40001, 40014, 42001))
ALREADY_TYPING = 45081
_BUSY = frozenset((-1, 45009, 45011, 45066))
_NAMED = {45015: "window_closed", 45047: "allowance_spent", 43004: "not_following"}
# The follower's own doing, nothing to repair: unknown, blacklisted, refuses messages, silent for 30 s.
_FOLLOWERS_STATE = frozenset((40003, 43019, 43101, 45080, 48002))
_ACCOUNT = frozenset(
    (40002, 40013, 40125, 40164, 40243, 41002, 41004, 45028, 48001, 48003, 48004, 50002, 50004, 50007, 61452,
     *range(89503, 89508))
)  # fmt: skip


def message_body(openid: str, reply: Reply) -> dict[str, Any]:
    """The body of message/custom/send. Raises SendRefused (too_long): who splits a text must be the caller."""
    if any(choice.url is not None for choice in reply.choices):
        # A menu's lines cannot open a page; a text with links can, and its other lines come back like a menu's.
        reply = Reply(passive_text(reply), is_ai=reply.is_ai)
    text = _encodable(reply.text)
    lines = [{"id": choice.id, "content": _encodable(choice.text)} for choice in reply.choices]
    if sum(len(part.encode()) for part in (text, *(line["content"] for line in lines))) > TEXT_LIMIT_BYTES:
        raise SendRefused(reason="too_long")
    body: dict[str, Any] = {"touser": openid}
    if lines:
        body |= {"msgtype": "msgmenu", "msgmenu": {"head_content": text, "list": lines, "tail_content": ""}}
    else:
        body |= {"msgtype": "text", "text": {"content": text}}
    # The platform prints a grey line under what it is told a machine wrote.
    return body | ({"aimsgcontext": {"is_ai_msg": 1}} if reply.is_ai else {})


def image_body(openid: str, media_id: str) -> dict[str, Any]:
    """The body that sends an uploaded picture."""
    return {"touser": openid, "msgtype": "image", "image": {"media_id": media_id}}


def article_body(openid: str, article: Article) -> dict[str, Any]:
    """The body of an article card: a list of exactly one, or the platform answers 45008."""
    card = {
        "title": article.title,
        "description": article.description,
        "url": article.url,
        "picurl": article.picture_url,
    }
    return {"touser": openid, "msgtype": "news", "news": {"articles": [card]}}


def qr_body(scene: str, expire_s: int) -> dict[str, Any]:
    """The body that makes a temporary code with a scene of text."""
    return {
        "expire_seconds": expire_s,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }


def qr_address(api_base: str, ticket: str) -> str:
    """Where the picture of a code is shown: on the platform another host than the API, on the simulator the same."""
    is_platform = (urlsplit(api_base).hostname or "").endswith("weixin.qq.com")
    base = "https://mp.weixin.qq.com" if is_platform else api_base
    return f"{base}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"


def refusal(errcode: int, call: str) -> BotError:
    """The error of ours for an errcode; what somebody must repair is logged as an error."""
    if errcode in _BUSY or errcode in TOKEN_REFUSED:
        return WechatBusy(errcode=errcode, reason=str(errcode))
    if errcode in _ACCOUNT:
        log.error("wechat_account_refused", call=call, errcode=errcode)
        return PlatformMisconfigured(errcode=errcode, reason=str(errcode))
    if errcode not in _NAMED and errcode not in _FOLLOWERS_STATE:
        log.error("wechat_call_refused", call=call, errcode=errcode)
    return SendRefused(reason=_NAMED.get(errcode, str(errcode)))


def token_refusal(errcode: int) -> BotError:
    """As `refusal`, for the token call: there 40001 means a wrong secret."""
    if errcode in TOKEN_REFUSED:
        log.error("wechat_account_refused", call="stable_token", errcode=errcode)
        return PlatformMisconfigured(errcode=errcode)
    return refusal(errcode, "stable_token")


def after_sending(*, is_repeatable: bool) -> BotError:
    """The error for a call that went out and brought no readable answer: nobody knows whether it was executed."""
    return WechatBusy("no readable answer") if is_repeatable else OutcomeUnknown()


def broken_call(error: requests.RequestException, *, is_repeatable: bool) -> BotError:
    """The error for a call that broke: before anything went out it was surely not executed."""
    if _never_left(error):
        return WechatBusy(type(error).__name__)
    return after_sending(is_repeatable=is_repeatable)


def _never_left(error: requests.RequestException) -> bool:
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _encodable(text: str) -> str:
    """Half a surrogate pair, which JSON in UTF-8 cannot carry, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
