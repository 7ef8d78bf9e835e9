"""The chats behind a figure: the rows that meet the very condition the figure counts, of those the person may read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.handoff.model import Conversation
from bot.reports import counters
from bot.reports.counters import EVERY_DESK, Facts
from bot.reports.figures import Wanted
from bot.reports.metrics import Dimension
from bot.reports.model import HandoffFact, Stint


@dataclass(frozen=True)
class Page:
    """Which chats the person may read, after which fact, how many."""

    readable: ColumnElement[bool]
    before: int | None
    limit: int


@dataclass(frozen=True)
class Behind:
    """One chat behind a figure; `id` is the fact's, by which pages go on."""

    id: int
    chat: Conversation
    label: str
    wait_ms: int | None
    reply_ms: int | None
    handle_ms: int | None


def behind(session: Session, counter: str, wanted: Wanted, now: datetime, page: Page) -> list[Behind]:
    """Chats counted by this counter, newest first; one more than the limit when there are more."""
    one = next(facts for facts in _made(wanted, now) if counter in facts.counters)
    conditions = and_(one.of_days, one.counters[counter])
    found = select(one.root, Conversation, Follower.label).join(Conversation, Conversation.id == one.chat)
    found = found.join(Follower, Follower.id == Conversation.follower_id).where(conditions, page.readable)
    if wanted.desk != EVERY_DESK:
        found = found.where(one.desk == wanted.desk)
    if wanted.dimension is not Dimension.ALL:
        if wanted.dimension not in one.dimensions:
            return []
        found = found.where(cast(one.dimensions[wanted.dimension], Text) == wanted.key)
    if page.before is not None:
        found = found.where(one.root.id < page.before)
    rows = session.execute(found.order_by(one.root.id.desc()).limit(page.limit + 1)).all()
    return [_of(fact, chat, label) for fact, chat, label in rows]


def _made(wanted: Wanted, now: datetime) -> Iterator[Facts]:
    return (make(wanted.first, wanted.last, now) for make in counters.MAKERS)


def _of(fact: Any, chat: Conversation, label: str) -> Behind:
    has_times = isinstance(fact, HandoffFact | Stint)
    return Behind(
        id=fact.id,
        chat=chat,
        label=label,
        wait_ms=fact.wait_ms if isinstance(fact, HandoffFact) else None,
        reply_ms=fact.reply_ms if has_times else None,
        handle_ms=fact.handle_ms if isinstance(fact, Stint) else None,
    )
