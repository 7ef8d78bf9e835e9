"""Reads of checks: pages by key, how many wait, how each rep did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.quality.model import CheckState, QualityCheck


@dataclass(frozen=True)
class Wanted:
    """Which checks; None is any. Never those of `not_of`: nobody sees his own before they are scored."""

    states: Sequence[CheckState]
    rep: str | None = None
    not_of: str | None = None
    before: int | None = None


@dataclass(frozen=True)
class RepQuality:
    """How one rep's checks came out."""

    rep: str
    checks: int
    mean: float
    fatal: int
    appeals: int


def page(session: Session, wanted: Wanted, limit: int) -> Sequence[QualityCheck]:
    """Checks, newest first; one more than `limit` when there are more."""
    found = select(QualityCheck).where(QualityCheck.state.in_(wanted.states))
    if wanted.rep is not None:
        found = found.where(QualityCheck.rep == wanted.rep)
    if wanted.not_of is not None:
        found = found.where(QualityCheck.rep != wanted.not_of)
    if wanted.before is not None:
        found = found.where(QualityCheck.id < wanted.before)
    return session.scalars(found.order_by(QualityCheck.id.desc()).limit(limit + 1)).all()


def counts(session: Session, *, not_of: str) -> dict[CheckState, int]:
    """How many checks stand in each state, without one's own."""
    counted = select(QualityCheck.state, func.count()).where(QualityCheck.rep != not_of).group_by(QualityCheck.state)
    return {row[0]: row[1] for row in session.execute(counted)}


def by_rep(session: Session, first: date, last: date) -> list[RepQuality]:
    """The scores of these days by rep, in the order of their names."""
    fatal = func.sum(case((QualityCheck.is_fatal, 1), else_=0))
    appeals = func.sum(case((QualityCheck.appealed_at.is_not(None), 1), else_=0))
    scored = select(QualityCheck.rep, func.count(), func.avg(QualityCheck.score), fatal, appeals)
    rows = session.execute(
        scored.where(QualityCheck.scored_on.between(first, last)).group_by(QualityCheck.rep).order_by(QualityCheck.rep)
    )
    return [RepQuality(rep, count, float(mean), int(fatals), int(asked)) for rep, count, mean, fatals, asked in rows]
