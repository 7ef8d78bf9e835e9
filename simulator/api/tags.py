"""/cgi-bin/tags/* and user/tag/get: followers under tags."""

from typing import Any

from flask import Blueprint

from simulator.api.users import page_of
from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.followers import Follower
from simulator.tags import MAX_A_CALL
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The tag endpoints."""
    area = Area("tags", world)
    area.post("/cgi-bin/tags/create", _create)
    area.get("/cgi-bin/tags/get", lambda call: {"tags": call.world.tags.rows()})
    area.post("/cgi-bin/tags/update", _rename)
    area.post("/cgi-bin/tags/delete", _delete)
    area.post("/cgi-bin/tags/members/batchtagging", _add)
    area.post("/cgi-bin/tags/members/batchuntagging", _remove)
    area.post("/cgi-bin/tags/getidlist", _of_follower)
    area.post("/cgi-bin/user/tag/get", _members)
    return area.blueprint


def _create(call: ApiCall) -> dict[str, Any]:
    tag_id, name = call.world.tags.create(_tag(call).get("name"))
    return {"tag": {"id": tag_id, "name": name}}


def _rename(call: ApiCall) -> dict[str, Any]:
    call.world.tags.rename(_tag(call).get("id"), _tag(call).get("name"))
    return OK


def _delete(call: ApiCall) -> dict[str, Any]:
    call.world.tags.delete(_tag(call).get("id"), call.world.followers)
    return OK


def _add(call: ApiCall) -> dict[str, Any]:
    call.world.tags.add(call.body.get("tagid"), _people(call))
    return OK


def _remove(call: ApiCall) -> dict[str, Any]:
    call.world.tags.remove(call.body.get("tagid"), _people(call))
    return OK


def _of_follower(call: ApiCall) -> dict[str, Any]:
    return {"tagid_list": sorted(call.world.get_follower(call.body.get("openid")).tags)}


def _members(call: ApiCall) -> dict[str, Any]:
    members = call.world.tags.members(call.body.get("tagid"))
    return page_of(members, call.body.get("next_openid", ""))


def _tag(call: ApiCall) -> dict[str, Any]:
    tag = call.body.get("tag")
    if not isinstance(tag, dict):
        raise ApiError(47001)
    return tag


def _people(call: ApiCall) -> list[Follower]:
    """All or none: one openid nobody has fails the whole batch."""
    openids = call.body.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= MAX_A_CALL:
        raise ApiError(40032)
    return [call.world.get_follower(openid) for openid in openids]
