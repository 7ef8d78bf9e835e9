"""What time does to chats that reps hold: unanswered offers and chats without a word go back, reps are warned before.

Called by Routing.sweep. Each chat is its own transaction and looked at again under its lock, so that two sweeps, or a
sweep and a click, change it once. Every function returns the chats that went back to the line.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, load_only

from bot.db import Database
from bot.delivery import rules as allowances
from bot.delivery.service import grants_of
from bot.desks.model import DeskRules
from bot.desks.queries import rules_in_force
from bot.events import EventType
from bot.handoff.model import Conversation, Owner
from bot.handoff.offers import count_missed_offer
from bot.handoff.queries import desk_of
from bot.handoff.serving import has_spoken, is_unanswered
from bot.handoff.transitions import (
    MISSED_OFFER,
    NO_FIRST_REPLY,
    REP_SILENT,
    event_of,
    get_locked,
    is_abandoned,
    requeue,
)
from bot.outbox import publish

Defaults = Mapping[str, DeskRules]


def take_back_offers(database: Database, defaults: Defaults, now: datetime) -> list[int]:
    """Offers nobody answered in time."""
    returned = []
    for conversation_id in _ids(
        database, (Conversation.owner == Owner.OFFERED) & (Conversation.offer_expires_at < now)
    ):
        with database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.owner is not Owner.OFFERED or (row.offer_expires_at or now) >= now:
                continue
            desk = desk_of(rules_in_force(session, defaults), row.skill)
            count_missed_offer(session, row.rep, desk, now)
            requeue(session, row, now, cause=MISSED_OFFER)
            returned.append(conversation_id)
    return returned


def take_back_abandoned(database: Database, silences: Mapping[str, float], now: datetime) -> list[int]:
    """Chats whose rep's screen went silent; customers who wait for a word go back to the head of the line."""
    # Not the sealed columns: this is asked every second, of every open chat.
    needed = load_only(
        Conversation.owner, Conversation.rep, Conversation.last_customer_at, Conversation.last_rep_at, raiseload=True
    )
    with database.reading() as session:
        is_held = Conversation.owner.in_([Owner.OFFERED, Owner.ACTIVE])
        held = session.scalars(select(Conversation).options(needed).where(is_held))
        lost = [row.id for row in held if is_abandoned(row, silences.get(row.rep or "", 0.0))]
    returned = []
    for conversation_id in lost:
        with database.transaction() as session:
            row = get_locked(session, conversation_id)
            if not is_abandoned(row, silences.get(row.rep or "", 0.0)):
                continue
            requeue(session, row, now, cause=REP_SILENT)
            returned.append(conversation_id)
    return returned


def take_back_wordless(database: Database, now: datetime) -> list[int]:
    """Accepted chats whose rep never said a word; whom the platform lets us not answer stays with his rep."""
    returned = []
    for conversation_id in _ids(database, (Conversation.owner == Owner.ACTIVE) & (Conversation.reply_due_at <= now)):
        with database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.owner is not Owner.ACTIVE or row.reply_due_at is None or row.reply_due_at > now:
                continue
            if has_spoken(row) or not _may_be_answered(session, row, now):
                # A warning about a later question stays.
                row.reply_due_at = None
                continue
            requeue(session, row, now, cause=NO_FIRST_REPLY)
            returned.append(conversation_id)
    return returned


def warn_of_due_words(database: Database, now: datetime) -> int:
    """Tell reps whose word is due; how many were told."""
    told = 0
    for conversation_id in _ids(database, (Conversation.owner == Owner.ACTIVE) & (Conversation.reply_warn_at <= now)):
        with database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.owner is not Owner.ACTIVE or row.reply_warn_at is None or row.reply_warn_at > now:
                continue
            # Without the hard limit nobody else is found.
            is_first = row.reply_due_at is not None and not has_spoken(row)
            row.reply_warn_at = None
            if row.rep is None or not (is_first or is_unanswered(row)):
                continue
            # No version: nothing changed that a screen shows, and an equal one would be taken for old news.
            due = replace(event_of(EventType.REPLY_DUE, row, is_first=is_first), version=None, audience=row.rep)
            publish(session, now, due)
            told += 1
    return told


def _may_be_answered(session: Session, row: Conversation, now: datetime) -> bool:
    return allowances.room(grants_of(session, row.follower_id, now), now).left > 0


def _ids(database: Database, which: ColumnElement[bool]) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Conversation.id).where(which).order_by(Conversation.id)))
