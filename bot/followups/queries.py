"""Reads of promises."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.followups.model import Followup, FollowupState


def open_promises(session: Session, limit: int = 200) -> list[tuple[Followup, str]]:
    """Promises not kept yet with the customer's label, soonest first."""
    due = select(Followup, Follower.label).join(Follower, Follower.id == Followup.follower_id)
    is_open = due.where(Followup.state == FollowupState.OPEN).order_by(Followup.due_at, Followup.id).limit(limit)
    return [(row[0], row[1]) for row in session.execute(is_open)]
