"""Reads of leads: pages by key, and how many leads and firms stand at each stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, false, func, or_, select, true
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.leads.model import Lead, LeadStage, LeadStageChange
from bot.staff.model import Role, StaffMember


@dataclass(frozen=True)
class StageFigure:
    """How many leads stand at a stage, of how many distinct firms, and what the bank paid out for them."""

    stage: LeadStage
    leads: int
    firms: int
    amount_fen: int


def workable_by(person: StaffMember) -> ColumnElement[bool]:
    """Which leads are a person's to work: his own and the free ones of his desks; a supervisor's all."""
    if person.role is Role.SUPERVISOR:
        return true()
    if person.role is not Role.REP:
        return false()
    return or_(Lead.owner == person.username, Lead.owner.is_(None) & Lead.skill.in_(person.skills))


def page(
    session: Session, mine: ColumnElement[bool], stage: LeadStage | None, before: int | None, limit: int
) -> list[tuple[Lead, Follower]]:
    """Leads with their customers, newest first; one more than `limit` when there are more."""
    found = select(Lead, Follower).join(Follower, Follower.id == Lead.follower_id).where(mine)
    if stage is not None:
        found = found.where(Lead.stage == stage)
    if before is not None:
        found = found.where(Lead.id < before)
    return [(row[0], row[1]) for row in session.execute(found.order_by(Lead.id.desc()).limit(limit + 1))]


def figures(session: Session, mine: ColumnElement[bool]) -> list[StageFigure]:
    """One figure per stage, in order; a firm with two leads at a stage counts once there."""
    firm = func.coalesce(Lead.firm_id, "follower:" + cast(Lead.follower_id, String))
    counts = select(Lead.stage, func.count(), func.count(firm.distinct()), func.sum(Lead.amount_fen))
    found = {row[0]: row for row in session.execute(counts.where(mine).group_by(Lead.stage))}
    return [
        StageFigure(stage, *(int(value or 0) for value in found[stage][1:])) if stage in found
        else StageFigure(stage, 0, 0, 0)
        for stage in LeadStage
    ]  # fmt: skip


def of_follower(session: Session, follower_id: int, limit: int = 10) -> Sequence[Lead]:
    """A customer's leads, open ones first, newest first."""
    his = select(Lead).where(Lead.follower_id == follower_id)
    return session.scalars(his.order_by(Lead.closed_at.is_not(None), Lead.id.desc()).limit(limit)).all()


def stages_of(session: Session, lead_id: int) -> Sequence[LeadStageChange]:
    """The way a lead came, oldest first."""
    own = select(LeadStageChange).where(LeadStageChange.lead_id == lead_id)
    return session.scalars(own.order_by(LeadStageChange.id)).all()
