"""A call agreed on from inside a chat: when the desk can phone, and the promise of one. For whoever may read the chat,
whether or not a message may still be sent to its customer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import InvalidInput
from bot.followups.model import Followup
from bot.followups.service import promise
from bot.followups.slots import LONGEST_WAIT, free_slots
from bot.handoff.model import Conversation, Owner
from bot.handoff.transitions import get_locked
from bot.knowledge import hours
from bot.knowledge.content import Content, Skill
from bot.rescue.model import RescueState
from bot.rescue.queries import find_pending
from bot.rescue.service import settle

# Nobody looks further down a list of half hours.
MOST_TIMES = 24
SOON = timedelta(minutes=30)
GENERAL = "general"


@dataclass(frozen=True)
class CallTimes:
    """What a rep chooses from. `soonest` is by when a call is promised without a half hour of its own."""

    desk: Skill
    soonest: datetime
    slots: tuple[datetime, ...]


@dataclass(frozen=True)
class Wanted:
    """A call as the rep agreed on it: a half hour, or an instant by which it is made."""

    reason: str
    slot_at: datetime | None = None
    due_at: datetime | None = None


def call_times(session: Session, row: Conversation, content: Content, now: datetime) -> CallTimes:
    """When this chat's desk can phone."""
    desk = content.skills[row.skill or GENERAL]
    slots = free_slots(session, desk, now, now + LONGEST_WAIT)
    return CallTimes(desk, _soonest(now, desk), tuple(slots[:MOST_TIMES]))


@dataclass(frozen=True)
class Calls:
    """Promises of calls, made by reps."""

    database: Database
    clock: Clock

    def promise_call(self, conversation_id: int, username: str, wanted: Wanted, content: Content) -> Followup:
        """Promise the customer of a chat a call; a window that was about to end is taken care of by it. Whose chat it
        is keeps the promise, else any rep of the desk.

        Raises NotFound, InvalidInput (not a time of this desk), SlotTaken. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            desk = content.skills[row.skill or GENERAL]
            promised = promise(
                session,
                follower_id=row.follower_id,
                conversation_id=row.id,
                skill=desk.id,
                reason=wanted.reason,
                phone=session.get_one(Follower, row.follower_id).phone,
                due_at=_checked(wanted, desk, now),
                now=now,
                desk=desk,
                slot_at=wanted.slot_at,
            )
            if row.owner is Owner.ACTIVE and row.rep == username:
                promised.owner = username
            pending = find_pending(session, row)
            if pending is not None:
                settle(session, pending, RescueState.PROMISED, now, by=username)
            return promised


def _soonest(now: datetime, desk: Skill) -> datetime:
    soon = now + SOON
    if hours.is_open(now, desk) and hours.is_open(soon, desk):
        return soon
    return hours.next_opening(now, desk) + SOON


def _checked(wanted: Wanted, desk: Skill, now: datetime) -> datetime:
    """By when the call is made. Raises InvalidInput unless the desk works then."""
    if (wanted.slot_at is None) == (wanted.due_at is None):
        raise InvalidInput(places=["slot_at", "due_at"])
    if wanted.slot_at is not None:
        if wanted.slot_at not in hours.slots_of(desk, now, now + LONGEST_WAIT):
            raise InvalidInput(places=["slot_at"])
        return wanted.slot_at + hours.SLOT
    assert wanted.due_at is not None
    if not (now < wanted.due_at <= now + LONGEST_WAIT and hours.is_open(wanted.due_at, desk)):
        raise InvalidInput(places=["due_at"])
    return wanted.due_at
