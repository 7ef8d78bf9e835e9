"""What a fault of simulator/faults.py does to one call: late, broken, cut off. For platform and bank alike."""

import socket
import time

from flask import Response, request

from simulator.errors import ApiError
from simulator.faults import ApiFault
from simulator.replies import json_response
from simulator.world import World

HANG_S = 15.0


def struck_fault(world: World, *paths: str) -> ApiFault | None:
    """The first fault set for one of these paths, if it strikes now; its latency is over when this returns."""
    with world.lock:
        fault = next((world.faults.api[path] for path in paths if path in world.faults.api), None)
        if fault is None or not fault.strikes(world.rng):
            return None
    if fault.latency_ms:
        # Real time: the caller's own timeout is what is being tested.
        time.sleep(fault.latency_ms / 1000)
    return fault


def executes(fault: ApiFault) -> bool:
    """True when the call takes effect although its answer will be spoiled, or is only slow."""
    spoils = fault.errcode is not None or fault.http_status is not None or fault.html
    return fault.after_execution or fault.timeout_after_execution or fault.truncate or not spoils


def spoiled(fault: ApiFault, executed: Response | None) -> Response:
    """The answer as the caller gets it; `executed` is None when the call took no effect."""
    response = executed
    if fault.errcode is not None:
        response = json_response(ApiError(fault.errcode).as_reply())
    if fault.html or response is None:
        response = Response("<html><body><h1>Bad Gateway</h1></body></html>", content_type="text/html")
    if fault.http_status is not None:
        response.status_code = fault.http_status
    if fault.truncate:
        data = response.get_data()
        response.set_data(data[: len(data) // 2])
    return response


def given_up(fault: ApiFault) -> Response:
    """Silence, then a dropped connection."""
    time.sleep(HANG_S if not fault.latency_ms else 0)
    return hang_up()


def hang_up() -> Response:
    """Drop the connection under the running server, so that the caller sees a broken one."""
    sock = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if isinstance(sock, socket.socket):
        sock.shutdown(socket.SHUT_RDWR)
    return Response(status=502)
