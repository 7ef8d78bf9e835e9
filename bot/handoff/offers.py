"""How offers end: written down for every one, told to the rep it was taken from, counted against who missed it. Inside
the caller's transaction.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.desks.model import DeskRules
from bot.events import Event, EventType
from bot.handoff.model import Conversation, OfferEnd, OfferEnded, Owner
from bot.handoff.serving import lock_rep
from bot.outbox import publish
from bot.staff.model import RepStatus


def end_offer(
    session: Session, conversation: Conversation, ended_as: OfferEnded, now: datetime, *, reason: str | None = None
) -> None:
    """Write down how the open offer ended, if there is one; who was asked is told when it was withdrawn.

    Called before the change: the event carries the version the change is about to make.
    """
    if conversation.owner is not Owner.OFFERED:
        return
    note_end(session, conversation, ended_as, now, reason)
    if ended_as is OfferEnded.WITHDRAWN and conversation.rep is not None:
        payload = {"rep": conversation.rep}
        gone = Event(
            EventType.OFFER_WITHDRAWN, conversation.id, conversation.version + 1, conversation.rep, payload=payload
        )
        publish(session, now, gone)


def count_missed_offer(session: Session, username: str | None, desk: DeskRules, now: datetime) -> None:
    """A rep who misses so many offers in a row is put on a break, so that customers do not wait on an empty chair."""
    if username is None:
        return
    rep = lock_rep(session, username)
    rep.missed_offers += 1
    if rep.missed_offers >= desk.misses_before_break and rep.status is RepStatus.READY:
        rep.status, rep.status_since = RepStatus.BREAK, now
        payload = {"rep": username, "status": RepStatus.BREAK.value, "cause": "missed_offers"}
        publish(session, now, Event(EventType.REP_STATUS_CHANGED, payload=payload))


def note_end(
    session: Session, conversation: Conversation, ended_as: OfferEnded, now: datetime, reason: str | None = None
) -> None:
    """One row about the rep who was asked, or who had the chat and never said a word."""
    if conversation.rep is None:
        return
    session.add(
        OfferEnd(
            conversation_id=conversation.id,
            rep=conversation.rep,
            skill=conversation.skill,
            offered_at=conversation.offered_at,
            ended_at=now,
            ended_as=ended_as,
            reason=reason,
        )
    )
