"""The plan of a campaign: one row for every follower of its audience, with the reason he is left out or the chunk he
goes with. One INSERT … SELECT decides it, and what is booked for him is written in the same transaction.

Planned once: the rows' key is campaign and follower, and all of it becomes visible together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient, RecipientCount, client_id_of
from bot.campaigns.judging import Terms, judged, lowest_free, prepare, taken_places
from bot.campaigns.ledger import MESSAGES_A_MONTH, ContactSlot, MassMessage, drop, month_of
from bot.campaigns.model import MessageClass
from bot.campaigns.neighbours import Who
from bot.campaigns.rules import ContactPolicy

PLANNING_LOCK = 7_204_931


@dataclass(frozen=True)
class Fate:
    """How many followers share a reason, or a variant of it when there is none."""

    reason: Reason | None
    variant: int | None
    followers: int


class AnotherIsPlanned(Exception):
    """One campaign is planned at a time: what it books is not yet seen by the next."""


class SampleTooSmall(Exception):
    """A test of variants on so few would say nothing; nothing was written."""


def fates(session: Session, terms: Terms, now: datetime, policy: ContactPolicy, who: Who) -> list[Fate]:
    """What a plan made now would come to; nothing is written."""
    prepare(session)
    found = judged(session, terms, now, policy, who).subquery()
    counted = select(found.c.reason, found.c.variant, func.count()).group_by(found.c.reason, found.c.variant)
    return [Fate(Reason(row[0]) if row[0] else None, row[1], row[2]) for row in session.execute(counted)]


def write_plan(session: Session, terms: Terms, now: datetime, policy: ContactPolicy, who: Who) -> list[Fate]:
    """Write the plan into the caller's transaction: recipients, what is booked for them, chunks, counts. Raises
    AnotherIsPlanned, SampleTooSmall.
    """
    prepare(session)
    _lock(session)
    columns = ("campaign_id", "follower_id", "at", "reason", "variant", "chunk", "place", "slot")
    found = judged(session, terms, now, policy, who).subquery()
    rows = select(
        literal(terms.campaign_id),
        found.c.follower_id,
        literal(now, Recipient.at.type),
        *(found.c[name] for name in columns[3:]),
    ).where(literal(value=True))
    session.execute(insert(Recipient).from_select(columns, rows))
    groups = _groups(session, terms)
    if _book(session, terms, now, policy, sum(one.size for one in groups if one.reason is None)):
        groups = _groups(session, terms)
    return _cut(session, terms, policy, groups)


def _book(session: Session, terms: Terms, now: datetime, policy: ContactPolicy, wanted: int) -> bool:
    """Take one of the month's messages, and one marketing touch, for everybody who is to be sent it: `wanted` of them.
    True when somebody lost his to another writer meanwhile, and is left out for it.
    """
    mine = and_(Recipient.campaign_id == terms.campaign_id, Recipient.reason.is_(None))
    unlucky = 0
    if _book_messages(session, mine, terms, now) < wanted:
        unlucky += _leave_out(session, terms.campaign_id, MassMessage, Reason.QUOTA)
    if terms.kind is MessageClass.MARKETING and _book_touches(session, mine, terms, now, policy) < wanted - unlucky:
        unlucky += _leave_out(session, terms.campaign_id, ContactSlot, Reason.CAP_WEEK)
    return unlucky > 0


def _book_touches(
    session: Session, mine: ColumnElement[bool], terms: Terms, now: datetime, policy: ContactPolicy
) -> int:
    booked = literal(now, Recipient.at.type)
    touches = select(Recipient.follower_id, Recipient.slot, literal(terms.campaign_id), booked).where(mine)
    slots = _insert(session, ContactSlot).from_select(("follower_id", "slot", "campaign_id", "at"), touches)
    taken = slots.on_conflict_do_update(
        index_elements=[ContactSlot.follower_id, ContactSlot.slot],
        set_={"campaign_id": slots.excluded.campaign_id, "at": slots.excluded.at},
        where=ContactSlot.at <= now - timedelta(days=policy.month_days),
    )
    return _rows(session, taken)


def _book_messages(session: Session, mine: ColumnElement[bool], terms: Terms, now: datetime) -> int:
    booked = literal(now, Recipient.at.type)
    messages = select(
        Recipient.follower_id, literal(month_of(now)), Recipient.place, literal(terms.campaign_id), booked
    ).where(mine)
    into = ("follower_id", "month", "place", "campaign_id", "at")
    return _rows(session, _insert(session, MassMessage).from_select(into, messages).on_conflict_do_nothing())


def rebook(session: Session, terms: Terms, now: datetime) -> None:
    """Take messages of the present month in place of a past one's for whoever is still to be sent it; who has none left
    is left out for it.
    """
    waiting = select(Chunk.number).where(Chunk.campaign_id == terms.campaign_id, Chunk.state == ChunkState.PLANNED)
    mine = and_(Recipient.campaign_id == terms.campaign_id, Recipient.reason.is_(None), Recipient.chunk.in_(waiting))
    theirs = select(Recipient.follower_id).where(mine)
    quietly = {"synchronize_session": False}
    session.execute(
        delete(MassMessage)
        .where(MassMessage.campaign_id == terms.campaign_id, MassMessage.follower_id.in_(theirs))
        .execution_options(**quietly)
    )
    of_month = and_(MassMessage.month == month_of(now), MassMessage.follower_id == Recipient.follower_id)
    taken = select(taken_places(MassMessage.place, MESSAGES_A_MONTH)).where(of_month).scalar_subquery()
    free = lowest_free(taken, MESSAGES_A_MONTH)
    session.execute(update(Recipient).where(mine).values(place=free).execution_options(**quietly))
    for number in session.scalars(waiting).all():
        drop(session, terms.campaign_id, number, Reason.QUOTA, Recipient.place.is_(None))
    _book_messages(session, mine, terms, now)


def _leave_out(session: Session, campaign_id: int, table: type[MassMessage] | type[ContactSlot], reason: Reason) -> int:
    """Who is to be sent it and has no row of his own in this table; how many."""
    quietly = {"synchronize_session": False}
    booked = select(table.follower_id).where(
        table.campaign_id == campaign_id, table.follower_id == Recipient.follower_id
    )
    unlucky = and_(Recipient.campaign_id == campaign_id, Recipient.reason.is_(None), ~booked.exists())
    out = update(Recipient).where(unlucky).values(reason=reason, chunk=None, place=None, slot=None)
    count = _rows(session, out.execution_options(**quietly))
    left_out = select(Recipient.follower_id).where(Recipient.campaign_id == campaign_id, Recipient.reason == reason)
    theirs = delete(MassMessage).where(MassMessage.campaign_id == campaign_id, MassMessage.follower_id.in_(left_out))
    session.execute(theirs.execution_options(**quietly))
    return count


@dataclass(frozen=True)
class _Group:
    """Rows of a plan that share a reason, or a chunk: how many, and the first and last follower."""

    reason: Reason | None
    variant: int | None
    chunk: int | None
    size: int
    first_id: int
    last_id: int


def _groups(session: Session, terms: Terms) -> list[_Group]:
    edges = (func.min(Recipient.follower_id), func.max(Recipient.follower_id))
    by = (Recipient.reason, Recipient.variant, Recipient.chunk)
    counted = select(*by, func.count(), *edges).where(Recipient.campaign_id == terms.campaign_id).group_by(*by)
    return [_Group(*row) for row in session.execute(counted)]


def _cut(session: Session, terms: Terms, policy: ContactPolicy, groups: Sequence[_Group]) -> list[Fate]:
    """Chunks and counts from the rows that were written."""
    counts: dict[tuple[Reason | None, int], int] = {}
    for one in groups:
        key = (one.reason, one.variant or 0)
        counts[key] = counts.get(key, 0) + one.size
        if one.reason is None:
            assert one.chunk is not None
            assert one.variant is not None
            session.add(
                Chunk(
                    campaign_id=terms.campaign_id,
                    number=one.chunk,
                    variant=one.variant,
                    size=one.size,
                    first_id=one.first_id,
                    last_id=one.last_id,
                    state=ChunkState.PLANNED,
                    client_id=client_id_of(terms.campaign_id, 1, one.chunk),
                )
            )
    found = [Fate(reason, variant, size) for (reason, variant), size in counts.items()]
    check_sample([variant for variant, _ in terms.variants], found, policy)
    for fate in found:
        session.add(
            RecipientCount(
                campaign_id=terms.campaign_id,
                reason=fate.reason.value if fate.reason else "",
                variant=fate.variant or 0,
                followers=fate.followers,
            )
        )
    session.flush()
    return found


def check_sample(variants: Sequence[int], found: Sequence[Fate], policy: ContactPolicy) -> None:
    """Raises SampleTooSmall when a variant of several would go to too few to tell them apart."""
    if len(variants) < 2:
        return
    sent = {one.variant: one.followers for one in found if one.reason is None}
    if min(sent.get(variant, 0) for variant in variants) < policy.min_sample:
        raise SampleTooSmall


def _lock(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql" and not session.scalar(
        select(func.pg_try_advisory_xact_lock(PLANNING_LOCK))
    ):
        raise AnotherIsPlanned


def _insert(session: Session, table: type[Any]) -> Any:
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)


def _rows(session: Session, statement: Any) -> int:
    """How many rows it wrote; of an INSERT that is only kept when it is asked for."""
    found = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(found.rowcount)  # type: ignore[attr-defined]
