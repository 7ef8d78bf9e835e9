"""Housekeeping every few minutes: chats with the bot that nobody continues, events nobody will ask for. What else is
past its keeping time, the nightly purge removes (bot/privacy/purge.py).
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from bot import outbox
from bot.customers.searching import make_missing_keys
from bot.db import Database
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import close_by_bot

log = structlog.get_logger()

BOT_CHAT_ENDS_AFTER = timedelta(hours=24)
AT_ONCE = 200


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


def keep_findable(database: Database) -> int:
    """Make the search keys of customers who have none of the present key, a batch at a time; how many were made."""
    with database.transaction() as session:
        return make_missing_keys(session)


def forget_events(database: Database, now: datetime) -> None:
    """Delete events that no screen will ask for any more."""
    with database.transaction() as session:
        outbox.forget_old(session, now)
    log.info("upkeep_done")
