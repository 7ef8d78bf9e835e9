"""/cgi-bin/user/*: who follows, without names and pictures, as since 2021."""

from typing import Any

from flask import Blueprint

from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.followers import Follower
from simulator.world import World

PAGE = 10_000
MAX_BATCH = 100
MAX_REMARK = 30


def blueprint(world: World) -> Blueprint:
    """The follower endpoints."""
    area = Area("users", world)
    area.get("/cgi-bin/user/info", _info)
    area.post("/cgi-bin/user/info/batchget", _batch)
    area.post("/cgi-bin/user/info/updateremark", _remark)
    area.get("/cgi-bin/user/get", _page)
    return area.blueprint


def _info(call: ApiCall) -> dict[str, Any]:
    return _profile(call.world.get_follower(call.query.get("openid")))


def _batch(call: ApiCall) -> dict[str, Any]:
    users = call.body.get("user_list")
    if not isinstance(users, list) or not 1 <= len(users) <= MAX_BATCH:
        raise ApiError(40032)
    openids = [user.get("openid") if isinstance(user, dict) else None for user in users]
    return {"user_info_list": [_profile(call.world.get_follower(openid)) for openid in openids]}


def _remark(call: ApiCall) -> dict[str, Any]:
    follower = call.world.get_follower(call.body.get("openid"))
    remark = call.body.get("remark")
    if not isinstance(remark, str) or len(remark) >= MAX_REMARK:
        raise ApiError(61451)
    follower.remark = remark
    return OK


def _page(call: ApiCall) -> dict[str, Any]:
    following = [follower.openid for follower in call.world.followers.values() if follower.is_following]
    return {"total": len(following), **page_of(following, call.query.get("next_openid", ""))}


def page_of(openids: list[str], after: object) -> dict[str, Any]:
    """Ten thousand openids behind this one. Raises ApiError 40003."""
    try:
        start = openids.index(str(after)) + 1 if after else 0
    except ValueError as error:
        raise ApiError(40003) from error
    page = openids[start : start + PAGE]
    # The page after the last has no `data` at all.
    data = {"data": {"openid": page}} if page else {}
    return {"count": len(page), **data, "next_openid": page[-1] if page else ""}


def _profile(follower: Follower) -> dict[str, Any]:
    if not follower.is_following:
        return {"subscribe": 0, "openid": follower.openid}
    is_number = follower.scene.isdigit()
    return {
        "subscribe": 1,
        "openid": follower.openid,
        "nickname": "",
        "sex": 0,
        "language": "zh_CN",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": int(follower.followed_s),
        "remark": follower.remark,
        "groupid": 0,
        "tagid_list": sorted(follower.tags),
        "subscribe_scene": follower.scene_kind,
        "qr_scene": int(follower.scene) if is_number else 0,
        "qr_scene_str": "" if is_number else follower.scene,
    }
