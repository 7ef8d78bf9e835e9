"""/cgi-bin/message/custom/*: messages to a follower inside the allowance, and the typing state."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint

from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.followers import TYPING_S, Follower
from simulator.world import World

MAX_TEXT_BYTES = 2048
CONTACT_S = 30
Payload = dict[str, Any]


def blueprint(world: World) -> Blueprint:
    """The customer-service message endpoints."""
    area = Area("custom_message", world)
    area.post("/cgi-bin/message/custom/send", _send)
    area.post("/cgi-bin/message/custom/typing", _typing)
    return area.blueprint


def _send(call: ApiCall) -> dict[str, Any]:
    world = call.world
    follower = world.get_follower(call.body.get("touser"))
    kind = call.body.get("msgtype")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ApiError(40008)
    payload = call.body.get(kind)
    if not isinstance(payload, dict):
        raise ApiError(45162 if payload is not None else 44004)
    shown = _KINDS[kind](world, payload)
    extras = _extras(world, call.body)
    # Only a message that would go out uses up the allowance.
    if not follower.is_following:
        raise ApiError(45015)
    follower.allowance.take(world.clock.now_s())
    world.show(follower, "account", "custom", kind, **shown, **extras)
    return OK


def _extras(world: World, body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    service = body.get("customservice")
    if service is not None:
        account = service.get("kf_account") if isinstance(service, dict) else None
        if account not in world.kf_accounts:
            raise ApiError(61452)
        found |= {"kf_account": account, "kf_nick": world.kf_accounts[account]}
    context = body.get("aimsgcontext")
    if context is not None and not isinstance(context, dict):
        raise ApiError(47001)
    if context and context.get("is_ai_msg") == 1:
        found["ai"] = True
    return found


def _text(_: World, payload: Payload) -> dict[str, Any]:
    content = payload.get("content")
    if not isinstance(content, str) or not content:
        raise ApiError(44004)
    if len(content.encode()) > MAX_TEXT_BYTES:
        raise ApiError(45002)
    return {"text": content}


def _image(world: World, payload: Payload) -> dict[str, Any]:
    return {"url": _media(world, payload, "media_id", "image")}


def _voice(world: World, payload: Payload) -> dict[str, Any]:
    return {"url": _media(world, payload, "media_id", "voice")}


def _video(world: World, payload: Payload) -> dict[str, Any]:
    _media(world, payload, "thumb_media_id", "thumb", "image")
    return {"url": _media(world, payload, "media_id", "video"), **_words(payload, "title", "description")}


def _music(world: World, payload: Payload) -> dict[str, Any]:
    _media(world, payload, "thumb_media_id", "thumb", "image")
    return _words(payload, "title", "description", "musicurl", "hqmusicurl")


def _news(_: World, payload: Payload) -> dict[str, Any]:
    articles = payload.get("articles")
    if not isinstance(articles, list) or not all(isinstance(article, dict) for article in articles):
        raise ApiError(45162)
    if not articles:
        raise ApiError(44003)
    if len(articles) > 1:
        raise ApiError(45008)
    return {"articles": [_words(article, "title", "description", "url", "picurl") for article in articles]}


def _article(world: World, payload: Payload) -> dict[str, Any]:
    article = world.articles.get(str(payload.get("article_id")))
    if article is None:
        raise ApiError(53600)
    return {"articles": [article]}


def _menu(_: World, payload: Payload) -> dict[str, Any]:
    lines = payload.get("list")
    if not isinstance(lines, list) or not lines:
        raise ApiError(45162 if isinstance(lines, dict) else 61451)
    for line in lines:
        if not isinstance(line, dict) or not all(isinstance(line.get(name), str) for name in ("id", "content")):
            raise ApiError(61451)
    words = _words(payload, "head_content", "tail_content")
    shown = [{"id": line["id"], "content": line["content"]} for line in lines]
    size = sum(len(text.encode()) for text in (*words.values(), *(line["content"] for line in shown)))
    if size > MAX_TEXT_BYTES:
        raise ApiError(45002)
    return {"head": words["head_content"], "list": shown, "tail": words["tail_content"]}


def _card(_: World, payload: Payload) -> dict[str, Any]:
    card_id = payload.get("card_id")
    if not isinstance(card_id, str) or not re.fullmatch(r"p[A-Za-z0-9_-]{27}", card_id):
        raise ApiError(40073)
    return {"card_id": card_id}


def _mini_page(world: World, payload: Payload) -> dict[str, Any]:
    words = _words(payload, "title", "appid", "pagepath")
    if not re.fullmatch(r"wx[0-9a-f]{16}", words["appid"]):
        raise ApiError(40013)
    return {**words, "url": _media(world, payload, "thumb_media_id", "thumb", "image")}


_KINDS: dict[str, Callable[[World, Payload], dict[str, Any]]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnewsarticle": _article,
    "msgmenu": _menu,
    "wxcard": _card,
    "miniprogrampage": _mini_page,
}


def _typing(call: ApiCall) -> dict[str, Any]:
    world = call.world
    follower = world.get_follower(call.body.get("touser"))
    command = call.body.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise ApiError(45072)
    now = world.clock.now_s()
    if now - follower.contact_s > CONTACT_S:
        raise ApiError(45080)
    if command == "CancelTyping":
        world.stop_typing(follower)
    else:
        _start_typing(world, follower, now)
    return OK


def _start_typing(world: World, follower: Follower, now: float) -> None:
    if follower.typing_until_s > now:
        raise ApiError(45081)
    follower.typing_until_s = now + TYPING_S
    world.feed.publish("typing", {"openid": follower.openid, "on": True})


def _media(world: World, payload: Payload, name: str, *kinds: str) -> str:
    media = world.media.check(payload.get(name), *kinds)
    return world.media_url(media.media_id)


def _words(payload: Payload, *names: str) -> dict[str, str]:
    values = {name: payload.get(name, "") for name in names}
    if not all(isinstance(value, str) for value in values.values()):
        raise ApiError(47001)
    return values
