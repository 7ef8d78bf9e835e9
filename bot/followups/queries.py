"""Reads of promises."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.followups.model import Followup, FollowupState


def open_promises(session: Session, limit: int = 200) -> Sequence[Row[tuple[Followup, str]]]:
    """Promises not kept yet with the customer's label, soonest first."""
    due: Any = select(Followup, Follower.label).join(Follower, Follower.id == Followup.follower_id)
    return session.execute(
        due.where(Followup.state == FollowupState.OPEN).order_by(Followup.due_at, Followup.id).limit(limit)
    ).all()
