"""Half hours for calls: how many a desk can make in one stands in config/skills.yml. A unique index over desk, half
hour and place holds it, so that two customers at once cannot take the last place.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.db import Database
from bot.errors import SlotTaken
from bot.followups.model import Followup
from bot.knowledge import hours
from bot.knowledge.content import Skill

# Holidays with their weekends are shorter than this.
LONGEST_WAIT = timedelta(days=21)
AFTER_OPENING = timedelta(hours=1)


def free_slots_in(database: Database) -> hours.FreeSlots:
    """Looks the free half hours up; a look only: `book` is what takes one."""

    def find(skill: Skill, after: datetime, until: datetime) -> Sequence[datetime]:
        with database.reading() as session:
            return free_slots(session, skill, after, until)

    return find


def free_slots(session: Session, skill: Skill, after: datetime, until: datetime) -> list[datetime]:
    """The half hours with a place left, soonest first."""
    within = (Followup.skill == skill.id) & (Followup.slot_at > after) & (Followup.slot_at <= until)
    counts = select(Followup.slot_at, func.count()).where(within).group_by(Followup.slot_at)
    taken = {row[0]: row[1] for row in session.execute(counts)}
    return [slot for slot in hours.slots_of(skill, after, until) if taken.get(slot, 0) < skill.calls]


def next_call(session: Session, skill: Skill, now: datetime) -> tuple[datetime, datetime | None]:
    """By when somebody who cannot be written to is called, and the half hour it takes a place in: the next free one,
    or, with every place taken, the first hour of the desk's next day.
    """
    slot = next(iter(free_slots(session, skill, now, now + LONGEST_WAIT)), None)
    if slot is not None:
        return slot + hours.SLOT, slot
    return hours.next_opening(now, skill) + AFTER_OPENING, None


def book(session: Session, promise: Followup, skill: Skill, slot_at: datetime) -> None:
    """Give a promise a place in a half hour; the one it had is free again. Raises SlotTaken. Safe to repeat."""
    if promise.slot_at == slot_at and promise.skill == skill.id:
        return
    for _ in range(skill.calls):
        there = (Followup.skill == skill.id) & (Followup.slot_at == slot_at)
        taken = set(session.scalars(select(Followup.slot_place).where(there)))
        place = next((number for number in range(skill.calls) if number not in taken), None)
        if place is None:
            break
        try:
            with session.begin_nested():
                promise.skill, promise.slot_at, promise.slot_place = skill.id, slot_at, place
                session.flush()
        except IntegrityError:
            # Somebody took this very place in the meantime; he may have left another.
            session.refresh(promise)
            continue
        return
    raise SlotTaken
