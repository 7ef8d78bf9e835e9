"""/cgi-bin/token and /cgi-bin/stable_token."""

from typing import Any

from flask import Blueprint

from simulator.api.wire import ApiCall, Area
from simulator.errors import ApiError
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The token endpoints."""
    area = Area("token", world)
    area.either("/cgi-bin/token", _plain, needs_token=False)
    area.post("/cgi-bin/stable_token", _stable, needs_token=False)
    return area.blueprint


def _plain(call: ApiCall) -> dict[str, Any]:
    check_account(call.world, call.query)
    return call.world.tokens.issue_plain()


def _stable(call: ApiCall) -> dict[str, Any]:
    check_account(call.world, call.body)
    force = call.body.get("force_refresh", False)
    if not isinstance(force, bool):
        raise ApiError(47001)
    return call.world.tokens.issue_stable(force=force)


def check_account(world: World, given: dict[str, Any]) -> None:
    """Raise ApiError unless grant type, appid and secret are right."""
    if given.get("grant_type") != "client_credential":
        raise ApiError(40002)
    if not given.get("appid"):
        raise ApiError(41002)
    if not given.get("secret"):
        raise ApiError(41004)
    if given["appid"] != world.settings.app_id:
        raise ApiError(40013)
    if given["secret"] != world.settings.app_secret:
        raise ApiError(40125)
