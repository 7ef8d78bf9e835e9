"""/sim/followers: people follow, write, tap; and what their phones show."""

import re

from flask import Blueprint, Response, jsonify, request

from simulator.control.body import BadControl, json_object, read_body
from simulator.push.phone import act, describe
from simulator.world import World

MAX_BULK = 1_000_000
PREFIX = re.compile(r"[A-Za-z0-9_-]{1,15}")


def add_to(area: Blueprint, world: World) -> None:
    """Register the follower calls."""
    _add_following(area, world)
    _add_phones(area, world)


def _add_following(area: Blueprint, world: World) -> None:
    @area.post("/followers")
    def follow() -> tuple[Response, int]:
        body = read_body("openid", "name", "scene")
        with world.lock:
            follower = world.followers.get(body.get("openid") or "")
            if follower is None:
                follower = world.add_follower(body.get("openid"), body.get("name"))
        result = act(world, follower, {"type": "subscribe", "scene": body.get("scene") or ""})
        return jsonify({"openid": follower.openid, "name": follower.name, **result}), 201

    @area.post("/followers/bulk")
    def follow_in_bulk() -> tuple[Response, int]:
        body = read_body("count", "prefix")
        count, prefix = body.get("count"), body.get("prefix", "bulk")
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_BULK:
            raise BadControl(f"count must be a whole number from 1 to {MAX_BULK}")
        if not isinstance(prefix, str) or not PREFIX.fullmatch(prefix):
            raise BadControl("prefix must be 1 to 15 of letters, digits, _ and -")
        with world.lock:
            made = world.add_many(prefix, count)
        return jsonify(count=len(made), first=made[0], last=made[-1]), 201

    @area.get("/followers")
    def followers() -> Response:
        wanted, last = request.args.get("openid"), request.args.get("last", 0, int)
        with world.lock:
            if wanted is not None:
                found = [world.followers[wanted]] if wanted in world.followers else []
            else:
                # Phones nobody has looked at would only fill the list.
                found = [follower for follower in world.followers.values() if not follower.is_quiet]
            return jsonify([describe(world, follower) for follower in found[-last:]])


def _add_phones(area: Blueprint, world: World) -> None:
    @area.post("/followers/<openid>/messages")
    def message(openid: str) -> Response:
        with world.lock:
            follower = world.get_follower(openid)
        return jsonify(act(world, follower, json_object()))

    @area.get("/followers/<openid>/transcript")
    def transcript(openid: str) -> Response:
        with world.lock:
            follower = world.get_follower(openid)
            follower.is_quiet = False
            return jsonify(follower.transcript)

    @area.get("/media/<media_id>")
    def media(media_id: str) -> Response:
        with world.lock:
            found = world.media.get(media_id)
        return Response(found.data, content_type=found.content_type)
