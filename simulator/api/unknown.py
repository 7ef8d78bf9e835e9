"""Every API path nobody registered: the platform says "invalid url", and the log shows who asked."""

from typing import Any

from flask import Blueprint

from simulator.api.wire import ApiCall, Area
from simulator.errors import ApiError
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """Catches what is left under the API's prefixes."""
    area = Area("unknown", world)
    for prefix in ("cgi-bin", "customservice", "datacube", "sns", "wxaapi"):
        area.either(f"/{prefix}/<path:rest>", _refuse, needs_token=False)
    return area.blueprint


def _refuse(_: ApiCall) -> dict[str, Any]:
    raise ApiError(40066)
