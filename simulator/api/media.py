"""/cgi-bin/media/*: temporary files up and down."""

from typing import Any

from flask import Blueprint, Response

from simulator.api.wire import ApiCall, Area
from simulator.errors import ApiError
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The temporary media endpoints."""
    area = Area("media", world)
    area.upload("/cgi-bin/media/upload", _upload)
    area.get("/cgi-bin/media/get", _get)
    return area.blueprint


def _upload(call: ApiCall) -> dict[str, Any]:
    # A part without a filename is no file to the platform either.
    if call.upload is None or not call.upload.filename:
        raise ApiError(41005)
    media = call.world.media.add(call.query.get("type", ""), call.upload.filename, call.upload.data)
    name = "thumb_media_id" if media.kind == "thumb" else "media_id"
    return {"type": media.kind, name: media.media_id, "created_at": int(media.created_s)}


def _get(call: ApiCall) -> dict[str, Any] | Response:
    if not call.query.get("media_id"):
        raise ApiError(41006)
    media = call.world.media.get(call.query["media_id"])
    if media.kind == "video":
        return {"video_url": call.world.media_url(media.media_id)}
    response = Response(media.data, content_type=media.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{media.media_id[:16]}{_ending(media.filename)}"'
    return response


def _ending(filename: str) -> str:
    ending = filename.rpartition(".")[2]
    return f".{ending}" if ending.isalnum() and ending != filename else ""
