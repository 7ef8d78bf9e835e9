"""Who may send which row, as single statements that hold on SQLite and PostgreSQL (READ COMMITTED) alike.

A follower's messages leave in order: only his oldest unfinished row can be claimed. `attempts` is the fence: it grows
with every claim, so whoever lost the row can no longer write its result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.customers.model import Follower
from bot.delivery import rules
from bot.delivery.model import Delivery, DeliveryState, Sender
from bot.messages import Reply

UNFINISHED = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True)
class Claim:
    """The right to send one row. `at` is the instant it was taken, `created_at` the one its allowance was used."""

    delivery_id: int
    follower_id: int
    conversation_id: int | None
    attempts: int
    sender: Sender
    openid: str
    reply: Reply
    created_at: datetime
    at: datetime


def claim(session: Session, delivery_id: int, now: datetime, lease_until: datetime) -> Claim | None:
    """Take a row that is due; None when it is not, another has it, or an older one of its follower is unfinished."""
    mine = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED, Delivery.due_at <= now, _is_next())
        .values(state=DeliveryState.SENDING, attempts=Delivery.attempts + 1, lease_until=lease_until)
        .returning(
            Delivery.follower_id,
            Delivery.conversation_id,
            Delivery.attempts,
            Delivery.sender,
            Delivery.content,
            Delivery.created_at,
        )
        .execution_options(synchronize_session=False)
    )
    row = session.execute(mine).first()
    if row is None:
        return None
    openid = session.scalars(select(Follower.openid).where(Follower.id == row.follower_id)).one()
    return Claim(
        delivery_id=delivery_id,
        follower_id=row.follower_id,
        conversation_id=row.conversation_id,
        attempts=row.attempts,
        sender=row.sender,
        openid=openid,
        reply=Reply.from_json(row.content),
        created_at=row.created_at,
        at=now,
    )


def finish(session: Session, held: Claim, **values: Any) -> bool:
    """Write the result of a claimed row; False when the claim is lost and nothing was written."""
    return _write(session, held.delivery_id, held.attempts, lease_until=None, **values)


def due(session: Session, before: datetime, limit: int) -> Sequence[int]:
    """Rows that could be claimed, oldest first; what waits behind an older row takes no place in the list."""
    ready = select(Delivery.id).where(Delivery.state == DeliveryState.QUEUED, Delivery.due_at <= before, _is_next())
    return session.scalars(ready.order_by(Delivery.id).limit(limit)).all()


def next_of(session: Session, follower_id: int) -> int | None:
    """The follower's oldest queued row."""
    queued = (Delivery.follower_id == follower_id) & (Delivery.state == DeliveryState.QUEUED)
    return session.scalars(select(Delivery.id).where(queued).order_by(Delivery.id).limit(1)).first()


def find_held(session: Session, follower_id: int, conversation_id: int, now: datetime) -> Delivery | None:
    """The rep's line of this conversation that waits for his next one, if nothing was queued behind it."""
    newest = select(Delivery).where(Delivery.follower_id == follower_id).order_by(Delivery.id.desc()).limit(1)
    row = session.scalars(newest.execution_options(populate_existing=True)).first()
    is_waiting = row is not None and row.state is DeliveryState.QUEUED and row.attempts == 0
    if row is None or not is_waiting or row.conversation_id != conversation_id:
        return None
    return row if row.held_until is not None and row.held_until > now else None


def extend(session: Session, delivery_id: int, reply: Reply, held_until: datetime, now: datetime) -> bool:
    """Give a held row more words; False when somebody sends it already, or was told to. The caller holds the lock of
    its follower.
    """
    still = (Delivery.state == DeliveryState.QUEUED) & (Delivery.attempts == 0) & (Delivery.held_until > now)
    longer = (
        update(Delivery)
        .where(Delivery.id == delivery_id, still)
        .values(content=reply.to_json(), held_until=held_until, due_at=held_until)
        .returning(Delivery.id)
    )
    return session.execute(longer.execution_options(synchronize_session=False)).first() is not None


def release(session: Session, follower_id: int, now: datetime) -> Sequence[int]:
    """The follower's held rows are due now; their ids. Nothing that is queued behind them has to wait."""
    held = (Delivery.follower_id == follower_id) & Delivery.held_until.is_not(None)
    waiting = held & (Delivery.state == DeliveryState.QUEUED) & (Delivery.attempts == 0)
    freed = update(Delivery).where(waiting).values(due_at=now, held_until=None).returning(Delivery.id)
    return session.scalars(freed.execution_options(synchronize_session=False)).all()


def reset_orphans(session: Session, now: datetime, lease_ended: datetime, limit: int) -> Sequence[Delivery]:
    """Decide about rows whose process died while sending; the rows it decided about, as they are now."""
    orphaned = (Delivery.state == DeliveryState.SENDING) & (Delivery.lease_until < lease_ended)
    found = session.execute(
        select(Delivery.id, Delivery.sender, Delivery.attempts).where(orphaned).order_by(Delivery.id).limit(limit)
    ).all()
    reset = []
    for row in found:
        # Nobody knows whether the dead process had sent it.
        state = rules.after_unknown(row.sender, row.attempts)
        done_at = None if state is DeliveryState.QUEUED else now
        if _write(session, row.id, row.attempts, state=state, due_at=now, lease_until=None, done_at=done_at):
            reset.append(session.get_one(Delivery, row.id))
    return reset


def _write(session: Session, delivery_id: int, attempts: int, **values: Any) -> bool:
    same = (Delivery.state == DeliveryState.SENDING) & (Delivery.attempts == attempts)
    mine = update(Delivery).where(Delivery.id == delivery_id, same).values(**values).returning(Delivery.id)
    return session.execute(mine.execution_options(synchronize_session=False)).first() is not None


def _is_next() -> ColumnElement[bool]:
    older = aliased(Delivery)
    blocking = (older.follower_id == Delivery.follower_id) & (older.id < Delivery.id) & older.state.in_(UNFINISHED)
    return ~exists(select(older.id).where(blocking).correlate(Delivery))
