"""/cgi-bin/material/* and media/uploadimg: pictures that stay; and where phones load them."""

from typing import Any

from flask import Blueprint, Response

from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The endpoints of permanent pictures."""
    area = Area("material", world)
    area.upload("/cgi-bin/material/add_material", _add)
    area.upload("/cgi-bin/media/uploadimg", _add_to_article)
    area.post("/cgi-bin/material/del_material", _delete)
    area.get("/cgi-bin/material/get_materialcount", _count)

    @area.blueprint.get("/mmbiz_<_kind>/<key>/0")
    def picture(_kind: str, key: str) -> Response:
        with world.lock:
            found = world.library.find(key)
        return Response(found.data, content_type=found.content_type) if found else Response(status=404)

    return area.blueprint


def _add(call: ApiCall) -> dict[str, Any]:
    name, data = _file(call)
    media, url = call.world.library.add(call.query.get("type", ""), name, data, call.world.clock.now_s())
    return {"media_id": media.media_id, "url": url}


def _add_to_article(call: ApiCall) -> dict[str, Any]:
    name, data = _file(call)
    return {"url": call.world.library.add_to_article(name, data, call.world.clock.now_s())}


def _delete(call: ApiCall) -> dict[str, Any]:
    call.world.library.delete(call.body.get("media_id"))
    return OK


def _count(call: ApiCall) -> dict[str, Any]:
    return {"voice_count": 0, "video_count": 0, "image_count": call.world.library.count(), "news_count": 0}


def _file(call: ApiCall) -> tuple[str, bytes]:
    # A part without a filename is no file to the platform.
    if call.upload is None or not call.upload.filename:
        raise ApiError(41005)
    return call.upload.filename, call.upload.data
