"""/bank/firms/*: what the product may ask the core bank. Bearer token; amounts in fen, dates as 2026-04-30."""

import hmac
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from simulator.bank.firms import Firm
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The core bank's endpoints. Answers 401 without the token, 404 for an unknown firm or follower."""
    area = Blueprint("bank", __name__, url_prefix="/bank/firms")

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
        return _part(world, firm_id, "profile")

    @area.get("/<firm_id>/points")
    def points(firm_id: str) -> Response:
        return _part(world, firm_id, "points")

    @area.get("/<firm_id>/loans")
    def loans(firm_id: str) -> Response:
        with world.lock:
            return jsonify(_found(world.bank.firms.get(firm_id)).loan_report())

    @area.get("/<firm_id>/certificates")
    def certificates(firm_id: str) -> Response:
        return _part(world, firm_id, "certificates")

    return area


def _part(world: World, firm_id: str, name: str) -> Response:
    with world.lock:
        part: Any = getattr(_found(world.bank.firms.get(firm_id)), name)
        return jsonify({name: part} if isinstance(part, list) else part)


def _found(firm: Firm | None) -> Firm:
    if firm is None:
        abort(404)
    return firm
