"""Alive, ready, and figures of the public app. /metrics is for the inner network: production's proxy must not pass it
on.
"""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from bot.bootstrap import Bot
from bot.health import figures, probe


def health_routes(bot: Bot) -> Blueprint:
    """GET /healthz, /readyz, /metrics."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return jsonify(status="alive")

    @routes.get("/readyz")
    def ready() -> tuple[Response, int]:
        found = probe(bot)
        return jsonify(found.body), found.status

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(figures(bot), content_type=CONTENT_TYPE_LATEST)

    return routes
