"""Making follow-ups, in the transaction of whatever makes them due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.events import Event, EventType
from bot.followups.model import Followup, FollowupKind, FollowupState
from bot.followups.slots import book
from bot.knowledge.content import Skill
from bot.outbox import publish

# What was promised by these desks is never rewritten, only added to.
GRAVE = frozenset({"fraud", "complaint"})
# Behind it stands the half hour, or how to speak to him.
REMARK = "（"


def promise(
    session: Session,
    *,
    follower_id: int,
    conversation_id: int | None,
    skill: str,
    reason: str,
    phone: str | None,
    due_at: datetime,
    now: datetime,
    desk: Skill | None = None,
    slot_at: datetime | None = None,
) -> Followup:
    """Write a promise into the caller's transaction; any rep of the desk may keep it.

    A conversation has one open promise of each desk: what comes later (another time, a reason) is written into it, and
    a phone number into those of the other desks too. With `desk` and `slot_at` it takes a place in that half hour.
    Raises SlotTaken.
    """
    promised = _open_promises(session, conversation_id)
    for one in promised:
        one.phone = phone or one.phone
    known = next((one for one in promised if one.skill == skill), None)
    if known is not None:
        known.due_at, known.reason = due_at, _reason(known, reason)
        known.called_at = known.missed_at = None
        if slot_at is None:
            # The half hour it had is free again.
            known.slot_at = known.slot_place = None
        _book(session, known, desk, slot_at)
        _tell(session, known, EventType.FOLLOWUP_CHANGED, now)
        return known
    row = Followup(
        follower_id=follower_id,
        conversation_id=conversation_id,
        skill=skill,
        reason=reason,
        phone=phone,
        due_at=due_at,
        created_at=now,
        state=FollowupState.OPEN,
    )
    _publish(session, row, now)
    _book(session, row, desk, slot_at)
    return row


def _book(session: Session, row: Followup, desk: Skill | None, slot_at: datetime | None) -> None:
    if desk is not None and slot_at is not None:
        book(session, row, desk, slot_at)


def remind(
    session: Session,
    *,
    follower_id: int,
    conversation_id: int | None,
    skill: str,
    owner: str | None,
    reason: str,
    phone: str | None,
    due_at: datetime,
    now: datetime,
    kind: FollowupKind = FollowupKind.OWN_REMINDER,
) -> Followup:
    """Put something on the desk's list that is due, beside whatever was promised in this conversation: it is of another
    kind than promises, so that none is written into it.
    """
    row = Followup(
        kind=kind,
        follower_id=follower_id,
        conversation_id=conversation_id,
        skill=skill,
        owner=owner,
        reason=reason,
        phone=phone,
        due_at=due_at,
        created_at=now,
        state=FollowupState.OPEN,
    )
    return _publish(session, row, now)


@dataclass(frozen=True)
class NewFollowup:
    """One to be made. `made_once` is a name under which only one may ever be made."""

    kind: FollowupKind
    segment: str
    follower_id: int
    skill: str
    reason: str
    due_at: datetime
    phone: str | None = None
    conversation_id: int | None = None
    owner: str | None = None
    priority: int = 0
    is_elder: bool | None = None
    root_id: int | None = None
    made_once: str | None = None


def make(session: Session, wanted: NewFollowup, now: datetime) -> Followup:
    """Put a follow-up of any kind on the desk's list. The one that was made under the same `made_once` is the same."""
    if wanted.made_once is not None:
        known = session.scalars(select(Followup).where(Followup.made_once == wanted.made_once)).first()
        if known is not None:
            return known
    row = Followup(**{name: getattr(wanted, name) for name in NewFollowup.__dataclass_fields__})
    row.created_at, row.state, row.tries = now, FollowupState.OPEN, 0
    return _publish(session, row, now)


def _publish(session: Session, row: Followup, now: datetime) -> Followup:
    session.add(row)
    session.flush()
    _tell(session, row, EventType.FOLLOWUP_PROMISED, now)
    return row


def _tell(session: Session, row: Followup, type_: EventType, now: datetime) -> None:
    facts = {"followup_id": row.id, "rep": row.owner, "skill": row.skill}
    publish(session, now, Event(type_, row.conversation_id, payload=facts))


def _open_promises(session: Session, conversation_id: int | None) -> Sequence[Followup]:
    if conversation_id is None:
        return ()
    is_promise = (Followup.conversation_id == conversation_id) & (Followup.kind == FollowupKind.PROMISED_CALL)
    still_open = select(Followup).where(is_promise, Followup.state == FollowupState.OPEN)
    return session.scalars(still_open.order_by(Followup.id)).all()


def _reason(known: Followup, reason: str) -> str:
    """What the rep reads before he dials: whoever was cheated or complained is not called for something lesser."""
    before, now = (one.partition(REMARK)[0] for one in (known.reason, reason))
    if known.skill not in GRAVE or now.startswith(before):
        return reason
    return known.reason if now in known.reason else f"{known.reason}；{reason}"
