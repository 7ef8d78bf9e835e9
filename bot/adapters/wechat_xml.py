"""A push's XML → InboundMessage. A strict reader of our own: no DTD, no entities, bounded depth, no doubled fields.

Fields per kind: developers.weixin.qq.com, 接收普通消息 and 接收事件推送. Order, CDATA and unknown extras do not matter;
an unknown MsgType or Event is a message of an unknown kind, never an error.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.compliance.rules import mask_secrets
from bot.errors import CallbackRejected
from bot.messages import EventName, InboundMessage, MessageKind

MAX_DEPTH = 6
MAX_NODES = 400
_BOM = "\ufeff"
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


@dataclass(frozen=True)
class Fields:
    """The fields of one push; a nested one is named "Outer.Inner", of repeated inner ones the first is kept."""

    names: Mapping[str, str]

    def text(self, name: str) -> str:
        """A field that must be there. Raises CallbackRejected."""
        value = self.names.get(name, "")
        if not value:
            raise CallbackRejected(forged=False)
        return value

    def find(self, name: str) -> str:
        """A field that may be missing or empty; then ""."""
        return self.names.get(name, "")


def read_fields(body: bytes) -> Fields:
    """The fields of an XML body. Raises CallbackRejected (broken)."""
    try:
        root = fromstring(body.decode("utf-8").removeprefix(_BOM), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise CallbackRejected(forged=False) from error
    if root.tag != "xml":
        raise CallbackRejected(forged=False)
    found: dict[str, str] = {}
    for child in root:
        if child.tag in found:
            raise CallbackRejected(forged=False)
        found[child.tag] = (child.text or "").strip()
        _flatten(child, child.tag, found, depth=1)
        if len(found) > MAX_NODES:
            raise CallbackRejected(forged=False)
    return Fields(found)


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
    return InboundMessage(
        kind=MessageKind.EVENT,
        follower=_openid(follower),
        account=fields.text("ToUserName"),
        sent_at=_sent_at(fields),
        # Two events of one follower may share a second, so what the platform suggests is not enough.
        dedupe_key=_key("e", follower, fields.text("CreateTime"), name, key, fields.find("MsgID") or ticket),
        event=event,
        event_key=(key.removeprefix(SCENE_PREFIX) if event is EventName.SUBSCRIBE else key) or None,
        secrets=secret_kinds,
        detail={**detail, "event": name},
    )


def _flatten(node: Element, path: str, found: dict[str, str], depth: int) -> None:
    if depth > MAX_DEPTH or len(found) > MAX_NODES:
        raise CallbackRejected(forged=False)
    for child in node:
        name = f"{path}.{child.tag}"
        found.setdefault(name, (child.text or "").strip())
        _flatten(child, name, found, depth + 1)


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
