"""/cgi-bin/menu/*: the account's menu, with the platform's limits in bytes."""

from typing import Any

from flask import Blueprint

from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.world import World

MAX_KEY_BYTES = 128
MAX_URL_BYTES = 1024
# Which extra field a kind of button needs.
KEYED = (
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
)  # fmt: skip
WITH_MEDIA = ("media_id", "view_limited")
WITH_ARTICLE = ("article_id", "article_view_limited")


class Level:
    """The limits of one level of the menu, and the codes it answers with."""

    def __init__(self, count: int, name_bytes: int, codes: dict[str, int]) -> None:
        self.count, self.name_bytes, self.codes = count, name_bytes, codes


TOP = Level(3, 16, {"count": 40016, "type": 40017, "name": 40018, "key": 40019, "url": 40020, "domain": 40055})
SUB = Level(5, 60, {"count": 40023, "type": 40024, "name": 40025, "key": 40026, "url": 40027, "domain": 40054})


def blueprint(world: World) -> Blueprint:
    """The menu endpoints."""
    area = Area("menu", world)
    area.post("/cgi-bin/menu/create", _create)
    area.get("/cgi-bin/menu/get", _get)
    area.get("/cgi-bin/menu/delete", _delete)
    return area.blueprint


def _create(call: ApiCall) -> dict[str, Any]:
    buttons = _checked(call.body.get("button"), TOP)
    call.world.menu = {"button": buttons}
    call.world.feed.publish("menu", call.world.menu)
    return OK


def _get(call: ApiCall) -> dict[str, Any]:
    if call.world.menu is None:
        raise ApiError(46003)
    return {"menu": call.world.menu}


def _delete(call: ApiCall) -> dict[str, Any]:
    call.world.menu = None
    call.world.feed.publish("menu", {"button": []})
    return OK


def _checked(buttons: Any, level: Level) -> list[dict[str, Any]]:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= level.count:
        raise ApiError(level.codes["count"])
    return [_button(button, level) for button in buttons]


def _button(button: Any, level: Level) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise ApiError(47001)
    name = button.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= level.name_bytes:
        raise ApiError(level.codes["name"])
    if level is TOP and button.get("sub_button"):
        # A button with a sub menu is only a lid: its own type is dropped.
        return {"name": name, "sub_button": _checked(button["sub_button"], SUB)}
    _check_kind(button, level)
    fields = ("type", "name", "key", "url", "appid", "pagepath", "media_id", "article_id")
    return {**{field: button[field] for field in fields if field in button}, "sub_button": []}


def _check_kind(button: dict[str, Any], level: Level) -> None:
    kind = button.get("type")
    if kind in KEYED:
        _check_size(button.get("key"), MAX_KEY_BYTES, level.codes["key"])
    elif kind in ("view", "miniprogram"):
        url = button.get("url")
        _check_size(url, MAX_URL_BYTES, level.codes["url"])
        if not str(url).startswith(("http://", "https://")):
            raise ApiError(level.codes["domain"])
        if kind == "miniprogram" and not (button.get("appid") and button.get("pagepath")):
            raise ApiError(40013)
    elif kind in WITH_MEDIA:
        _check_size(button.get("media_id"), MAX_KEY_BYTES, 40007)
    elif kind in WITH_ARTICLE:
        _check_size(button.get("article_id"), MAX_KEY_BYTES, 53600)
    else:
        raise ApiError(level.codes["type"])


def _check_size(value: Any, limit: int, errcode: int) -> None:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= limit:
        raise ApiError(errcode)
