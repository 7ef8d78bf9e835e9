"""What the platform pushed: accepted once, claimed in order per follower, answered once.

A push is a row before it is anything else; until that commit the platform's own retries are the durable queue. A
process may claim only a follower's oldest unfinished row, by one UPDATE with a lease, so order holds and a process
that dies blocks nobody for longer than the lease.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from bot.db import Base, Database
from bot.fields import NewlySealed, SealedJson
from bot.messages import InboundMessage
from bot.outbox import BIG

LEASE = timedelta(seconds=6)
MAX_ATTEMPTS = 3
SILENCE = ""


class RowState(StrEnum):
    """`parked`: failed three times; a person has to look at it."""

    NEW = "new"
    WORKING = "working"
    DONE = "done"
    PARKED = "parked"


class AnswerMode(StrEnum):
    """How a push was answered, decided once: in the reply to the push itself, or later by a customer-service
    message.
    """

    PASSIVE = "passive"
    LATER = "later"


class InboxRow(Base):
    """One push. `answer` is the body given to the platform, byte for byte the same on every repeat.

    `answer_until` is the instant up to which a callback still waits for a passive answer.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_openid_state_id", "openid", "state", "id"),
        Index("ix_inbox_state_lease", "state", "lease_until"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    openid: Mapped[str]
    message: Mapped[dict[str, Any]] = mapped_column(SealedJson("inbox.message"))
    push_mode: Mapped[str]
    state: Mapped[RowState] = mapped_column(default=RowState.NEW)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    received_at: Mapped[datetime]
    answer_until: Mapped[datetime]
    answer_mode: Mapped[AnswerMode | None]
    answer: Mapped[str | None] = mapped_column(NewlySealed("inbox.answer"))
    cause: Mapped[str | None]


# Every push runs these. Written once, and over the table: putting a statement together costs more than running it.
_INBOX = Base.metadata.tables[InboxRow.__tablename__]
_ADDED = insert(_INBOX).returning(_INBOX.c.id)
_UNFINISHED = select(
    exists().where(_INBOX.c.openid == bindparam("whose"), _INBOX.c.state.in_([RowState.NEW, RowState.WORKING]))
)
_LINE_UP = select(func.pg_advisory_xact_lock(func.hashtext(bindparam("whose", type_=String))))
_DONE_SILENTLY = (
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("claimed"))
    .where(_INBOX.c.attempts == bindparam("attempt"), _INBOX.c.state == RowState.WORKING)
    .values(
        state=RowState.DONE,
        lease_until=None,
        answer_mode=func.coalesce(_INBOX.c.answer_mode, AnswerMode.PASSIVE.value),
        answer=func.coalesce(_INBOX.c.answer, SILENCE),
    )
    .returning(_INBOX.c.answer_mode, _INBOX.c.answer)
)


@dataclass(frozen=True)
class Accepted:
    """A push, and the right to work on it when this was its first delivery and nothing older waits."""

    row_id: int
    claim: "Claim | None"


@dataclass(frozen=True)
class Claim:
    """The right to work on one row until the lease ends. `attempt` is the fence: an older claim cannot finish the
    row.
    """

    row_id: int
    attempt: int
    message: InboundMessage
    push_mode: str


@dataclass(frozen=True)
class Answered:
    """How a push was answered; `body` is what the platform gets."""

    mode: AnswerMode
    body: str


class _KnownAlready(Exception):
    """This push has its row; another broken rule of the database is not this."""


