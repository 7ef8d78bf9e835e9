"""Event rows, written in the transaction that made them true, read by id.

Ids must become visible in order: a reader that has seen 11 must never find 10 later. On PostgreSQL numbers are drawn
before commit, so writers line up behind one advisory lock, taken as late as possible: at the flush just before
commit. SQLite has one writer at a time anyway.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, BigInteger, Integer, delete, event, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from bot.db import Base, Database
from bot.events import Event

ORDER_LOCK = 7_204_915
KEEP = timedelta(hours=24)
BIG = BigInteger().with_variant(Integer, "sqlite")

Listener = Callable[[Session, datetime, Event], None]


class OutboxRow(Base):
    """One event. `audience` is "all" or a rep's username."""

    __tablename__ = "outbox"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    type: Mapped[str]
    audience: Mapped[str]
    conversation_id: Mapped[int | None]
    version: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(index=True)


# Over the table, for every push runs it: through the mapped class it costs twice as much.
_ADDED = insert(Base.metadata.tables[OutboxRow.__tablename__])
_LINE_UP = text("SELECT pg_advisory_xact_lock(:key)")


def publish(session: Session, at: datetime, *events: Event) -> None:
    """Write events into the caller's transaction; they get their ids when it commits."""
    session.info.setdefault("outbox", []).extend((at, fact) for fact in events)


def listen(database: Database, listener: Listener) -> None:
    """Have a listener write what follows from each event, in the event's own transaction and before the order lock."""
    database.carried["listeners"].append(listener)


def read_after(session: Session, last_id: int, limit: int = 500) -> Sequence[OutboxRow]:
    """Events after an id, in order."""
    return session.scalars(select(OutboxRow).where(OutboxRow.id > last_id).order_by(OutboxRow.id).limit(limit)).all()


def last_id(session: Session) -> int:
    """The newest visible id; 0 when there is none."""
    return session.scalar(select(func.max(OutboxRow.id))) or 0


def first_id(session: Session) -> int | None:
    """The oldest id still kept, or None."""
    return session.scalar(select(func.min(OutboxRow.id)))


def forget_old(session: Session, now: datetime) -> int:
    """Delete events past their keeping time; how many went. The newest stays, so that ids are never reused."""
    newest = select(func.max(OutboxRow.id)).scalar_subquery()
    gone = session.execute(delete(OutboxRow).where(OutboxRow.at < now - KEEP, OutboxRow.id < newest))
    return int(gone.rowcount)  # type: ignore[attr-defined]


@event.listens_for(Session, "after_transaction_create")
def _mark_savepoint(session: Session, begun: SessionTransaction) -> None:
    if begun.nested:
        marks = session.info.setdefault("outbox_marks", WeakKeyDictionary())
        marks[begun] = len(session.info.get("outbox", ()))


@event.listens_for(Session, "before_commit")
def _number_events(session: Session) -> None:
    if session.in_nested_transaction():
        # Only a savepoint ends: the order lock is not for the rest of the work.
        return
    pending = session.info.pop("outbox", None)
    if not pending:
        return
    for at, fact in pending:
        for listener in session.info.get("listeners", ()):
            listener(session, at, fact)
    if session.get_bind().dialect.name == "postgresql":
        session.flush()
        session.execute(_LINE_UP, {"key": ORDER_LOCK})
    rows = [
        {
            "type": fact.type.value,
            "audience": fact.audience,
            "conversation_id": fact.conversation_id,
            "version": fact.version,
            "payload": dict(fact.payload),
            "at": at,
        }
        for at, fact in pending
    ]
    # What else the transaction changed goes first, also where nobody lines up.
    session.flush()
    for row in rows:
        session.execute(_ADDED, row)


@event.listens_for(Session, "after_soft_rollback")
def _drop_events(session: Session, ended: SessionTransaction) -> None:
    if ended.nested:
        # What was published before the savepoint is still true.
        del session.info.get("outbox", [])[session.info["outbox_marks"][ended] :]
    elif ended.parent is None:
        session.info.pop("outbox", None)
