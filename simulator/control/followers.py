"""/sim/followers: people follow, write, tap; and what their phones show."""

from flask import Blueprint, Response, jsonify

from simulator.control.body import json_object, read_body
from simulator.push.phone import act, describe
from simulator.world import World


def add_to(area: Blueprint, world: World) -> None:
    """Register the follower calls."""

    @area.post("/followers")
    def follow() -> tuple[Response, int]:
        body = read_body("openid", "name", "scene")
        with world.lock:
            follower = world.followers.get(body.get("openid") or "")
            if follower is None:
                follower = world.add_follower(body.get("openid"), body.get("name"))
        result = act(world, follower, {"type": "subscribe", "scene": body.get("scene") or ""})
        return jsonify({"openid": follower.openid, "name": follower.name, **result}), 201

    @area.get("/followers")
    def followers() -> Response:
        with world.lock:
            return jsonify([describe(world, follower) for follower in world.followers.values()])

    @area.post("/followers/<openid>/messages")
    def message(openid: str) -> Response:
        with world.lock:
            follower = world.get_follower(openid)
        return jsonify(act(world, follower, json_object()))

    @area.get("/followers/<openid>/transcript")
    def transcript(openid: str) -> Response:
        with world.lock:
            return jsonify(world.get_follower(openid).transcript)

    @area.get("/media/<media_id>")
    def media(media_id: str) -> Response:
        with world.lock:
            found = world.media.get(media_id)
        return Response(found.data, content_type=found.content_type)
