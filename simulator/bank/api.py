"""/bank/firms/*: what the product may ask the core bank. Bearer token; amounts in fen, dates as 2026-04-30.

Every answer names the firm it is about. Faults are set by path: an exact one, a rule such as
/bank/firms/<firm_id>/loans, or /bank for the whole bank.
"""

import hmac
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request

from simulator.bank.firms import Firm
from simulator.spoiling import executes, given_up, hang_up, spoiled, struck_fault
from simulator.world import World

WHOLE_BANK = "/bank"
ROWS = ("accounts", "limits", "applications", "loans", "certificates", "operators", "fees")


def blueprint(world: World) -> Blueprint:
    """The core bank's endpoints. Answers 401 without the token, 404 for an unknown firm or follower."""
    area = Blueprint("bank", __name__, url_prefix="/bank/firms")
    _play_faults(area, world)

    @area.before_request
    def check_token() -> Response | None:
        expected = f"Bearer {world.settings.bank_api_token}"
        if hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
            return None
        refused = jsonify(error="unauthorized")
        refused.status_code = 401
        return refused

    @area.get("/by-openid/<openid>")
    def by_openid(openid: str) -> Response:
        with world.lock:
            return jsonify(_found(world.bank.find_by_openid(openid)).profile)

    @area.get("/<firm_id>")
    def profile(firm_id: str) -> Response:
        with world.lock:
            return jsonify(_found(world.bank.find(firm_id)).profile)

    @area.get("/<firm_id>/points")
    def points(firm_id: str) -> Response:
        with world.lock:
            report = _found(world.bank.find(firm_id)).points_report(world.bank.today())
            return jsonify(firm_id=firm_id, **report)

    for name in ROWS:
        area.add_url_rule(f"/<firm_id>/{name}", name, _rows(world, name))
    return area


def _rows(world: World, name: str) -> Callable[[str], Response]:
    def view(firm_id: str) -> Response:
        with world.lock:
            rows: Any = getattr(_found(world.bank.find(firm_id)), name)
            return jsonify({"firm_id": firm_id, name: rows})

    return view


def _play_faults(area: Blueprint, world: World) -> None:
    """The call's fault, from its beginning to the end of its answer."""

    @area.before_request
    def strike() -> Response | None:
        g.fault = fault = struck_fault(world, request.path, str(request.url_rule), WHOLE_BANK)
        if fault is not None and fault.drop_connection:
            return hang_up()
        return spoiled(fault, None) if fault is not None and not executes(fault) else None

    @area.after_request
    def spoil(response: Response) -> Response:
        fault = g.fault
        if fault is None or fault.drop_connection:
            return response
        return given_up(fault) if fault.timeout_after_execution else spoiled(fault, response)


def _found(firm: Firm | None) -> Firm:
    if firm is None:
        abort(404)
    return firm
