"""The public Flask app: what outside systems call. Nothing here knows the console."""

import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from bot.bootstrap import Bot, build
from config.settings import Settings
from webhooks.articles import article_routes
from webhooks.bank_events import bank_routes
from webhooks.health import health_routes
from webhooks.wechat import wechat_routes

log = structlog.get_logger()

# Far above any push or fact; more is refused with 413 before it is read.
MAX_BODY = 64 * 1024


def create_app(bot: Bot | None = None) -> Flask:
    """The app of one process; builds the product from the environment unless it is handed one."""
    bot = bot or build(Settings.from_env(), process="web")
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["bot"] = bot
    app.register_blueprint(wechat_routes(bot, bot.guard))
    app.register_blueprint(bank_routes(bot))
    app.register_blueprint(article_routes(bot))
    app.register_blueprint(health_routes(bot))
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_surprise)
    app.after_request(_take_at_its_word)
    return app


def _take_at_its_word(answer: Response) -> Response:
    """No browser may guess another type than the one we name."""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _of_http(error: HTTPException) -> Response:
    return Response(status=error.code or 500)


def _of_surprise(error: Exception) -> Response:
    """No trace and no text to the outside; the platform calls again after a 500."""
    log.error("request_failed", exc_info=error)
    return Response(status=500)
