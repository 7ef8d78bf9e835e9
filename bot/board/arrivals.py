"""Who asked for a person lately, and what came of it: from the conversations, and for those who went back to the bot,
whose rows no longer tell, from the events.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.board.figures import Arrival
from bot.events import EventType
from bot.handoff.model import Conversation, OfferEnd, OfferEnded, Owner
from bot.outbox import OutboxRow


def arrivals_since(session: Session, since: datetime) -> list[Arrival]:
    """Every asking for a person since then; those who went back to the bot come last."""
    return [*_of_conversations(session, since), *_gone_back(session, since)]


def offers_ended(session: Session, since: datetime) -> Counter[tuple[str, OfferEnded]]:
    """How many offers of each rep ended in each way since then."""
    counts = (
        select(OfferEnd.rep, OfferEnd.ended_as, func.count())
        .where(OfferEnd.ended_at >= since)
        .group_by(OfferEnd.rep, OfferEnd.ended_as)
    )
    return Counter({(rep, ended_as): count for rep, ended_as, count in session.execute(counts)})


def _of_conversations(session: Session, since: datetime) -> list[Arrival]:
    asked = select(
        Conversation.skill, Conversation.queued_at, Conversation.accepted_at, Conversation.closed_at, Conversation.owner
    ).where(Conversation.queued_at >= since)
    return [
        _arrival(skill or "", queued_at, accepted_at, closed_at if owner is Owner.CLOSED else None)
        for skill, queued_at, accepted_at, closed_at, owner in session.execute(asked.order_by(Conversation.queued_at))
        if queued_at is not None
    ]


def _gone_back(session: Session, since: datetime) -> list[Arrival]:
    """Who no longer wanted to wait; the events, kept for a day, tell when, and not since when he waited."""
    ended = (OutboxRow.at >= since) & (OutboxRow.type == EventType.HANDOFF_CLOSED)
    rows = session.execute(select(OutboxRow.payload, OutboxRow.at).where(ended))
    return [
        Arrival(payload.get("skill") or "", asked_at=at, left_at=at)
        for payload, at in rows
        if payload.get("owner") == Owner.BOT
    ]


def _arrival(skill: str, asked_at: datetime, accepted_at: datetime | None, closed_at: datetime | None) -> Arrival:
    # A chat handed on to another desk waits anew since after its accept.
    answered_at = accepted_at if accepted_at is not None and accepted_at >= asked_at else None
    return Arrival(skill, asked_at, answered_at, closed_at if answered_at is None else None)
