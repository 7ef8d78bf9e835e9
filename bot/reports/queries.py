"""Each reported figure, defined once; docs/glossary.md says the same in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.clock import local
from bot.customers.model import BankFact
from bot.handoff.model import Conversation, Owner
from bot.staff.model import RepStatus, Role, StaffMember

DRAWDOWN_PAID = "drawdown_paid"
SERVICE_LEVEL = timedelta(seconds=20)


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


def desk_counters(session: Session, now: datetime) -> DeskCounters:
    """Counts now, figures since local midnight, drawdowns over all time."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting, oldest = session.execute(
        select(func.count(), func.min(Conversation.queued_at)).where(
            Conversation.owner.in_([Owner.QUEUED, Owner.OFFERED])
        )
    ).one()
    taken = session.execute(
        select(Conversation.queued_at, Conversation.accepted_at).where(Conversation.accepted_at >= midnight)
    ).all()
    # A chat handed on to another desk waits anew since after its accept: that accept answered no present wait.
    quick = [
        row
        for row in taken
        if row.queued_at and row.accepted_at and timedelta() <= row.accepted_at - row.queued_at <= SERVICE_LEVEL
    ]
    closed = (Conversation.closed_at >= midnight) & Conversation.accepted_at.is_not(None)
    firms, amount = session.execute(
        select(func.count(BankFact.firm_id.distinct()), func.sum(BankFact.amount_fen)).where(
            BankFact.type == DRAWDOWN_PAID
        )
    ).one()
    return DeskCounters(
        waiting=waiting,
        longest_wait_s=int((now - oldest).total_seconds()) if oldest else 0,
        active=_count(session, Conversation.owner == Owner.ACTIVE),
        reps_ready=session.scalar(select(func.count()).select_from(StaffMember).where(_is_ready_rep())) or 0,
        accepted_today=len(taken),
        answered_in_20s_today=len(quick),
        closed_today=_count(session, closed),
        drawdown_firms=firms,
        drawdown_fen=int(amount or 0),
    )


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Conversation).where(condition)) or 0


def _is_ready_rep() -> ColumnElement[bool]:
    return (StaffMember.status == RepStatus.READY) & StaffMember.role.in_([Role.REP, Role.SUPERVISOR])
