"""Who asked for a person lately, and what came of it: from the conversations, and for those who went back to the bot,
whose rows no longer tell, from the events.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.board.figures import Arrival
from bot.events import EventType
from bot.handoff.model import Conversation, Owner
from bot.outbox import OutboxRow

TIMED_OUT, DECLINED = "offer_timeout", "declined"


@dataclass(frozen=True)
class Today:
    """What the events of a time tell: who went back to the bot instead of waiting, whose offers came to nothing."""

    gave_up: list[Arrival]
    missed: Counter[str]
    declined: Counter[str]


def arrivals_since(session: Session, since: datetime) -> list[Arrival]:
    """Every asking for a person since then that has not gone back to the bot, oldest first."""
    asked = select(
        Conversation.skill, Conversation.queued_at, Conversation.accepted_at, Conversation.closed_at, Conversation.owner
    ).where(Conversation.queued_at >= since)
    return [
        _arrival(skill or "", queued_at, accepted_at, closed_at if owner is Owner.CLOSED else None)
        for skill, queued_at, accepted_at, closed_at, owner in session.execute(asked.order_by(Conversation.queued_at))
        if queued_at is not None
    ]


def told_since(session: Session, since: datetime) -> Today:
    """What the events since then tell; they are kept for a day."""
    wanted = OutboxRow.type.in_([EventType.HANDOFF_REQUEUED, EventType.HANDOFF_CLOSED])
    rows = session.execute(select(OutboxRow.type, OutboxRow.payload, OutboxRow.at).where(OutboxRow.at >= since, wanted))
    gave_up, causes = [], []
    for type_, payload, at in rows:
        if type_ == EventType.HANDOFF_REQUEUED:
            causes.append((payload.get("rep") or "", payload.get("cause") or ""))
        elif payload.get("owner") == Owner.BOT:
            gave_up.append(Arrival(payload.get("skill") or "", asked_at=at, left_at=at))
    return Today(gave_up, _reps(causes, TIMED_OUT), _reps(causes, DECLINED))


def _arrival(skill: str, asked_at: datetime, accepted_at: datetime | None, closed_at: datetime | None) -> Arrival:
    # A chat handed on to another desk waits anew since after its accept.
    answered_at = accepted_at if accepted_at is not None and accepted_at >= asked_at else None
    return Arrival(skill, asked_at, answered_at, closed_at if answered_at is None else None)


def _reps(causes: Iterable[tuple[str, str]], beginning: str) -> Counter[str]:
    return Counter(rep for rep, cause in causes if cause.startswith(beginning))
