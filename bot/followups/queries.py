"""Reads of follow-ups: pages by key, and what a call needs to know of earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.customers.searching import matches
from bot.followups.checklists import Checklists, Item, lessons_of
from bot.followups.model import Followup, FollowupAttempt, FollowupState, FollowupTick
from bot.staff.model import Role, StaffMember

LATEST = 10


@dataclass(frozen=True)
class After:
    """The last row of the page before."""

    at: datetime
    priority: int
    id: int


@dataclass(frozen=True)
class Wanted:
    """Which follow-ups; None is any. `text` is something known of the customer, as in bot/customers/searching.py."""

    state: str = "open"
    segment: str | None = None
    kind: str | None = None
    text: str = ""
    after: After | None = None


def callable_by(person: StaffMember) -> ColumnElement[bool]:
    """Which follow-ups are a person's to see: his own and the free ones of his desks; a supervisor's all."""
    if person.role is Role.SUPERVISOR:
        return true()
    if person.role is not Role.REP:
        return false()
    return or_(Followup.owner == person.username, is_free_for(person))


def is_free_for(person: StaffMember) -> ColumnElement[bool]:
    """The ones nobody has, on this person's desks."""
    is_free = (Followup.state == FollowupState.OPEN) & Followup.owner.is_(None)
    return and_(is_free, Followup.skill.in_(person.skills))


def page(session: Session, mine: ColumnElement[bool], wanted: Wanted, limit: int) -> list[tuple[Followup, Follower]]:
    """Follow-ups with their customers: open ones soonest first, closed ones newest first; one more than `limit`
    when there are more.
    """
    found = select(Followup, Follower).join(Follower, Follower.id == Followup.follower_id).where(mine)
    if wanted.segment is not None:
        found = found.where(Followup.segment == wanted.segment)
    if wanted.kind is not None:
        found = found.where(Followup.kind == wanted.kind)
    if wanted.text:
        found = found.where(Follower.label.contains(wanted.text, autoescape=True) | matches(wanted.text))
    if wanted.state in ("open", "claimed"):
        found = _open_page(found, wanted)
    else:
        found = found.where(Followup.state == FollowupState(wanted.state))
        if wanted.after is not None:
            found = found.where(Followup.id < wanted.after.id)
        found = found.order_by(Followup.id.desc())
    return [(row[0], row[1]) for row in session.execute(found.limit(limit + 1))]


def overdue_count(session: Session, mine: ColumnElement[bool], now: datetime) -> int:
    """How many of these are late now."""
    late = (Followup.state == FollowupState.OPEN) & (Followup.due_at < now)
    return session.scalar(select(func.count()).select_from(Followup).where(mine, late)) or 0


def attempts_of(session: Session, followup_id: int) -> Sequence[FollowupAttempt]:
    """The calls made for one, oldest first."""
    mine = select(FollowupAttempt).where(FollowupAttempt.followup_id == followup_id)
    return session.scalars(mine.order_by(FollowupAttempt.id)).all()


def past_of(session: Session, row: Followup) -> Sequence[Followup]:
    """The customer's closed follow-ups, newest first."""
    others = (Followup.follower_id == row.follower_id) & (Followup.id != row.id)
    closed = select(Followup).where(others, Followup.state != FollowupState.OPEN)
    return session.scalars(closed.order_by(Followup.done_at.desc()).limit(LATEST)).all()


def lessons_left(session: Session, row: Followup, checklists: Checklists) -> list[Item]:
    """The lessons earlier calls with this customer should have given and did not."""
    others = (Followup.follower_id == row.follower_id) & (Followup.id != row.id)
    had = set(session.scalars(select(Followup.segment).where(others, Followup.state == FollowupState.DONE).distinct()))
    given = select(FollowupTick.item).join(Followup, Followup.id == FollowupTick.followup_id).where(others)
    taught = set(session.scalars(given))
    due = {item.id for name in had if name in checklists for item in checklists[name].untaught(taught)}
    return [item for item in lessons_of(checklists).values() if item.id in due]


def _open_page(found: Select[Followup, Follower], wanted: Wanted) -> Select[Followup, Follower]:
    found = found.where(Followup.state == FollowupState.OPEN)
    if wanted.state == "claimed":
        found = found.where(Followup.owner.is_not(None))
    last = wanted.after
    if last is not None:
        same_time = Followup.due_at == last.at
        lower = and_(same_time, Followup.priority < last.priority)
        behind = and_(same_time, Followup.priority == last.priority, Followup.id > last.id)
        found = found.where(or_(Followup.due_at > last.at, lower, behind))
    return found.order_by(Followup.due_at, Followup.priority.desc(), Followup.id)
