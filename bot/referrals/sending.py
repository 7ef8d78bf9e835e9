"""Writing a referral down, in the caller's transaction; used by the centre's acts (service.py) and by calls
(from_calls.py).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.errors import InvalidInput, ReferralStateConflict
from bot.events import Event, EventType
from bot.outbox import publish
from bot.referrals import rules
from bot.referrals.model import Referral, ReferralReason, ReferralState
from bot.referrals.queries import open_of
from bot.staff.service import staffed_branches


@dataclass(frozen=True)
class Asked:
    """What is asked of which branch, and why a branch has to do it."""

    branch: str
    reason: ReferralReason
    ask: str


@dataclass(frozen=True)
class Origin:
    """What it came from: a chat, a call, or a call that belongs to a chat."""

    conversation_id: int | None = None
    followup_id: int | None = None


def send_in(session: Session, follower_id: int, origin: Origin, asked: Asked, username: str, now: datetime) -> Referral:
    """One that is open for this call, or without a call for this chat, is the same. Raises InvalidInput for a branch at
    which nobody would read it, ReferralStateConflict when another branch has it.
    """
    check_staffed(session, asked.branch)
    of_chat = open_of(session, origin.conversation_id)
    known = of_chat if origin.followup_id is None else open_of(session, None, origin.followup_id)
    if known is not None:
        if known.branch != asked.branch:
            raise ReferralStateConflict(state=known.state.value)
        return known
    row = Referral(
        follower_id=follower_id,
        # What the chat was referred for is another matter than the call's: there nobody would read of it.
        conversation_id=origin.conversation_id if of_chat is None else None,
        followup_id=origin.followup_id,
        state=ReferralState.SENT,
        branch=asked.branch,
        reason=asked.reason,
        ask=asked.ask,
        sent_by=username,
        sent_at=now,
        due_at=rules.due_after(now),
    )
    session.add(row)
    session.flush()
    tell_desk(session, row, EventType.REFERRAL_SENT, now)
    return row


def check_staffed(session: Session, branch: str) -> None:
    """Raises InvalidInput for a branch at which nobody would read it."""
    if branch not in staffed_branches(session):
        raise InvalidInput(places=["branch"])


def tell_desk(session: Session, row: Referral, type_: EventType, now: datetime) -> None:
    """Publish a change of a referral with its transaction."""
    payload = {"referral_id": row.id, "state": row.state.value, "customer_id": row.follower_id}
    publish(session, now, Event(type_, row.conversation_id, payload=payload))
