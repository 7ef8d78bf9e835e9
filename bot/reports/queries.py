"""The desk at a glance: what is so now, and today's figures by the same counters as the report page (counters.py)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from bot.handoff.model import Conversation, Owner
from bot.reports.business import drawdowns
from bot.reports.figures import today
from bot.staff.model import RepStatus, Role, StaffMember


@dataclass(frozen=True)
class DeskCounters:
    """The desk at a glance. `drawdown_firms` counts distinct firms: two drawdowns of one firm are one customer."""

    waiting: int
    longest_wait_s: int
    active: int
    reps_ready: int
    accepted_today: int
    answered_in_20s_today: int
    closed_today: int
    drawdown_firms: int
    drawdown_fen: int


def desk_counters(session: Session, now: datetime, person: StaffMember) -> DeskCounters:
    """Counts now of what this person sees, figures of the whole centre since local midnight, drawdowns over all time.

    A supervisor sees everything; a rep what waits or is served on his desks, and what is offered to him.
    """
    is_all = person.role is Role.SUPERVISOR
    on_his_desks = true() if is_all else Conversation.skill.in_(person.skills)
    asked = (Conversation.owner == Owner.OFFERED) & (true() if is_all else Conversation.rep == person.username)
    waits = ((Conversation.owner == Owner.QUEUED) & on_his_desks) | asked
    waiting, oldest = session.execute(select(func.count(), func.min(Conversation.queued_at)).where(waits)).one()
    sums, ever = today(session, now), drawdowns(session)
    return DeskCounters(
        waiting=waiting,
        longest_wait_s=int((now - oldest).total_seconds()) if oldest else 0,
        active=_count(session, (Conversation.owner == Owner.ACTIVE) & on_his_desks),
        reps_ready=session.scalar(select(func.count()).select_from(StaffMember).where(_is_ready_rep())) or 0,
        accepted_today=sums.get("accepted", 0),
        answered_in_20s_today=sums.get("in_20s", 0),
        closed_today=sums.get("ended", 0),
        drawdown_firms=ever["drawdown_firms"],
        drawdown_fen=ever["drawdown_fen"],
    )


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Conversation).where(condition)) or 0


def _is_ready_rep() -> ColumnElement[bool]:
    return (StaffMember.status == RepStatus.READY) & StaffMember.role.in_([Role.REP, Role.SUPERVISOR])
