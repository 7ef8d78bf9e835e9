"""Changes of a conversation's owner, inside the caller's transaction: each raises the version and writes its event.

Called by turns (open, close), by reps' acts (service.py) and by timers (routing.py); nobody else writes `owner`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import CursorResult, func, select
from sqlalchemy.orm import Session

from bot.complaints.queries import find_complained_of
from bot.complaints.service import DESK as COMPLAINTS
from bot.complaints.service import NEVER_HIS_OWN
from bot.customers.model import Follower
from bot.errors import CaseAlreadyTaken, CaseNotYours, CaseStateConflict, NotAllowed, NotFound
from bot.events import Event, EventType
from bot.handoff import rules
from bot.handoff.model import Conversation, OfferEnded, Outcome, Owner
from bot.handoff.offers import end_offer, note_end
from bot.handoff.serving import is_unanswered, stop_waiting_for_words
from bot.messages import HandoffRequest
from bot.outbox import publish
from bot.staff.model import StaffMember

log = structlog.get_logger()

# Why a rep loses a chat that he had accepted: then the customer is told, once.
NO_FIRST_REPLY, REP_SILENT = "no_first_reply", "rep_silent"
MISSED_OFFER, DECLINED = "offer_timeout", "declined"
# Where a card keeps what a rep wrote when he gave the chat back to the bot, and the slot that tells the dialogue so.
RETURNED = "returned"
RETURNED_SESSION_LASTS = timedelta(minutes=30)


# What the end of a chat brings with it (a promise, a referral), in the transaction that ends it: a process that dies in
# between must not lose what the customer was told.
Consequence = Callable[[Session, Conversation, datetime], None]


def nothing(_session: Session, _conversation: Conversation, _now: datetime) -> None:
    """The consequence of most outcomes."""


def open_handoff(
    session: Session, conversation: Conversation, request: HandoffRequest, card: dict[str, Any], now: datetime
) -> None:
    """Put a bot's conversation into a line, inside the turn's transaction; Desk.wake after commit offers it to
    somebody. What a rep wrote when he gave it back stays on the card.
    """
    if conversation.owner is not Owner.BOT:
        raise CaseStateConflict(state=conversation.owner.value)
    conversation.owner = Owner.QUEUED
    conversation.skill = request.skill
    conversation.priority = int(request.priority)
    conversation.reason = request.reason
    kept = {RETURNED: conversation.card[RETURNED]} if RETURNED in conversation.card else {}
    conversation.card = {**card, **kept}
    conversation.queued_at = now
    conversation.declined_by = []
    conversation.lost_rep_at = None
    conversation.version += 1
    publish(session, now, event_of(EventType.HANDOFF_OPENED, conversation))


def close_by_bot(session: Session, conversation: Conversation, outcome: Outcome, now: datetime) -> None:
    """End a conversation that no rep holds: gone stale, unfollowed, or the customer stopped waiting."""
    waited = conversation.owner in (Owner.QUEUED, Owner.OFFERED)
    end_offer(session, conversation, OfferEnded.WITHDRAWN, now)
    close(conversation, outcome, None, now)
    if waited:
        publish(session, now, event_of(EventType.HANDOFF_CLOSED, conversation))


def return_to_bot(session: Session, conversation: Conversation, now: datetime) -> None:
    """The customer no longer wants to wait: the bot has the word again. That a rep served him before stays on the row,
    so that what was said then can still be read.
    """
    end_offer(session, conversation, OfferEnded.WITHDRAWN, now)
    conversation.owner = Owner.BOT
    conversation.rep = None
    conversation.offer_expires_at = None
    asked_at, served_at = conversation.queued_at, conversation.accepted_at
    conversation.queued_at = min(asked_at, served_at) if asked_at and served_at else None
    conversation.version += 1
    publish(session, now, event_of(EventType.HANDOFF_CLOSED, conversation))


def give_back(
    session: Session, conversation: Conversation, by: str, text: str, asked: Sequence[str], now: datetime
) -> None:
    """A person did his part of an active chat: the bot has the word again, finds on the card what was done, and does
    not ask again what was `asked` (names of slots).

    That it came to the desk stays on the row. Whoever served it is asked first when a person is wanted again.
    """
    former = conversation.rep
    conversation.owner, conversation.rep, conversation.wished_rep = Owner.BOT, None, former
    conversation.card = {**conversation.card, RETURNED: {"by": by, "note": text, "at": now.isoformat()}}
    slots = conversation.session.get("slots", {})
    skipped = sorted({*slots.get("skipped", ()), *asked})
    known = {**slots, "skipped": skipped, RETURNED: True}
    conversation.session = {**conversation.session, "introduced": True, "slots": known}
    conversation.session_expires_at = now + RETURNED_SESSION_LASTS
    stop_waiting_for_words(conversation)
    conversation.version += 1
    publish(session, now, event_of(EventType.HANDOFF_RETURNED, conversation, rep=former, by=by))


def requeue(
    session: Session, conversation: Conversation, now: datetime, *, cause: str, reason: str | None = None
) -> None:
    """Take a chat from its rep and put it back at its old place; that rep is asked again only when nobody else is
    left. `reason` is a decline's code.
    """
    former = conversation.rep
    if conversation.owner is Owner.ACTIVE:
        if cause == NO_FIRST_REPLY:
            note_end(session, conversation, OfferEnded.NO_FIRST_REPLY, now)
        conversation.lost_rep_at = now
    else:
        ended = {MISSED_OFFER: OfferEnded.MISSED, DECLINED: OfferEnded.DECLINED}
        end_offer(session, conversation, ended.get(cause, OfferEnded.WITHDRAWN), now, reason=reason)
    conversation.owner, conversation.rep = Owner.QUEUED, None
    conversation.offer_expires_at = now
    conversation.queued_at = conversation.queued_at or now
    if former and former not in conversation.declined_by:
        conversation.declined_by = [*conversation.declined_by, former]
    stop_waiting_for_words(conversation)
    conversation.version += 1
    told = f"{cause}:{reason}" if reason else cause
    publish(session, now, event_of(EventType.HANDOFF_REQUEUED, conversation, rep=former, cause=told))
    log.info("handoff_requeued", handoff_id=conversation.id, rep_id=former, outcome=told)


def get_owned(session: Session, conversation_id: int, username: str) -> Conversation:
    """The conversation, locked, if this rep holds it. Raises NotFound, CaseNotYours."""
    conversation = get_locked(session, conversation_id)
    if conversation.owner is not Owner.ACTIVE or conversation.rep != username:
        raise CaseNotYours(owner=name_of(session, conversation.rep), state=conversation.owner.value)
    return conversation


def get_wrapped(session: Session, conversation_id: int, username: str) -> Conversation:
    """The closed conversation, locked, if this rep served it to the end. Raises NotFound, CaseNotYours."""
    conversation = get_locked(session, conversation_id)
    if conversation.owner is not Owner.CLOSED or conversation.rep != username:
        raise CaseNotYours(owner=name_of(session, conversation.rep), state=conversation.owner.value)
    return conversation


def get_locked(session: Session, conversation_id: int) -> Conversation:
    """The conversation, locked for this transaction. Raises NotFound.

    Everybody locks in one order, or two who meet would wait for each other: follower, conversation, rep.
    """
    owner = select(Conversation.follower_id).where(Conversation.id == conversation_id).scalar_subquery()
    session.execute(select(Follower.id).where(Follower.id == owner).with_for_update())
    conversation = session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    if conversation is None:
        raise NotFound(handoff_id=conversation_id)
    return conversation


def check_free_for(session: Session, conversation: Conversation, username: str) -> None:
    """Raises CaseAlreadyTaken (with the owner's name), CaseStateConflict, or NotAllowed (the complaint is about him)
    unless this rep may take the chat.
    """
    if conversation.owner in (Owner.ACTIVE, Owner.OFFERED) and conversation.rep != username:
        raise CaseAlreadyTaken(owner=name_of(session, conversation.rep))
    if conversation.owner in (Owner.BOT, Owner.CLOSED):
        raise CaseStateConflict(state=conversation.owner.value)
    check_not_about(session, conversation, username)


def check_not_about(session: Session, conversation: Conversation, username: str) -> None:
    """Raises NotAllowed when the chat is a complaint about this person."""
    if conversation.skill == COMPLAINTS and find_complained_of(session, conversation.follower_id) == username:
        raise NotAllowed(reason=NEVER_HIS_OWN)


def active_count(session: Session, username: str) -> int:
    """How many chats a rep holds; counted, never kept as a counter."""
    mine = (Conversation.rep == username) & (Conversation.owner == Owner.ACTIVE)
    return session.scalar(select(func.count()).select_from(Conversation).where(mine)) or 0


def is_abandoned(row: Conversation, silent_s: float) -> bool:
    """True when the rep's screen has been silent too long for what he holds."""
    if row.owner is Owner.OFFERED:
        return silent_s > rules.WITHDRAW_OFFER_AFTER_S
    return row.owner is Owner.ACTIVE and is_unanswered(row) and silent_s > rules.REQUEUE_AFTER_S


def close(conversation: Conversation, outcome: Outcome, note: str | None, now: datetime) -> None:
    """End a conversation; its next message opens a new one with the bot."""
    conversation.owner = Owner.CLOSED
    conversation.outcome = outcome
    conversation.outcome_note = note
    conversation.closed_at = now
    conversation.offer_expires_at = None
    stop_waiting_for_words(conversation)
    conversation.version += 1


def name_of(session: Session, username: str | None) -> str | None:
    """How a colleague is called, or None for nobody."""
    rep = session.get(StaffMember, username) if username else None
    return rep.display_name if rep else None


def event_of(type_: EventType, conversation: Conversation, **payload: Any) -> Event:
    """An event about a conversation as it stands after the change."""
    facts = {"owner": conversation.owner.value, "rep": conversation.rep, "skill": conversation.skill, **payload}
    return Event(type_, conversation.id, conversation.version, payload=facts)


def rows_changed(result: Any) -> int:
    """How many rows an update changed."""
    return int(result.rowcount) if isinstance(result, CursorResult) else 0
