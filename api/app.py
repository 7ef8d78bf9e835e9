"""The console's Flask app: API by area, event stream, OpenAPI document, the built console. For the bank's inner
network.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request, send_from_directory
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_openapi3 import Info, OpenAPI
from pydantic import ValidationError

from api import auth, bodies, problems, tracing
from api.alerts import alerts
from api.article_drafts import article_drafts
from api.articles import articles
from api.audience import audience
from api.audience_lists import audience_lists
from api.auth import ANYBODY, open_to
from api.board import board
from api.campaign_audience import campaign_audience
from api.campaigns import campaigns
from api.complaints import complaints
from api.counters import counters
from api.customers import customers
from api.desk_lists import lists
from api.desks import desks
from api.document import published
from api.event_feed import EventFeed
from api.events import events
from api.followups import followups
from api.handoffs import handoffs
from api.health import health
from api.inbox import inbox
from api.knowledge import knowledge
from api.leads import leads
from api.learning import learning
from api.mass import mass
from api.matters import matters
from api.notes import notes
from api.pictures import pictures
from api.privacy import privacy
from api.quality import quality
from api.referrals import referrals
from api.reports import reports
from api.rosters import rosters
from api.schemas import Problem
from api.session import account_tried, make_session_api
from api.suggestions import suggestions
from api.supervising import supervising
from api.unmasking import unmasking
from api.window import window
from bot.bootstrap import Bot, build
from bot.metrics import REQUESTS
from config.settings import ROOT, Settings

CONSOLE = ROOT / "console" / "dist"
FAILED_SIGN_INS = "10 per minute"
A_YEAR_S = 31536000
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def create_app(bot: Bot | None = None) -> Flask:
    """The app of one process; builds the product from the environment unless it is handed one."""
    bot = bot or build(Settings.from_env(), process="api")
    app = OpenAPI(
        __name__,
        info=Info(title="Xinqiao console API", version="1"),
        doc_ui=False,
        static_folder=None,
        validation_error_callback=_on_invalid,
        validation_error_status=422,
        validation_error_model=Problem,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["bot"] = bot
    app.extensions["feed"] = EventFeed(bot)
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=_limits_storage(bot.settings.redis_url),
        # Whole seconds, because the library declares them so; its memory takes over while Redis is away.
        storage_options={"socket_timeout": 1, "socket_connect_timeout": 1},
        in_memory_fallback_enabled=True,
        key_prefix="xinqiao-limits",
    )
    tracing.register(app)
    bodies.register(app)
    auth.register(app, bot)
    problems.register(app)
    desk = (inbox, handoffs, supervising, window, suggestions, notes, pictures, lists, counters, matters, unmasking)
    work = (followups, leads, complaints, customers, referrals)
    supervision = (desks, rosters, board, alerts, reports, quality)
    marketing = (audience, audience_lists, articles, article_drafts, campaigns, campaign_audience, mass)
    for area in (
        make_session_api(_limit_of_sign_ins(limiter)),
        *desk,
        *work,
        *supervision,
        *marketing,
        learning,
        knowledge,
        privacy,
        events,
    ):
        app.register_api(area)
    app.register_blueprint(health)
    _serve_console(app)
    _show_document(app)
    app.after_request(_counted)
    app.after_request(lambda response: _with_headers(response, is_production=bot.settings.is_production))
    return app


def _on_invalid(error: ValidationError) -> Response:
    return problems.of_validation(error)


def _limit_of_sign_ins(limiter: Limiter) -> Callable[[Any], Any]:
    """Failures count, per address and per account, so that neither one guesser nor many of them get far; good
    sign-ins do not: a whole shift behind one address signs in within the same minute.
    """
    per_address = limiter.limit(FAILED_SIGN_INS, deduct_when=_is_failed_sign_in)
    per_account = limiter.limit(FAILED_SIGN_INS, key_func=account_tried, deduct_when=_is_failed_sign_in)
    return lambda view: per_address(per_account(view))


def _is_failed_sign_in(response: Response) -> bool:
    return response.status_code == 401


def _limits_storage(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url


def _serve_console(app: Flask) -> None:
    """The built console; every address that is not a file is a view of it. Plain Flask routes: they are no API."""

    @open_to(ANYBODY)
    def console_page(name: str = "") -> Response:
        if name.startswith("api/"):
            return problems.problem(404, "not_found")
        if name and (CONSOLE / name).is_file():
            return send_from_directory(CONSOLE, name, max_age=A_YEAR_S if name.startswith("assets/") else 0)
        return send_from_directory(CONSOLE, "index.html", max_age=0)

    app.add_url_rule("/", view_func=console_page)
    app.add_url_rule("/<path:name>", view_func=console_page)


def _show_document(app: OpenAPI) -> None:
    @app.get("/api/openapi.json", doc_ui=False)
    @open_to(ANYBODY)
    def openapi_document() -> Response:
        return jsonify(published(app))


def _counted(response: Response) -> Response:
    REQUESTS.labels(request.method, response.status_code).inc()
    return response


def _with_headers(response: Response, *, is_production: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_production:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if response.mimetype in ("application/json", problems.PROBLEM_TYPE):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
