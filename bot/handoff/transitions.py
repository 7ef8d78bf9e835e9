"""Changes of a conversation's owner, inside the caller's transaction: each raises the version and writes its event.

Called by turns (open, close), by reps' acts (service.py) and by timers (routing.py); nobody else writes `owner`.
"""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from bot.complaints.queries import find_complained_of
from bot.complaints.service import DESK as COMPLAINTS
from bot.complaints.service import NEVER_HIS_OWN
from bot.customers.model import Follower
from bot.errors import CaseAlreadyTaken, CaseNotYours, CaseStateConflict, NotAllowed, NotFound
from bot.events import Event, EventType
from bot.handoff import rules
from bot.handoff.model import Conversation, Outcome, Owner
from bot.messages import HandoffRequest
from bot.outbox import publish
from bot.staff.model import RepStatus, StaffMember

log = structlog.get_logger()


def open_handoff(
    session: Session, conversation: Conversation, request: HandoffRequest, card: dict[str, Any], now: datetime
) -> None:
    """Put a bot's conversation into a line, inside the turn's transaction; Desk.wake after commit offers it to
    somebody.
    """
    if conversation.owner is not Owner.BOT:
        raise CaseStateConflict(state=conversation.owner.value)
    conversation.owner = Owner.QUEUED
    conversation.skill = request.skill
    conversation.priority = request.priority
    conversation.reason = request.reason
    conversation.card = card
    conversation.queued_at = now
    conversation.declined_by = []
    conversation.version += 1
    publish(session, now, event_of(EventType.HANDOFF_OPENED, conversation))


def close_by_bot(session: Session, conversation: Conversation, outcome: Outcome, now: datetime) -> None:
    """End a conversation that no rep holds: gone stale, unfollowed, or the customer stopped waiting."""
    waited = conversation.owner in (Owner.QUEUED, Owner.OFFERED)
    close(conversation, outcome, None, now)
    if waited:
        publish(session, now, event_of(EventType.HANDOFF_CLOSED, conversation))


def return_to_bot(session: Session, conversation: Conversation, now: datetime) -> None:
    """The customer no longer wants to wait: the bot has the word again."""
    conversation.owner = Owner.BOT
    conversation.rep = None
    conversation.offer_expires_at = None
    conversation.queued_at = None
    conversation.version += 1
    publish(session, now, event_of(EventType.HANDOFF_CLOSED, conversation))


def requeue(session: Session, conversation: Conversation, now: datetime, *, cause: str) -> None:
    """Take a chat from its rep and put it back at its old place; that rep is asked again only when nobody else is
    left.
    """
    former = conversation.rep
    conversation.owner, conversation.rep = Owner.QUEUED, None
    conversation.offer_expires_at = now
    conversation.queued_at = conversation.queued_at or now
    if former and former not in conversation.declined_by:
        conversation.declined_by = [*conversation.declined_by, former]
    conversation.version += 1
    publish(session, now, event_of(EventType.HANDOFF_REQUEUED, conversation, rep=former, cause=cause))
    log.info("handoff_requeued", handoff_id=conversation.id, rep_id=former, outcome=cause)


def get_owned(session: Session, conversation_id: int, username: str) -> Conversation:
    """The conversation, locked, if this rep holds it. Raises NotFound, CaseNotYours."""
    conversation = get_locked(session, conversation_id)
    if conversation.owner is not Owner.ACTIVE or conversation.rep != username:
        raise CaseNotYours(owner=_name_of(session, conversation.rep), state=conversation.owner.value)
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


def lock_rep(session: Session, username: str) -> StaffMember:
    """The rep's row, locked: his capacity is counted under it. Raises NotFound."""
    rep = session.get(StaffMember, username, with_for_update=True)
    if rep is None:
        raise NotFound(rep=username)
    return rep


def check_free_for(session: Session, conversation: Conversation, username: str) -> None:
    """Raises CaseAlreadyTaken (with the owner's name), CaseStateConflict, or NotAllowed (the complaint is about him)
    unless this rep may take the chat.
    """
    if conversation.owner in (Owner.ACTIVE, Owner.OFFERED) and conversation.rep != username:
        raise CaseAlreadyTaken(owner=_name_of(session, conversation.rep))
    if conversation.owner in (Owner.BOT, Owner.CLOSED):
        raise CaseStateConflict(state=conversation.owner.value)
    if conversation.skill == COMPLAINTS and find_complained_of(session, conversation.follower_id) == username:
        raise NotAllowed(reason=NEVER_HIS_OWN)


def active_count(session: Session, username: str) -> int:
    """How many chats a rep holds; counted, never kept as a counter."""
    mine = (Conversation.rep == username) & (Conversation.owner == Owner.ACTIVE)
    return session.scalar(select(func.count()).select_from(Conversation).where(mine)) or 0


def count_missed_offer(session: Session, username: str | None, now: datetime) -> None:
    """A rep who misses two offers in a row is put on a break, so that customers do not wait on an empty chair."""
    if username is None:
        return
    rep = lock_rep(session, username)
    rep.missed_offers += 1
    if rep.missed_offers >= rules.MISSES_BEFORE_BREAK and rep.status is RepStatus.READY:
        rep.status, rep.status_since = RepStatus.BREAK, now
        payload = {"rep": username, "status": RepStatus.BREAK.value, "cause": "missed_offers"}
        publish(session, now, Event(EventType.REP_STATUS_CHANGED, payload=payload))


def is_abandoned(row: Conversation, silent_s: float) -> bool:
    """True when the rep's screen has been silent too long for what he holds."""
    if row.owner is Owner.OFFERED:
        return silent_s > rules.WITHDRAW_OFFER_AFTER_S
    is_unanswered = row.last_customer_at is not None and (
        row.last_rep_at is None or row.last_customer_at > row.last_rep_at
    )
    return row.owner is Owner.ACTIVE and is_unanswered and silent_s > rules.REQUEUE_AFTER_S


def close(conversation: Conversation, outcome: Outcome, note: str | None, now: datetime) -> None:
    """End a conversation; its next message opens a new one with the bot."""
    conversation.owner = Owner.CLOSED
    conversation.outcome = outcome
    conversation.outcome_note = note
    conversation.closed_at = now
    conversation.offer_expires_at = None
    conversation.version += 1


def start_idling(session: Session, username: str, now: datetime) -> None:
    """The rep has one chat less: his waiting for the next starts now."""
    session.execute(update(StaffMember).where(StaffMember.username == username).values(idle_since=now))


def _name_of(session: Session, username: str | None) -> str | None:
    rep = session.get(StaffMember, username) if username else None
    return rep.display_name if rep else None


def event_of(type_: EventType, conversation: Conversation, **payload: Any) -> Event:
    """An event about a conversation as it stands after the change."""
    facts = {"owner": conversation.owner.value, "rep": conversation.rep, "skill": conversation.skill, **payload}
    return Event(type_, conversation.id, conversation.version, payload=facts)


def rows_changed(result: Any) -> int:
    """How many rows an update changed."""
    return int(result.rowcount) if isinstance(result, CursorResult) else 0
