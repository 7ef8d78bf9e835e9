"""What the work came to: drawdowns, and the way of a loan from the first question to the money. Firms are counted once,
however often they draw, so these are never sums of days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from bot.clock import local_day
from bot.customers.model import BankFact, Follower
from bot.handoff.model import Conversation
from bot.learning.model import Parse
from bot.reports.clocks import day_bounds
from bot.reports.model import HandoffFact

DRAWDOWN_PAID = "drawdown_paid"
STAGE_CHANGED = "application_stage_changed"
LOAN_DESK = "loan"
WEEK = timedelta(days=7)
BEFORE_WEEKS = 4
MOST_RISING = 10


class Step(StrEnum):
    """The way of a loan; the bank's own words for the stages in the middle."""

    ASKED = "asked"
    APPLIED = "applied"
    APPROVED = "approved"
    DRAWN = "drawn"
    PAID = "paid"


@dataclass(frozen=True)
class Rising:
    """An intent that is asked more this week than in the four weeks before, by the week."""

    intent: str
    this_week: int
    per_week_before: float


def drawdowns(session: Session, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    """How many firms drew, and how much together; over all time without days."""
    firms, amount = session.execute(
        select(func.count(BankFact.firm_id.distinct()), func.sum(BankFact.amount_fen)).where(_paid(first, last))
    ).one()
    return {"drawdown_firms": firms, "drawdown_fen": int(amount or 0)}


def drawdowns_by_day(session: Session, first: date, last: date) -> dict[date, dict[str, Any]]:
    """The same by day; a firm that drew on two days counts on both."""
    rows = session.execute(
        select(BankFact.firm_id, BankFact.amount_fen, BankFact.occurred_at).where(_paid(first, last))
    ).all()
    return _grouped((local_day(row.occurred_at), row.firm_id, row.amount_fen) for row in rows)


def drawdowns_by_branch(session: Session, first: date, last: date) -> dict[str, dict[str, Any]]:
    """The same by the branch of the follower the bank's word is about."""
    rows = session.execute(
        select(Follower.branch, BankFact.firm_id, BankFact.amount_fen)
        .join(Follower, Follower.id == BankFact.follower_id)
        .where(_paid(first, last), Follower.branch.is_not(None))
    ).all()
    return _grouped((str(row.branch), row.firm_id, row.amount_fen) for row in rows)


def funnel(session: Session, first: date, last: date, loan_intents: Iterable[str]) -> dict[Step, int]:
    """How many customers asked about a loan in these days, and how many firms got to each stage of the bank in them."""
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    stage = {
        Step.APPLIED: and_(BankFact.type == STAGE_CHANGED, BankFact.stage == "applied"),
        Step.APPROVED: and_(BankFact.type == STAGE_CHANGED, BankFact.stage == "approved"),
        # Who was paid has drawn, whether the bank told of the drawing by itself or not.
        Step.DRAWN: or_(
            and_(BankFact.type == STAGE_CHANGED, BankFact.stage == "drawn"), BankFact.type == DRAWDOWN_PAID
        ),
        Step.PAID: BankFact.type == DRAWDOWN_PAID,
    }
    columns = [func.count(case((condition, BankFact.firm_id)).distinct()) for condition in stage.values()]
    within = BankFact.occurred_at >= start, BankFact.occurred_at < end
    kinds = BankFact.type.in_([STAGE_CHANGED, DRAWDOWN_PAID])
    counts = session.execute(select(*columns).where(kinds, *within)).one()
    found = dict(zip(stage, counts, strict=True))
    return {Step.ASKED: _who_asked(session, start, end, loan_intents), **found}


def rising(session: Session, now: datetime) -> list[Rising]:
    """What is asked more often this week than in the four before, the steepest first."""
    week_ago = now - WEEK
    is_new = case((Parse.at >= week_ago, 1), else_=0)
    asked = select(Parse.taken_as, func.sum(is_new), func.count() - func.sum(is_new))
    since = (Parse.at >= week_ago - BEFORE_WEEKS * WEEK) & Parse.taken_as.is_not(None)
    rows = session.execute(asked.where(since).group_by(Parse.taken_as))
    found = [Rising(intent, int(new), int(old) / BEFORE_WEEKS) for intent, new, old in rows]
    more = [one for one in found if one.this_week > one.per_week_before]
    return sorted(more, key=lambda one: (one.per_week_before - one.this_week, one.intent))[:MOST_RISING]


def _who_asked(session: Session, start: datetime, end: datetime, loan_intents: Iterable[str]) -> int:
    said = select(Parse.follower_id).where(Parse.at >= start, Parse.at < end, Parse.taken_as.in_(list(loan_intents)))
    came = (
        select(Conversation.follower_id)
        .join(HandoffFact, HandoffFact.conversation_id == Conversation.id)
        .where(HandoffFact.arrived_at >= start, HandoffFact.arrived_at < end, HandoffFact.desk == LOAN_DESK)
    )
    return session.scalar(select(func.count()).select_from(said.union(came).subquery())) or 0


def _paid(first: date | None, last: date | None) -> ColumnElement[bool]:
    paid = BankFact.type == DRAWDOWN_PAID
    if first is not None:
        paid &= BankFact.occurred_at >= day_bounds(first)[0]
    if last is not None:
        paid &= BankFact.occurred_at < day_bounds(last)[1]
    return paid


def _grouped(rows: Iterable[tuple[Any, str | None, int | None]]) -> dict[Any, dict[str, Any]]:
    firms: dict[Any, set[str]] = {}
    amounts: dict[Any, int] = {}
    for key, firm, amount in rows:
        firms.setdefault(key, set()).update([firm] if firm else [])
        amounts[key] = amounts.get(key, 0) + (amount or 0)
    return {key: {"drawdown_firms": len(firms[key]), "drawdown_fen": amounts[key]} for key in firms}
