"""Alive, ready, and figures of the public app. In production /metrics is shown only to who has METRICS_TOKEN."""

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from bot.bootstrap import Bot
from bot.health import figures, may_see_metrics, probe


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
        if not may_see_metrics(bot.settings, request.headers.get("Authorization", "")):
            abort(404)
        return Response(figures(bot), content_type=CONTENT_TYPE_LATEST)

    return routes
