"""Housekeeping: chats with the bot that nobody continues, rows past their keeping time."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, func, select

from bot import outbox
from bot.db import Database
from bot.delivery.model import Allowance
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import close_by_bot
from bot.inbox import InboxRow, RowState
from bot.learning.model import Lesson, LessonState, Parse
from bot.staff.model import ConsoleSession

log = structlog.get_logger()

Kept = InboxRow | Allowance | Parse | Lesson

BOT_CHAT_ENDS_AFTER = timedelta(hours=24)
KEEP_INBOX = timedelta(days=3)
KEEP_PARKED = timedelta(days=30)
KEEP_LAPSED = timedelta(days=3)
KEEP_SESSIONS = timedelta(days=1)
AT_ONCE = 200
# Rows deleted in one transaction: short enough that nobody waits for the write lock.
BATCH = 500


def close_stale(database: Database, now: datetime) -> int:
    """End chats with the bot a day after the last word, or after their opening when none was said; how many ended."""
    last_sign = func.coalesce(Conversation.last_customer_at, Conversation.opened_at)
    quiet = (Conversation.owner == Owner.BOT) & (last_sign < now - BOT_CHAT_ENDS_AFTER)
    with database.transaction() as session:
        stale = session.scalars(
            select(Conversation).where(quiet).limit(AT_ONCE).with_for_update(skip_locked=True)
        ).all()
        for conversation in stale:
            close_by_bot(session, conversation, conversation.outcome or Outcome.EXPIRED, now)
    return len(stale)


def forget_old(database: Database, now: datetime) -> None:
    """Delete pushes, lapsed allowances, events and ended sessions past their keeping time."""
    answered = (InboxRow.state == RowState.DONE) & (InboxRow.received_at < now - KEEP_INBOX)
    parked = (InboxRow.state == RowState.PARKED) & (InboxRow.received_at < now - KEEP_PARKED)
    _delete(database, InboxRow, answered | parked)
    _delete(database, Allowance, Allowance.expires_at < now - KEEP_LAPSED)
    with database.transaction() as session:
        session.execute(delete(ConsoleSession).where(ConsoleSession.last_seen_at < now - KEEP_SESSIONS))
        outbox.forget_old(session, now)
    log.info("upkeep_done")


def forget_parses(database: Database, now: datetime, keep: timedelta) -> None:
    """Delete what the model made of messages older than `keep`, and what was decided not to be learned from them.

    Lessons on their way into the training data stay: their texts were cleared of personal details by two people.
    """
    _delete(database, Parse, Parse.at < now - keep)
    not_learned = Lesson.state.in_((LessonState.IGNORED, LessonState.ANSWERED, LessonState.WITHDRAWN))
    _delete(database, Lesson, not_learned & (Lesson.proposed_at < now - keep))


def _delete(database: Database, table: type[Kept], gone: ColumnElement[bool]) -> None:
    """Delete rows in batches, each in a transaction of its own."""
    batch = select(table.id).where(gone).limit(BATCH)
    while True:
        with database.transaction() as session:
            deleted = session.scalars(delete(table).where(table.id.in_(batch)).returning(table.id)).all()
        if len(deleted) < BATCH:
            return
