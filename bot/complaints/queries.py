"""Reads of complaints."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.complaints.model import Complaint, ComplaintState
from bot.customers.model import Follower


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
    session: Session, state: ComplaintState, *, hidden_from: str | None, limit: int = 200
) -> list[tuple[Complaint, Follower]]:
    """Complaints in one state, soonest due first; those about `hidden_from` are left out."""
    found = select(Complaint, Follower).join(Follower, Follower.id == Complaint.follower_id)
    found = found.where(Complaint.state == state)
    if hidden_from is not None:
        found = found.where(Complaint.about_rep.is_(None) | (Complaint.about_rep != hidden_from))
    rows = session.execute(found.order_by(Complaint.due_on, Complaint.id).limit(limit))
    return [(row[0], row[1]) for row in rows]
