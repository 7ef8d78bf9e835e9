"""Reads of complaints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from bot.complaints.model import Complaint, ComplaintState
from bot.complaints.notes import ComplaintNote
from bot.customers.model import Follower


@dataclass(frozen=True)
class Place:
    """Where a page ends: the row's last day, and its id."""

    due_on: date
    id: int


def find_open(session: Session, follower_id: int) -> Complaint | None:
    """The complaint of this follower that is being handled, or None."""
    mine = (Complaint.follower_id == follower_id) & (Complaint.state == ComplaintState.OPEN)
    return session.scalars(select(Complaint).where(mine)).first()


def has_complained(session: Session, conversation_id: int, follower_id: int) -> bool:
    """True when this conversation made a complaint, or one of its follower is still being handled."""
    is_open = (Complaint.follower_id == follower_id) & (Complaint.state == ComplaintState.OPEN)
    either = (Complaint.conversation_id == conversation_id) | is_open
    return session.scalars(select(Complaint.id).where(either).limit(1)).first() is not None


def find_complained_of(session: Session, follower_id: int) -> str | None:
    """The rep whom this follower's open complaint is about, or None."""
    found = find_open(session, follower_id)
    return found.about_rep if found else None


def complaint_page(
    session: Session, state: ComplaintState, *, hidden_from: str | None, after: Place | None, limit: int
) -> list[tuple[Complaint, Follower]]:
    """Complaints in one state, open ones soonest due first, closed ones latest first; those about `hidden_from` are
    left out. One more than `limit` when there are more.
    """
    found = select(Complaint, Follower).join(Follower, Follower.id == Complaint.follower_id)
    found = found.where(Complaint.state == state)
    if hidden_from is not None:
        found = found.where(Complaint.about_rep.is_(None) | (Complaint.about_rep != hidden_from))
    if state is ComplaintState.OPEN:
        found = found.where(_behind(after)).order_by(Complaint.due_on, Complaint.id)
    else:
        found = found.where(_before(after)).order_by(Complaint.due_on.desc(), Complaint.id.desc())
    return [(row[0], row[1]) for row in session.execute(found.limit(limit + 1))]


def find_complaint(session: Session, complaint_id: int, *, hidden_from: str | None) -> Complaint | None:
    """One complaint, or None; those about `hidden_from` are as if they were not there."""
    row = session.get(Complaint, complaint_id)
    return None if row is None or (hidden_from is not None and row.about_rep == hidden_from) else row


def note_counts(session: Session, complaint_ids: Sequence[int]) -> dict[int, int]:
    """How many notes each of these complaints has; those without are not there."""
    mine = ComplaintNote.complaint_id.in_(complaint_ids)
    counts = select(ComplaintNote.complaint_id, func.count()).where(mine).group_by(ComplaintNote.complaint_id)
    return {row[0]: row[1] for row in session.execute(counts)}


def _behind(place: Place | None) -> ColumnElement[bool]:
    if place is None:
        return true()
    same = and_(Complaint.due_on == place.due_on, Complaint.id > place.id)
    return or_(Complaint.due_on > place.due_on, same)


def _before(place: Place | None) -> ColumnElement[bool]:
    if place is None:
        return true()
    same = and_(Complaint.due_on == place.due_on, Complaint.id < place.id)
    return or_(Complaint.due_on < place.due_on, same)
