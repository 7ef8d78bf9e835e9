"""What a rep has room for, by weight: counted from the rows in the transaction that claims, never kept as a counter."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.desks.model import DeskRules
from bot.errors import CapacityReached
from bot.handoff.model import Conversation, Owner
from bot.handoff.rules import weight_for
from bot.staff.model import StaffMember


def weights(session: Session, now: datetime) -> dict[str, int]:
    """What each rep has, is asked about and still wraps up."""
    sums = select(Conversation.rep, func.sum(Conversation.weight)).where(_counts(now)).group_by(Conversation.rep)
    return {rep: int(weight) for rep, weight in session.execute(sums) if rep}


def check_room(session: Session, rep: StaffMember, conversation: Conversation, desk: DeskRules, now: datetime) -> int:
    """What this chat will weigh with this rep, whose row is locked. Raises CapacityReached when he has no room."""
    weight = weight_for(desk.weight, rep.capacity)
    others = _counts(now) & (Conversation.rep == rep.username) & (Conversation.id != conversation.id)
    held = session.scalar(select(func.sum(Conversation.weight)).where(others)) or 0
    if held + weight > rep.capacity:
        raise CapacityReached(capacity=rep.capacity)
    return weight


def _counts(now: datetime) -> ColumnElement[bool]:
    is_his = Conversation.owner.in_([Owner.OFFERED, Owner.ACTIVE])
    return is_his | ((Conversation.owner == Owner.CLOSED) & (Conversation.wrap_up_until > now))
