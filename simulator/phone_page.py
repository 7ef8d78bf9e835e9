"""/phone and the stream it follows. The page itself is plain HTML, CSS and JavaScript in static/."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, jsonify, request

from simulator.world import World

HEARTBEAT_S = 15.0


def blueprint(world: World) -> Blueprint:
    """The phone page, its start data and its event stream."""
    area = Blueprint("phone_page", __name__)

    @area.get("/phone")
    def phone() -> Response:
        page = current_app.send_static_file("phone.html")
        # Only this page's own files may run or load; pictures may come from anywhere, as in a chat.
        page.headers["Content-Security-Policy"] = (
            "default-src 'self'; img-src * data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return page

    @area.get("/sim/page")
    def start() -> Response:
        with world.lock:
            menu = world.menu or {"button": []}
            followers = sum(not follower.is_quiet for follower in world.followers.values())
            account, seq = world.settings.account_name, world.feed.last_seq
            return jsonify(
                menu=menu, account=account, mode=world.mode, offset_s=world.clock.offset_s, seq=seq,
                app_id=world.settings.app_id, followers=followers,
            )  # fmt: skip

    @area.get("/sim/events")
    def events() -> Response:
        after = request.headers.get("Last-Event-ID", request.args.get("after", ""))
        start_at = int(after) if after.isdigit() else world.feed.last_seq
        stream = _stream(world, start_at, request.args.get("openid"))
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return Response(stream, content_type="text/event-stream", headers=headers)

    return area


def _stream(world: World, after: int, openid: str | None) -> Iterator[str]:
    yield "retry: 1000\n\n"
    while True:
        items = world.feed.wait(after, HEARTBEAT_S)
        if not items:
            yield ": still here\n\n"
        for item in items:
            after = item.seq
            if openid is None or item.data.get("openid", openid) == openid:
                yield f"id: {item.seq}\nevent: {item.kind}\ndata: {json.dumps(item.data, ensure_ascii=False)}\n\n"
