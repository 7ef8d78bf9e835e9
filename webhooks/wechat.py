"""The WeChat callback: GET proves the address, POST takes a push and answers it within the platform's five seconds.

developers.weixin.qq.com, 接收普通消息 / 被动回复用户消息: answer within 5 s, or the same push comes again, three times.
"""

import time
from datetime import timedelta

import structlog
from flask import Blueprint, Response, request

from bot.adapters.simulated_clock import RefreshableClock
from bot.adapters.wechat_crypto import CallbackGuard, Push
from bot.bootstrap import Bot
from bot.customers.service import log_id
from bot.errors import CallbackRejected
from bot.messages import FOR_THE_RECORD
from bot.metrics import PUSH_SECONDS, PUSHES

log = structlog.get_logger()

# The platform cuts at 5 s; what is left is for the network and for the passive answer's way back.
BUDGET = timedelta(seconds=4)
SILENCE = b"success"


def wechat_routes(bot: Bot, guard: CallbackGuard) -> Blueprint:
    """GET and POST /wechat."""
    routes = Blueprint("wechat", __name__)

    @routes.get("/wechat")
    def check_address() -> Response:
        return _plain(guard.check_address(request.args).encode())

    @routes.post("/wechat")
    def receive() -> Response:
        started = time.monotonic()
        push = _open(bot, guard, request.get_data(cache=False))
        if push.message.event in FOR_THE_RECORD:
            bot.inbound.record(push.message, push.mode.value)
            PUSHES.labels("recorded").inc()
            return _plain(SILENCE)
        accepted = bot.inbox.accept(push.message, push.mode.value, bot.clock.now(), BUDGET)
        body = bot.turns.answer(push.message.follower, accepted, started + BUDGET.total_seconds())
        took = time.monotonic() - started
        PUSH_SECONDS.observe(took)
        PUSHES.labels("answered" if body else "silent").inc()
        log.info(
            "push_answered",
            turn_id=accepted.row_id,
            follower=log_id(push.message.follower),
            duration_ms=round(took * 1000),
        )
        return Response(body, content_type="application/xml; charset=utf-8") if body else _plain(SILENCE)

    @routes.errorhandler(CallbackRejected)
    def refuse(error: CallbackRejected) -> Response:
        PUSHES.labels("forged" if error.forged else "broken").inc()
        return Response(status=403 if error.forged else 400)

    return routes


def _open(bot: Bot, guard: CallbackGuard, body: bytes) -> Push:
    """The genuine push of this request. Raises CallbackRejected."""
    try:
        return guard.open(request.args, body)
    except CallbackRejected as rejected:
        if bot.settings.is_production or not rejected.forged or not isinstance(bot.clock, RefreshableClock):
            raise
    # The simulator's clock may have been moved a moment ago: then the push is from what we still hold for the future.
    bot.clock.refresh()
    return guard.open(request.args, body)


def _plain(body: bytes) -> Response:
    return Response(body, content_type="text/plain; charset=utf-8")
