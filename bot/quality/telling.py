"""Who is told of a check: every supervisor but the one it is about, and the rep once it is scored.

Before, a rep must not know which of his chats was picked.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.events import Event, EventType
from bot.outbox import publish
from bot.quality.model import CheckState, QualityCheck
from bot.staff.model import Role, StaffMember


def tell(session: Session, check: QualityCheck, now: datetime) -> None:
    """Their screens read the lists of checks anew."""
    supervisors = (StaffMember.role == Role.SUPERVISOR) & StaffMember.is_enabled & (StaffMember.username != check.rep)
    told = [*session.scalars(select(StaffMember.username).where(supervisors))]
    if check.state is not CheckState.TO_DO:
        told.append(check.rep)
    payload = {"check_id": check.id, "state": check.state.value}
    publish(session, now, *(Event(EventType.QUALITY_CHANGED, audience=name, payload=payload) for name in told))
