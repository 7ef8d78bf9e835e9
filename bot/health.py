"""What a process needs and whether it is there; what its figures are. Redis and the model may be away: the product
then still answers, and says so here. Both Flask apps show it (webhooks/health.py, api/health.py).
"""

import hmac
import os
import threading
from dataclasses import dataclass
from time import monotonic

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.bootstrap import Bot
from bot.errors import NluUnavailable, QueueUnavailable
from bot.handoff.model import Conversation, Owner
from bot.inbox import InboxRow, RowState
from bot.metrics import PARKED, UNFINISHED, WAITING
from config.settings import Settings

NLU_PROBE_S = 1.0
# Anybody may ask whether we are ready; the model is bothered this often at most.
PROBE_HOLDS_S = 2.0


@dataclass(frozen=True)
class Probe:
    """Each dependency with "ok" or what is wrong."""

    is_ready: bool
    dependencies: dict[str, str]

    @property
    def status(self) -> int:
        """The HTTP status that says the same."""
        return 200 if self.is_ready else 503

    @property
    def body(self) -> dict[str, object]:
        """The JSON that says the same."""
        return {"status": "ready" if self.is_ready else "not_ready", "dependencies": self.dependencies}


class _Latest:
    """The latest probe of this process: whose it is, until when it holds, what was found."""

    lock = threading.Lock()
    found: tuple[Bot, float, Probe] | None = None


def probe(bot: Bot) -> Probe:
    """Each dependency as it was at most two seconds ago; only the database is essential."""
    with _Latest.lock:
        if _Latest.found is not None:
            whose, until, known = _Latest.found
            if whose is bot and monotonic() < until:
                return known
        fresh = _ask(bot)
        _Latest.found = (bot, monotonic() + PROBE_HOLDS_S, fresh)
        return fresh


def may_see_metrics(settings: Settings, authorization: str) -> bool:
    """Whether a request with this Authorization header gets the figures: in production only with METRICS_TOKEN."""
    if not settings.is_production:
        return True
    if settings.metrics_token is None:
        return False
    return hmac.compare_digest(f"Bearer {settings.metrics_token}".encode(), authorization.encode())


def figures(bot: Bot) -> bytes:
    """The metrics in Prometheus' text form, the counted ones fresh: of all workers where there are several
    (webhooks/workers.py), else of this process.
    """
    waiting = Conversation.owner.in_([Owner.QUEUED, Owner.OFFERED])
    unfinished = InboxRow.state.in_([RowState.NEW, RowState.WORKING])
    parked = InboxRow.state == RowState.PARKED
    with bot.database.reading() as session:
        WAITING.set(session.scalar(select(func.count()).select_from(Conversation).where(waiting)) or 0)
        UNFINISHED.set(session.scalar(select(func.count()).select_from(InboxRow).where(unfinished)) or 0)
        PARKED.set(session.scalar(select(func.count()).select_from(InboxRow).where(parked)) or 0)
    return generate_latest(_registry())


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _ask(bot: Bot) -> Probe:
    found = {"database": _database(bot), "queue": _queue(bot), "nlu": _nlu(bot)}
    return Probe(found["database"] == "ok", found)


def _database(bot: Bot) -> str:
    try:
        with bot.database.reading() as session:
            session.execute(text("SELECT 1 FROM alembic_version"))
    except SQLAlchemyError as error:
        return f"down: {type(error).__name__}"
    return "ok"


def _queue(bot: Bot) -> str:
    try:
        bot.desk.routing.queue.needs_rebuild()
    except QueueUnavailable:
        return "degraded: hand-offs are ordered by the database"
    return "ok"


def _nlu(bot: Bot) -> str:
    try:
        bot.nlu.parse("你好", today=bot.clock.now().date(), timeout_s=NLU_PROBE_S)
    except NluUnavailable:
        return "degraded: keyword rules answer"
    return "ok"
