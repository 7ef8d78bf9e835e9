"""Housekeeping: chats with the bot that nobody continues, rows past their keeping time."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select

from bot import outbox
from bot.db import Database
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import close_by_bot
from bot.inbox import InboxRow, RowState
from bot.staff.model import ConsoleSession

log = structlog.get_logger()

BOT_CHAT_ENDS_AFTER = timedelta(hours=24)
KEEP_INBOX = timedelta(days=3)
KEEP_SESSIONS = timedelta(days=1)
AT_ONCE = 200


def close_stale(database: Database, now: datetime) -> int:
    """End chats with the bot a day after the last word; how many ended."""
    quiet = (Conversation.owner == Owner.BOT) & (Conversation.last_customer_at < now - BOT_CHAT_ENDS_AFTER)
    with database.transaction() as session:
        stale = session.scalars(
            select(Conversation).where(quiet).limit(AT_ONCE).with_for_update(skip_locked=True)
        ).all()
        for conversation in stale:
            close_by_bot(session, conversation, conversation.outcome or Outcome.EXPIRED, now)
    return len(stale)


def forget_old(database: Database, now: datetime) -> None:
    """Delete answered pushes, events and ended sessions past their keeping time."""
    answered = (InboxRow.state == RowState.DONE) & (InboxRow.received_at < now - KEEP_INBOX)
    with database.transaction() as session:
        session.execute(delete(InboxRow).where(answered))
        session.execute(delete(ConsoleSession).where(ConsoleSession.last_seen_at < now - KEEP_SESSIONS))
        outbox.forget_old(session, now)
    log.info("upkeep_done")
