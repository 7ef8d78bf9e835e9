"""/cgi-bin/qrcode/create and /cgi-bin/showqrcode: codes with a scene, temporary and permanent."""

import io
import secrets
from typing import Any

import segno
from flask import Blueprint, Response, request

from simulator.api.wire import ApiCall, Area
from simulator.articles.material import digest
from simulator.errors import ApiError
from simulator.world import World

MAX_EXPIRE_S = 2_592_000
DEFAULT_EXPIRE_S = 30
MAX_PERMANENT = 100_000
MAX_SCENE_ID = 2**32 - 1


def blueprint(world: World) -> Blueprint:
    """The QR code endpoints. showqrcode lives on another host in reality and takes no token."""
    area = Area("qrcode", world)
    area.post("/cgi-bin/qrcode/create", _create)
    area.blueprint.add_url_rule("/cgi-bin/showqrcode", view_func=lambda: _show(world), endpoint="showqrcode")
    return area.blueprint


def _create(call: ApiCall) -> dict[str, Any]:
    world = call.world
    action = call.body.get("action_name")
    if action not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
        raise ApiError(40052)
    scene = _scene(call.body, action)
    is_permanent = "LIMIT" in action
    if is_permanent and _permanent_codes(world) >= MAX_PERMANENT:
        raise ApiError(45029)
    expire_s = 0 if is_permanent else _expiry(call.body)
    ticket = f"gQ{secrets.token_urlsafe(60)}=="
    url = f"http://weixin.qq.com/q/02{secrets.token_urlsafe(15)}"
    expires_s = float("inf") if is_permanent else world.clock.now_s() + expire_s
    world.qr_codes[ticket] = {"scene": scene, "url": url, "expires_s": expires_s}
    answer: dict[str, Any] = {"ticket": ticket, "url": url}
    return answer if is_permanent else {**answer, "expire_seconds": expire_s}


def _scene(body: dict[str, Any], action: str) -> str:
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    value = scene.get("scene_str" if "STR" in action else "scene_id") if isinstance(scene, dict) else None
    if "STR" in action:
        if not isinstance(value, str) or not 1 <= len(value) <= 64:
            raise ApiError(40053)
        return value
    highest = MAX_PERMANENT if "LIMIT" in action else MAX_SCENE_ID
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise ApiError(40053)
    return str(value)


def _expiry(body: dict[str, Any]) -> int:
    seconds = body.get("expire_seconds", DEFAULT_EXPIRE_S)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 1:
        raise ApiError(47001)
    return min(seconds, MAX_EXPIRE_S)


def _permanent_codes(world: World) -> int:
    return sum(code["expires_s"] == float("inf") for code in world.qr_codes.values())


def _show(world: World) -> Response:
    ticket = request.args.get("ticket", "")
    with world.lock:
        code = world.qr_codes.get(ticket)
        is_live = code is not None and code["expires_s"] > world.clock.now_s()
    if code is None or not is_live:
        return Response(status=404)
    image = io.BytesIO()
    segno.make(code["url"], error="m").save(image, kind="png", scale=10, border=2)
    with world.lock:
        world.qr_pictures[digest(image.getvalue())] = ticket
    return Response(image.getvalue(), content_type="image/png")