class Inbox:
    """The inbox of one process; all of its state is in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, message: InboundMessage, push_mode: str, now: datetime, wait: timedelta) -> Accepted:
        """Store a push once and let its callback wait for `wait`; a repeat finds the row of the first. Safe to repeat.

        One transaction stores and claims, because each commit costs a disk flush.
        """
        row = _new_row(message, push_mode, now, now + wait)
        try:
            with self._database.transaction() as session:
                _one_at_a_time(session, message.follower)
                is_next = not has_unfinished(session, message.follower)
                if is_next:
                    row |= {"state": RowState.WORKING, "attempts": 1, "lease_until": now + LEASE}
                row_id = session.scalars(_ADDED, row).one()
        except IntegrityError:
            return Accepted(self._wait_again(message.dedupe_key, now + wait), None)
        return Accepted(row_id, Claim(row_id, 1, message, push_mode) if is_next else None)

    def record(
        self,
        message: InboundMessage,
        push_mode: str,
        now: datetime,
        note: Callable[[Session, InboundMessage, datetime], None],
    ) -> bool:
        """Store a push that asks for nothing and is answered with silence; it is done with that. Safe to repeat.

        `note` is called in the same transaction, for the first delivery alone. Whether this was the first.
        """
        row = _new_row(message, push_mode, now, now)
        row |= {"state": RowState.DONE, "answer_mode": AnswerMode.PASSIVE, "answer": SILENCE}
        try:
            with self._database.transaction() as session:
                try:
                    session.execute(_ADDED, row)
                except IntegrityError as error:
                    raise _KnownAlready from error
                note(session, message, now)
        except _KnownAlready:
            return False
        return True

    def _wait_again(self, dedupe_key: str, until: datetime) -> int:
        with self._database.transaction() as session:
            row = session.scalars(select(InboxRow).where(InboxRow.dedupe_key == dedupe_key)).one()
            if row.answer_mode is None:
                row.answer_until = max(row.answer_until, until)
            return row.id

    def claim_next(self, openid: str, now: datetime) -> Claim | None:
        """Claim the follower's oldest unfinished row, or None when there is none or another process works on it."""
        with self._database.reading() as session:
            # Looked at first without the write lock, which every other push waits for.
            if not has_unfinished(session, openid):
                return None
        older = aliased(InboxRow)
        unfinished = older.state.in_([RowState.NEW, RowState.WORKING])
        oldest = (
            select(older.id).where(older.openid == openid, unfinished).order_by(older.id).limit(1).scalar_subquery()
        )
        # A lease further ahead than any lease goes is of a clock that was set back since.
        ended = or_(InboxRow.lease_until < now, InboxRow.lease_until > now + LEASE)
        free = or_(InboxRow.state == RowState.NEW, ended)
        claim = (
            update(InboxRow)
            .where(InboxRow.id == oldest, free)
            .values(state=RowState.WORKING, lease_until=now + LEASE, attempts=InboxRow.attempts + 1)
            .returning(InboxRow.id, InboxRow.attempts, InboxRow.message, InboxRow.push_mode)
        )
        with self._database.transaction() as session:
            row = session.execute(claim).first()
        if row is None:
            return None
        found = Claim(row.id, row.attempts, InboundMessage.from_json(row.message), row.push_mode)
        if found.attempt <= MAX_ATTEMPTS:
            return found
        # Every process that tried died on it.
        self.park(found, "died")
        return self.claim_next(openid, now)

    def find_answer(self, row_id: int) -> Answered | None:
        """How a push was answered, or None while that is open."""
        with self._database.reading() as session:
            row = session.execute(select(InboxRow.answer_mode, InboxRow.answer).where(InboxRow.id == row_id)).one()
        return Answered(row.answer_mode, row.answer or SILENCE) if row.answer_mode else None

    def give_up_waiting(self, row_id: int) -> Answered:
        """The callback's time is over: answer with silence unless the turn was faster; what the platform gets now."""
        later = (
            update(InboxRow)
            .where(InboxRow.id == row_id, InboxRow.answer_mode.is_(None))
            .values(answer_mode=AnswerMode.LATER, answer=SILENCE)
        )
        with self._database.transaction() as session:
            session.execute(later)
            row = session.execute(select(InboxRow.answer_mode, InboxRow.answer).where(InboxRow.id == row_id)).one()
        return Answered(row.answer_mode, row.answer or SILENCE)

    def park(self, claim: Claim, cause: str) -> None:
        """Set aside a row that failed too often, so that the follower's next message is not held up."""
        with self._database.transaction() as session:
            parked = update(InboxRow).where(InboxRow.id == claim.row_id, InboxRow.attempts == claim.attempt)
            session.execute(parked.values(state=RowState.PARKED, cause=cause))

    def release(self, claim: Claim) -> None:
        """Give a row back at once after a failed attempt; the next claim counts as a new attempt."""
        with self._database.transaction() as session:
            mine = update(InboxRow).where(InboxRow.id == claim.row_id, InboxRow.attempts == claim.attempt)
            session.execute(mine.values(state=RowState.NEW, lease_until=None))

    def followers_left_behind(self, now: datetime, limit: int = 50) -> list[str]:
        """Openids whose oldest row nobody works on although it is over a second old; a sweep finishes them."""
        stale = or_(
            (InboxRow.state == RowState.NEW) & (InboxRow.received_at < now - timedelta(seconds=1)),
            (InboxRow.state == RowState.WORKING) & (InboxRow.lease_until < now),
        )
        with self._database.reading() as session:
            return list(session.scalars(select(InboxRow.openid).where(stale).distinct().limit(limit)))


def _one_at_a_time(session: Session, openid: str) -> None:
    """Two pushes of one follower line up here, so that only one is first. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LINE_UP, {"whose": openid})


def _new_row(message: InboundMessage, push_mode: str, now: datetime, answer_until: datetime) -> dict[str, Any]:
    return {
        "dedupe_key": message.dedupe_key,
        "openid": message.follower,
        "message": message.to_json(),
        "push_mode": push_mode,
        "received_at": now,
        "answer_until": answer_until,
    }


def finish(session: Session, claim: Claim, now: datetime, passive_body: Callable[[], str] | None) -> Answered | None:
    """Mark a claimed row done inside the turn's transaction and decide its answer, once.

    `passive_body` makes the body of a passive answer; None means there is nothing to say. Returns how the answer
    leaves, or None when the claim is no longer ours: then the caller must undo its transaction.
    """
    if passive_body is None:
        return _finish_silently(session, claim)
    row = session.get(InboxRow, claim.row_id, with_for_update=True)
    if row is None or row.attempts != claim.attempt or row.state is not RowState.WORKING:
        return None
    row.state = RowState.DONE
    row.lease_until = None
    if row.answer_mode is None:
        in_time = now < row.answer_until
        row.answer_mode = AnswerMode.PASSIVE if in_time else AnswerMode.LATER
        row.answer = passive_body() if in_time else SILENCE
    return Answered(row.answer_mode, row.answer or SILENCE)


def _finish_silently(session: Session, claim: Claim) -> Answered | None:
    """In one statement, for most pushes on a busy desk are words to a rep: there is no answer to choose a way for."""
    row = session.execute(_DONE_SILENTLY, {"claimed": claim.row_id, "attempt": claim.attempt}).first()
    return Answered(row.answer_mode, row.answer or SILENCE) if row is not None else None


def has_unfinished(session: Session, openid: str) -> bool:
    """True when this follower has unfinished rows."""
    return bool(session.scalar(_UNFINISHED, {"whose": openid}))
