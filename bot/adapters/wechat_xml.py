"""A push's fields → InboundMessage.

Fields per kind: developers.weixin.qq.com, 接收普通消息 and 接收事件推送. Order, CDATA and unknown extras do not matter;
an unknown MsgType or Event is a message of an unknown kind, never an error.
"""

import hashlib
import re
from datetime import UTC, datetime

from bot.adapters.wechat_fields import Fields
from bot.adapters.wechat_receipts import READERS
from bot.compliance.rules import mask_secrets
from bot.errors import CallbackRejected
from bot.messages import EventName, InboundMessage, MessageKind

_OPENID = re.compile(r"[A-Za-z0-9_-]{20,40}")
_MESSAGE_ID = re.compile(r"\d{1,24}", re.ASCII)

KINDS = {
    "text": MessageKind.TEXT,
    "image": MessageKind.IMAGE,
    "voice": MessageKind.VOICE,
    "video": MessageKind.VIDEO,
    "shortvideo": MessageKind.VIDEO,
    "location": MessageKind.LOCATION,
    "link": MessageKind.LINK,
    "file": MessageKind.FILE,
    "miniprogrampage": MessageKind.MINIPROGRAM,
}
EVENTS = {
    "subscribe": EventName.SUBSCRIBE,
    "unsubscribe": EventName.UNSUBSCRIBE,
    "scan": EventName.SCAN,
    "click": EventName.CLICK,
    "view": EventName.VIEW,
    "location": EventName.LOCATION,
    "user_authorization_revoke": EventName.REVOKED,
    "user_authorization_cancellation": EventName.CANCELLED,
    "masssendjobfinish": EventName.MASS_DONE,
    "publishjobfinish": EventName.PUBLISH_DONE,
    "templatesendjobfinish": EventName.NOTICE_DONE,
    "subscribe_msg_sent_event": EventName.NOTICE_SENT,
    "subscribe_msg_popup_event": EventName.NOTICE_CHOSEN,
    "subscribe_msg_change_event": EventName.NOTICE_CHOSEN,
}
SCENE_PREFIX = "qrscene_"
# What the rest of the product may want to know of a push, by its name there. Everything a follower can type is masked.
DETAIL = {
    "MediaId": "media_id",
    "MediaId16K": "media_id_16k",
    "PicUrl": "pic_url",
    "Format": "format",
    "ThumbMediaId": "thumb_media_id",
    "Location_X": "latitude",
    "Location_Y": "longitude",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "Precision": "precision",
    "Scale": "scale",
    "Label": "label",
    "Title": "title",
    "Description": "description",
    "Url": "url",
    "AppId": "app_id",
    "PagePath": "page_path",
    "FileKey": "file_key",
    "FileTotalLen": "file_bytes",
    "Ticket": "ticket",
    "MenuId": "menu_id",
    "MsgDataId": "article_id",
    "Idx": "article_index",
    "Status": "status",
    "MsgID": "job_id",
    "ScanCodeInfo.ScanType": "scan_type",
    "ScanCodeInfo.ScanResult": "scan_result",
    "SendLocationInfo.Location_X": "latitude",
    "SendLocationInfo.Location_Y": "longitude",
    "SendLocationInfo.Label": "label",
    "SendLocationInfo.Poiname": "place",
    "SendPicsInfo.Count": "pictures",
    "RevokeInfo": "revoked",
}


def message_of(fields: Fields) -> InboundMessage:
    """The message of a push's fields. Raises CallbackRejected (broken)."""
    kind = fields.text("MsgType").lower()
    follower = fields.text("FromUserName")
    if kind == "event":
        return _event_of(fields, follower)
    message_id = fields.find("MsgId")
    if message_id and not _MESSAGE_ID.fullmatch(message_id):
        raise CallbackRejected(forged=False)
    said = mask_secrets(fields.find("Content") if kind == "text" else fields.find("Recognition"))
    secret_kinds, detail = _detail(fields)
    return InboundMessage(
        kind=KINDS.get(kind, MessageKind.UNKNOWN),
        follower=_openid(follower),
        account=fields.text("ToUserName"),
        sent_at=_sent_at(fields),
        dedupe_key=_key("m", follower, message_id or f"{kind}{sorted(fields.names.items())}"),
        message_id=message_id or None,
        text=said.text,
        menu_choice=fields.find("bizmsgmenuid") or None,
        secrets=tuple(sorted({*said.kinds, *secret_kinds})),
        detail=detail,
    )


def _event_of(fields: Fields, follower: str) -> InboundMessage:
    name = fields.text("Event").lower()
    event = EVENTS.get(name, EventName.OTHER)
    if event in (EventName.REVOKED, EventName.CANCELLED):
        # FromUserName is the platform's helper here; OpenID is whose data must go.
        follower = fields.text("OpenID")
    key, ticket = fields.find("EventKey"), fields.find("Ticket")
    secret_kinds, detail = _detail(fields)
    about = READERS[event](fields) if event in READERS else None
    if about is not None:
        detail = dict(about.detail)
    return InboundMessage(
        kind=MessageKind.EVENT,
        follower=_openid(follower),
        account=fields.text("ToUserName"),
        sent_at=_sent_at(fields),
        # Two events of one follower may share a second, so what the platform suggests is not enough.
        dedupe_key=_key("j", name, about.job)
        if about is not None and about.job
        else _key("e", follower, fields.text("CreateTime"), name, key, fields.find("MsgID") or ticket),
        event=event,
        event_key=(key.removeprefix(SCENE_PREFIX) if event is EventName.SUBSCRIBE else key) or None,
        secrets=secret_kinds,
        detail={**detail, "event": name},
    )


def _detail(fields: Fields) -> tuple[tuple[str, ...], dict[str, str]]:
    kinds: set[str] = set()
    detail: dict[str, str] = {}
    for name, ours in DETAIL.items():
        value = fields.find(name)
        if value:
            masked = mask_secrets(value) if name in _TYPED else None
            kinds.update(masked.kinds if masked else ())
            detail[ours] = masked.text if masked else value
    return tuple(sorted(kinds)), detail


_TYPED = frozenset(
    {
        "Label",
        "Title",
        "Description",
        "Url",
        "PagePath",
        "ScanCodeInfo.ScanResult",
        "SendLocationInfo.Label",
        "SendLocationInfo.Poiname",
    }
)


def _openid(value: str) -> str:
    if not _OPENID.fullmatch(value):
        raise CallbackRejected(forged=False)
    return value


def _sent_at(fields: Fields) -> datetime:
    stamp = fields.text("CreateTime")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise CallbackRejected(forged=False)
    return datetime.fromtimestamp(int(stamp), UTC)


def _key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
