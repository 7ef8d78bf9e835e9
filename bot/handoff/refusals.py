"""A rep's message that the platform refused is no answer: the customer heard nothing and counts as unanswered again.
Listens to the outbox (bot/bootstrap.py), so that this is true in the transaction that writes the refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.delivery.model import Delivery, DeliveryState
from bot.desks.model import DeskRules
from bot.desks.queries import rules_in_force
from bot.events import Event, EventType
from bot.handoff.model import Conversation, Owner
from bot.handoff.queries import desk_of
from bot.handoff.serving import expect_another_try
from bot.handoff.transitions import get_locked
from bot.transcripts.model import Line, Speaker


@dataclass(frozen=True)
class Refusals:
    """Takes refused words back from a conversation's row. `defaults` are the desks' rules as the files have them."""

    defaults: Mapping[str, DeskRules]

    def __call__(self, session: Session, at: datetime, event: Event) -> None:
        """Nothing for any other event, nor for a message that was no rep's. The deliverer holds the follower's lock."""
        rep = event.payload.get("rep")
        is_refusal = event.payload.get("state") == DeliveryState.FAILED.value
        if event.type is not EventType.DELIVERY_CHANGED or event.conversation_id is None or not (is_refusal and rep):
            return
        row = get_locked(session, event.conversation_id)
        _count_what_was_heard(session, row)
        if row.owner is Owner.ACTIVE and row.rep == rep:
            expect_another_try(row, desk_of(rules_in_force(session, self.defaults), row.skill), at)


def _count_what_was_heard(session: Session, row: Conversation) -> None:
    """The marks of a rep's last word, by his lines that were not refused; the sealed columns are not read for it."""
    mine = Line.conversation_id == row.id
    by_reps = select(Line.id, Line.at).outerjoin(Delivery, Delivery.id == Line.delivery_id)
    went = or_(Delivery.id.is_(None), Delivery.state != DeliveryState.FAILED)
    newest = by_reps.where(mine, Line.speaker == Speaker.REP, went).order_by(Line.id.desc()).limit(1)
    heard = session.execute(newest).first()
    asked = select(func.count()).where(mine, Line.speaker == Speaker.CUSTOMER, Line.id > (heard.id if heard else 0))
    row.last_rep_at = heard.at if heard else None
    row.unanswered = session.scalar(asked) or 0
