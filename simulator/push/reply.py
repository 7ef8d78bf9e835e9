"""Judges the answer to a push as the platform does: a passive reply to show, silence, or the failure notice."""

from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from simulator import crypto
from simulator.errors import ApiError
from simulator.push.envelope import Push
from simulator.push.wire import Answer
from simulator.world import World

MAX_TEXT_BYTES = 2048
MAX_ARTICLES_ON_EVENT = 8
ONE_ARTICLE_ONLY = ("text", "image", "voice", "video", "shortvideo", "news", "location", "link")


@dataclass(frozen=True)
class Verdict:
    """`entry` is what the phone shows (None: nothing); `reason` says what is wrong with a bad answer."""

    is_ok: bool
    entry: dict[str, Any] | None = None
    reason: str = ""


class BadReply(Exception):
    """The answer is not one the platform accepts. The message says why."""


@dataclass
class _Reader:
    """The elements of a reply, read strictly."""

    root: Element
    world: World = field(repr=False)

    def text(self, path: str) -> str:
        found = self.root.findtext(path)
        if not found:
            raise BadReply(f"{path} is missing or empty")
        return found

    def optional(self, path: str) -> str:
        return self.root.findtext(path) or ""

    def number(self, path: str) -> int:
        value = self.text(path)
        if not value.isdigit():
            raise BadReply(f"{path} is not a whole number")
        return int(value)

    def media(self, path: str, *kinds: str) -> str:
        media_id = self.text(path)
        try:
            self.world.media.check(media_id, *kinds)
        except ApiError as error:
            raise BadReply(f"{path}: unknown or expired media id") from error
        return media_id


def judge(world: World, push: Push, answer: Answer) -> Verdict:
    """What to make of an answer. The caller holds the world's lock."""
    if answer.error is not None:
        return Verdict(is_ok=False, reason=answer.error)
    if answer.status != 200:
        return Verdict(is_ok=False, reason=f"status {answer.status}")
    if answer.body in (b"", b"success"):
        return Verdict(is_ok=True)
    try:
        reader = _Reader(_open(world, push, answer.body), world)
        return Verdict(is_ok=True, entry=_read(reader, push))
    except BadReply as error:
        return Verdict(is_ok=False, reason=str(error))


def _open(world: World, push: Push, body: bytes) -> Element:
    root = _parse(body)
    encrypted = root.findtext("Encrypt")
    if encrypted is None:
        if push.mode == "safe":
            raise BadReply("plain reply in safe mode")
        return root
    if push.mode == "plain":
        raise BadReply("encrypted reply in plain mode")
    settings = world.settings
    signed = crypto.sign(settings.token, root.findtext("TimeStamp") or "", root.findtext("Nonce") or "", encrypted)
    if not crypto.same(signed, root.findtext("MsgSignature") or ""):
        raise BadReply("bad MsgSignature")
    try:
        return _parse(crypto.decrypt(encrypted, settings.aes_key, settings.app_id).encode())
    except crypto.BadCiphertext as error:
        raise BadReply(f"encrypted reply {error}") from error


def _parse(body: bytes) -> Element:
    if not body.startswith(b"<xml"):
        raise BadReply("does not start with <xml>")
    try:
        root: Element = ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadReply("not well-formed XML") from error
    if root.tag != "xml":
        raise BadReply("root is not <xml>")
    return root


def _read(reader: _Reader, push: Push) -> dict[str, Any] | None:
    if reader.text("ToUserName") != push.openid:
        raise BadReply("ToUserName is not the follower")
    if reader.text("FromUserName") != reader.world.settings.account_id:
        raise BadReply("FromUserName is not the account")
    reader.number("CreateTime")
    kind = reader.text("MsgType")
    if kind == "transfer_customer_service":
        return None
    if kind == "news":
        return _news(reader, push)
    if kind not in _KINDS:
        raise BadReply(f"unknown MsgType {kind}")
    return {"type": kind, **_KINDS[kind](reader)}


def _text(reader: _Reader) -> dict[str, Any]:
    content = reader.text("Content")
    if len(content.encode()) > MAX_TEXT_BYTES:
        raise BadReply("Content is longer than 2048 bytes")
    return {"text": content}


def _image(reader: _Reader) -> dict[str, Any]:
    return {"url": reader.world.media_url(reader.media("Image/MediaId", "image"))}


def _voice(reader: _Reader) -> dict[str, Any]:
    return {"url": reader.world.media_url(reader.media("Voice/MediaId", "voice"))}


def _video(reader: _Reader) -> dict[str, Any]:
    url = reader.world.media_url(reader.media("Video/MediaId", "video"))
    return {"url": url, "title": reader.optional("Video/Title"), "description": reader.optional("Video/Description")}


def _music(reader: _Reader) -> dict[str, Any]:
    reader.media("Music/ThumbMediaId", "thumb", "image")
    names = ("Title", "Description", "MusicUrl", "HQMusicUrl")
    title, description, url, hq_url = (reader.optional(f"Music/{name}") for name in names)
    return {"title": title, "description": description, "url": url or hq_url}


def _news(reader: _Reader, push: Push) -> dict[str, Any]:
    items = reader.root.findall("Articles/item")
    if not items or len(items) != reader.number("ArticleCount"):
        raise BadReply("ArticleCount does not match the articles")
    if len(items) > (1 if push.kind in ONE_ARTICLE_ONLY else MAX_ARTICLES_ON_EVENT):
        raise BadReply("too many articles")
    return {"type": "news", "articles": [_article(_Reader(item, reader.world)) for item in items]}


def _article(item: _Reader) -> dict[str, str]:
    return {
        "title": item.text("Title"),
        "description": item.optional("Description"),
        "picurl": item.optional("PicUrl"),
        "url": item.text("Url"),
    }


_KINDS = {"text": _text, "image": _image, "voice": _voice, "video": _video, "music": _music}
