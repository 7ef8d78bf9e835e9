"""The rows behind bot/board/what_if.py: who came within the last day, and who was ready when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.board.what_if import MOST_ARRIVALS, Asking, Dealt, Seat, deal, total
from bot.customers.model import Follower
from bot.desks.model import DeskRules
from bot.desks.rules import Span
from bot.events import EventType
from bot.handoff.model import Conversation, Owner
from bot.handoff.queries import desk_staff
from bot.outbox import OutboxRow
from bot.staff.model import RepStatus, StaffMember

LAST_DAY = timedelta(hours=24)
USUAL_CHAT_S = 300.0


@dataclass(frozen=True)
class Compared:
    """The last day dealt out by the rules in force and by the changed ones: the desk itself, and all desks."""

    arrivals: int
    is_cut: bool
    desk_now: Dealt
    desk_then: Dealt
    all_now: Dealt
    all_then: Dealt


def compare(
    session: Session, in_force: Mapping[str, DeskRules], desk: str, changed: DeskRules, now: datetime
) -> Compared:
    """What these rules of one desk would have meant for the last day."""
    askings, is_cut = _askings(session, now - LAST_DAY)
    seats = _seats(session, now)
    before, after = deal(askings, seats, in_force), deal(askings, seats, {**in_force, desk: changed})
    return Compared(len(askings), is_cut, before[desk], after[desk], total(before), total(after))


def _askings(session: Session, since: datetime) -> tuple[list[Asking], bool]:
    came = (
        select(Conversation, Follower.dedicated_rep)
        .join(Follower, Follower.id == Conversation.follower_id)
        .where(Conversation.queued_at >= since)
        .order_by(Conversation.queued_at.desc())
        .limit(MOST_ARRIVALS + 1)
    )
    rows = [(row[0], row[1]) for row in session.execute(came)]
    usual = timedelta(seconds=median([*_lengths([row for row, _ in rows])] or [USUAL_CHAT_S]))
    newest = rows[:MOST_ARRIVALS]
    return [_asking(row, dedicated, usual) for row, dedicated in reversed(newest)], len(rows) > MOST_ARRIVALS


def _asking(row: Conversation, dedicated: str | None, usual: timedelta) -> Asking:
    asked_at = row.queued_at or row.opened_at
    lengths = _lengths([row])
    left = row.closed_at if row.owner is Owner.CLOSED and row.accepted_at is None else None
    return Asking(
        skill=row.skill or "",
        asked_at=asked_at,
        priority=row.priority,
        dedicated=dedicated,
        took=timedelta(seconds=lengths[0]) if lengths else usual,
        left_after=left - asked_at if left else None,
    )


def _lengths(rows: Sequence[Conversation]) -> list[float]:
    return [
        (row.closed_at - row.accepted_at).total_seconds()
        for row in rows
        if row.accepted_at is not None and row.closed_at is not None
    ]


def _seats(session: Session, now: datetime) -> list[Seat]:
    """Everybody who serves, with the times in which he said he was ready; the events tell them."""
    said = (
        select(OutboxRow.payload, OutboxRow.at)
        .where(OutboxRow.type == EventType.REP_STATUS_CHANGED, OutboxRow.at >= now - LAST_DAY)
        .order_by(OutboxRow.id)
    )
    words: dict[str, list[tuple[datetime, RepStatus]]] = defaultdict(list)
    for payload, at in session.execute(said):
        words[payload["rep"]].append((at, RepStatus(payload["status"])))
    return [_seat(one, words[one.username], now) for one in desk_staff(session)]


def _seat(one: StaffMember, words: Sequence[tuple[datetime, RepStatus]], now: datetime) -> Seat:
    # Before his first word of the day he was what that word changed: not ready if it made him so.
    first_is_ready = words[0][1] is RepStatus.READY if words else one.status is not RepStatus.READY
    moments = [(now - LAST_DAY, not first_is_ready), *((at, status is RepStatus.READY) for at, status in words)]
    ends = [at for at, _ in moments[1:]] + [now]
    ready = [Span(one.username, at, end) for (at, is_ready), end in zip(moments, ends, strict=True) if is_ready]
    return Seat(one.username, frozenset(one.skills), one.capacity, ready)
