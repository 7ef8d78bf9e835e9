"""Alive, ready, and figures of the console's app."""

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from api.auth import ANYBODY, open_to, the_bot
from bot.health import figures, may_see_metrics, probe

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_to(ANYBODY)
def alive() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@health.get("/readyz")
@open_to(ANYBODY)
def ready() -> tuple[Response, int]:
    """Each dependency with "ok" or what is wrong; 503 when work is impossible."""
    found = probe(the_bot())
    return jsonify(found.body), found.status


@health.get("/metrics")
@open_to(ANYBODY)
def metrics() -> Response:
    """Prometheus figures; in production for the scraper's token only."""
    if not may_see_metrics(the_bot().settings, request.headers.get("Authorization", "")):
        abort(404)
    return Response(figures(the_bot()), content_type=CONTENT_TYPE_LATEST)
