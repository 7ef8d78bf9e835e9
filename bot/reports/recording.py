"""Events into facts, in the transaction that made them true: listens to the outbox (bot/bootstrap.py).

Each event finds the conversation as it stands after the change, in the caller's session and under the caller's locks.
A fact or stint that is not known yet (it began under the release before) is begun from the conversation's own row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, true, update
from sqlalchemy.orm import Session

from bot.clock import local
from bot.customers.model import Follower
from bot.events import Event, EventType
from bot.handoff.model import Conversation, Outcome, Owner
from bot.knowledge.content import Skill
from bot.knowledge.suitability import Fit
from bot.reports.clocks import ms_between, open_ms
from bot.reports.model import Ending, HandoffFact, OfferAnswer, RepSpan, Stint
from bot.staff.model import RepStatus
from bot.transcripts.model import Speaker

# A new ask about the same matter within this time means that the last answer did not settle it.
SETTLED_AFTER = timedelta(hours=24)
RISK = "risk"
RISK_DESK = "fraud"
MISSED = "offer_timeout"
DECLINED = "declined"
FITS = Fit.FITS.value
NOBODY = "general"


@dataclass(frozen=True)
class Recorder:
    """Writes facts. `desks` tells the opening hours in which a reply counts."""

    desks: Mapping[str, Skill]

    def __call__(self, session: Session, at: datetime, event: Event) -> None:
        """Write down what follows from one event; nothing from most."""
        if event.type is EventType.REP_STATUS_CHANGED:
            _note_status(session, at, str(event.payload["rep"]), RepStatus(event.payload["status"]))
            return
        handler = self._handlers().get(event.type)
        if handler is None or event.conversation_id is None:
            return
        conversation = session.get(Conversation, event.conversation_id)
        if conversation is not None:
            handler(session, at, conversation, event)

    def _handlers(self) -> Mapping[EventType, Callable[[Session, datetime, Conversation, Event], None]]:
        return {
            EventType.HANDOFF_OPENED: _open,
            EventType.HANDOFF_OFFERED: _offer,
            EventType.HANDOFF_ACCEPTED: _accept,
            EventType.HANDOFF_REQUEUED: _requeue,
            EventType.HANDOFF_TRANSFERRED: _transfer,
            EventType.HANDOFF_ASSIGNED: _assign,
            EventType.HANDOFF_RETURNED: _close,
            EventType.HANDOFF_CLOSED: _close,
            EventType.LINE_ADDED: self._hear,
        }

    def _hear(self, session: Session, at: datetime, conversation: Conversation, event: Event) -> None:
        if event.payload.get("speaker") != Speaker.REP.value:
            return
        fact, stint = _open_fact(session, conversation, at), _serving(session, conversation.id)
        if fact.first_reply_at is None:
            fact.first_reply_at = at
            fact.reply_ms = open_ms(fact.arrived_at, at, self.desks.get(fact.desk))
        if stint is not None and stint.accepted_at is not None and stint.reply_ms is None:
            stint.reply_ms = ms_between(stint.accepted_at, at)


def _open(session: Session, at: datetime, conversation: Conversation, _event: Event) -> None:
    fact = _begin(session, conversation, at)
    settled = (HandoffFact.ending == Ending.CLOSED) & (HandoffFact.ended_at > at - SETTLED_AFTER)
    # Of a matter nobody named it is not known that it is another one.
    same = or_(HandoffFact.matter == fact.matter, HandoffFact.matter.is_(None)) if fact.matter else true()
    his = select(Conversation.id).where(Conversation.follower_id == conversation.follower_id)
    again = update(HandoffFact).where(settled, same, HandoffFact.returned_at.is_(None), HandoffFact.id != fact.id)
    session.execute(
        again.where(HandoffFact.conversation_id.in_(his)).values(returned_at=at),
        execution_options={"synchronize_session": False},
    )


def _offer(session: Session, at: datetime, conversation: Conversation, event: Event) -> None:
    _open_fact(session, conversation, at)
    session.add(_stint(conversation, str(event.payload["rep"]), at, offered_at=at))


def _accept(session: Session, at: datetime, conversation: Conversation, event: Event) -> None:
    fact, rep = _open_fact(session, conversation, at), str(event.payload["rep"])
    if fact.accepted_at is None:
        fact.accepted_at, fact.rep, fact.wait_ms = at, rep, ms_between(fact.arrived_at, at)
    stint = _latest(session, conversation.id, rep)
    if stint is None or stint.answer is not None or stint.accepted_at is not None:
        stint = _stint(conversation, rep, at)
        session.add(stint)
    stint.accepted_at = at
    stint.answer = OfferAnswer.ACCEPTED if stint.offered_at else None


def _requeue(session: Session, at: datetime, conversation: Conversation, event: Event) -> None:
    fact, stint = _open_fact(session, conversation, at), _latest(session, conversation.id, event.payload.get("rep"))
    fact.requeues += 1
    if stint is None or stint.ended_at is not None:
        return
    if stint.accepted_at is not None:
        _end_stint(stint, at, Ending.REQUEUED)
        return
    cause, _, _ = str(event.payload.get("cause")).partition(":")
    stint.answer = {MISSED: OfferAnswer.MISSED, DECLINED: OfferAnswer.DECLINED}.get(cause, OfferAnswer.WITHDRAWN)
    stint.ended_at = at


def _transfer(session: Session, at: datetime, conversation: Conversation, _event: Event) -> None:
    fact, stint = _open_fact(session, conversation, at), _serving(session, conversation.id)
    fact.transfers += 1
    if stint is not None:
        _end_stint(stint, at, Ending.TRANSFERRED)


def _assign(session: Session, at: datetime, conversation: Conversation, event: Event) -> None:
    """A supervisor gave it to somebody, or took it himself; whoever had it or was asked has it no more."""
    stint = _latest(session, conversation.id, event.payload.get("former"))
    if stint is not None and stint.ended_at is None:
        if stint.accepted_at is None:
            stint.answer, stint.ended_at = OfferAnswer.WITHDRAWN, at
        else:
            _open_fact(session, conversation, at).transfers += 1
            _end_stint(stint, at, Ending.TRANSFERRED)
    _accept(session, at, conversation, event)


def _close(session: Session, at: datetime, conversation: Conversation, event: Event) -> None:
    fact, stint = _open_fact(session, conversation, at), _serving(session, conversation.id)
    offered = _latest(session, conversation.id, None)
    if conversation.owner is Owner.CLOSED and (stint is not None or fact.accepted_at is not None):
        ending = Ending.CLOSED
    elif stint is not None:
        ending = Ending.RETURNED
    else:
        # The desk shut with a call promised, or a supervisor ended the waiting: it was not the customer who left.
        is_ours = conversation.outcome is Outcome.FOLLOWUP or event.payload.get("by") is not None
        ending = Ending.DESK_CLOSED if is_ours else Ending.GAVE_UP
    fact.ended_at, fact.ending = at, ending
    if fact.accepted_at is None:
        fact.wait_ms = ms_between(fact.arrived_at, at)
    if stint is not None:
        _end_stint(stint, at, ending)
    elif offered is not None and offered.ended_at is None:
        offered.answer, offered.ended_at = OfferAnswer.WITHDRAWN, at


def _note_status(session: Session, at: datetime, rep: str, status: RepStatus) -> None:
    still = select(RepSpan).where(RepSpan.rep == rep, RepSpan.ended_at.is_(None))
    current = session.scalars(still).first()
    if current is not None and current.status is status:
        return
    if current is not None:
        current.ended_at = at
        # The index lets one span of a rep be open: this one must be shut before the next is written.
        session.flush()
    if status is not RepStatus.OFFLINE:
        session.add(RepSpan(rep=rep, status=status, began_at=at))


def _begin(session: Session, conversation: Conversation, at: datetime) -> HandoffFact:
    follower = session.get(Follower, conversation.follower_id)
    card = conversation.card
    fact = HandoffFact(
        conversation_id=conversation.id,
        arrived_at=at,
        arrived_on=local(at).date(),
        hour=local(at).hour,
        desk=conversation.skill or NOBODY,
        matter=card.get("intent"),
        product=next((one["id"] for one in card.get("products") or () if one.get("verdict") == FITS), None),
        branch=follower.branch if follower else None,
        source=conversation.source,
        is_risk=conversation.skill == RISK_DESK or RISK in (conversation.session or {}).get("slots", {}),
        transfers=0,
        requeues=0,
    )
    session.add(fact)
    session.flush()
    return fact


def _open_fact(session: Session, conversation: Conversation, at: datetime) -> HandoffFact:
    latest = select(HandoffFact).where(HandoffFact.conversation_id == conversation.id, HandoffFact.ended_at.is_(None))
    found = session.scalars(latest.order_by(HandoffFact.id.desc()).limit(1)).first()
    return found or _begin(session, conversation, conversation.queued_at or at)


def _stint(conversation: Conversation, rep: str, at: datetime, offered_at: datetime | None = None) -> Stint:
    return Stint(
        conversation_id=conversation.id,
        rep=rep,
        desk=conversation.skill or NOBODY,
        began_on=local(at).date(),
        hour=local(at).hour,
        offered_at=offered_at,
    )


def _latest(session: Session, conversation_id: int, rep: str | None) -> Stint | None:
    """The newest part of this rep, or of anybody, in this chat."""
    parts = select(Stint).where(Stint.conversation_id == conversation_id).order_by(Stint.id.desc())
    return session.scalars((parts if rep is None else parts.where(Stint.rep == rep)).limit(1)).first()


def _serving(session: Session, conversation_id: int) -> Stint | None:
    serves = Stint.accepted_at.is_not(None) & Stint.ended_at.is_(None)
    parts = select(Stint).where(Stint.conversation_id == conversation_id, serves)
    return session.scalars(parts.order_by(Stint.id.desc()).limit(1)).first()


def _end_stint(stint: Stint, at: datetime, ending: Ending) -> None:
    stint.ended_at, stint.ending = at, ending
    if stint.accepted_at is not None:
        stint.handle_ms = ms_between(stint.accepted_at, at)
