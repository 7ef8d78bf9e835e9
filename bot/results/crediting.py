"""Each fact of the bank is counted for one campaign at most: the last that is proven to have led somebody of the firm
here, else the last that was sent to somebody of it; each within thirty days before the fact.

Decided once, by a tick soon after the fact came in; running twice decides nothing anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.campaigns.chunks import LEFT, Chunk, Recipient
from bot.clock import Clock, local_day
from bot.customers.model import BankFact, Follower
from bot.db import Database
from bot.leads.model import Lead
from bot.reports.business import DRAWDOWN_PAID, STAGE_CHANGED
from bot.results.model import Credit, CreditKind, Touch
from bot.results.rules import CREDITED_FOR

log = structlog.get_logger()

APPLIED = "applied"
# The firm itself moved money over its account again: not a fee, not interest.
ACCOUNT_USED = "account_used"
POINTS_REDEEMED = "points_redeemed"
A_SLICE = 500


@dataclass(frozen=True)
class _Way:
    """One way from a campaign to the fact: when, by which variant, for whom."""

    at: datetime
    campaign_id: int
    variant: int
    follower_id: int
    is_proven: bool


def kind_of() -> ColumnElement[str | None]:
    """The kind of credit a fact is; NULL for facts that are none."""
    applied = and_(BankFact.type == STAGE_CHANGED, BankFact.stage == APPLIED)
    return case(
        (BankFact.type == DRAWDOWN_PAID, CreditKind.DRAWDOWN.value),
        (applied, CreditKind.APPLICATION.value),
        (BankFact.type == POINTS_REDEEMED, CreditKind.REDEMPTION.value),
        (BankFact.type == ACCOUNT_USED, CreditKind.WOKEN.value),
    )


def is_counted() -> ColumnElement[bool]:
    """Facts that are credited to campaigns."""
    is_stage = and_(BankFact.type == STAGE_CHANGED, BankFact.stage == APPLIED)
    return or_(BankFact.type.in_([DRAWDOWN_PAID, POINTS_REDEEMED, ACCOUNT_USED]), is_stage)


@dataclass(frozen=True)
class Crediting:
    """Decides new facts, oldest first."""

    database: Database
    clock: Clock

    def run(self) -> int:
        """Decide every fact that is not yet; how many were. Of two that run at once one decides."""
        count = 0
        try:
            while found := self._slice():
                count += found
        except IntegrityError:
            # Another worker decided these facts; whatever is left is the next tick's.
            log.info("credits_decided_elsewhere")
        return count

    def _slice(self) -> int:
        with self.database.transaction() as session:
            known = select(Credit.event_id).where(Credit.event_id == BankFact.event_id)
            new = session.execute(
                select(BankFact, kind_of().label("kind"))
                .where(is_counted(), ~known.exists())
                .order_by(BankFact.occurred_at, BankFact.event_id)
                .limit(A_SLICE)
                .with_for_update(skip_locked=True, of=BankFact)
            ).all()
            for fact, kind in new:
                session.add(_credit(session, fact, CreditKind(str(kind))))
            return len(new)


def _credit(session: Session, fact: BankFact, kind: CreditKind) -> Credit:
    people = _people(session, fact)
    way = max(
        [*_touches(session, fact, people), *_sends(session, fact, people)],
        key=lambda one: (one.is_proven, one.at, one.campaign_id),
        default=None,
    )
    follower_id = way.follower_id if way else fact.follower_id
    branch = session.scalar(select(Follower.branch).where(Follower.id == follower_id)) if follower_id else None
    return Credit(
        event_id=fact.event_id,
        kind=kind,
        campaign_id=way.campaign_id if way else None,
        variant=way.variant if way else None,
        is_proven=way.is_proven if way else False,
        follower_id=follower_id,
        firm=fact.firm_id or (f"follower:{fact.follower_id}" if fact.follower_id else f"event:{fact.event_id}"),
        amount_fen=fact.amount_fen or 0 if kind is CreditKind.DRAWDOWN else 0,
        product=_product(session, people),
        branch=branch,
        at=fact.occurred_at,
        day=local_day(fact.occurred_at),
    )


def _people(session: Session, fact: BankFact) -> Sequence[int]:
    """Whom the fact is about: everybody who acts for the firm."""
    is_his = [Follower.id == fact.follower_id] if fact.follower_id is not None else []
    is_firms = [Follower.firm_id == fact.firm_id] if fact.firm_id is not None else []
    if not is_his and not is_firms:
        return []
    return session.scalars(select(Follower.id).where(or_(*is_his, *is_firms))).all()


def _touches(session: Session, fact: BankFact, people: Sequence[int]) -> list[_Way]:
    since = fact.occurred_at - CREDITED_FOR
    mine = Touch.follower_id.in_(people) & (Touch.first_at <= fact.occurred_at) & (Touch.last_at >= since)
    found = []
    for one in session.scalars(select(Touch).where(mine)):
        # A touch that was repeated after the fact counts by its first time.
        at = one.last_at if one.last_at <= fact.occurred_at else one.first_at
        if at >= since:
            found.append(_Way(at, one.campaign_id, one.variant, one.follower_id, is_proven=True))
    return found


def _sends(session: Session, fact: BankFact, people: Sequence[int]) -> list[_Way]:
    sent = (
        select(Chunk.accepted_at, Recipient.campaign_id, Recipient.variant, Recipient.follower_id)
        .join(Chunk, (Chunk.campaign_id == Recipient.campaign_id) & (Chunk.number == Recipient.chunk))
        .where(
            Recipient.follower_id.in_(people),
            Recipient.reason.is_(None),
            Chunk.state.in_(LEFT),
            Chunk.accepted_at <= fact.occurred_at,
            Chunk.accepted_at >= fact.occurred_at - CREDITED_FOR,
        )
    )
    return [
        _Way(at, campaign_id, variant, follower_id, is_proven=False)
        for at, campaign_id, variant, follower_id in session.execute(sent)
        if at is not None and variant is not None
    ]


def _product(session: Session, people: Sequence[int]) -> str | None:
    """The product of the lead that moved last: the fact itself moves it (bot/leads/recording.py)."""
    newest = select(Lead.product).where(Lead.follower_id.in_(people)).order_by(Lead.changed_at.desc(), Lead.id.desc())
    return session.scalars(newest.limit(1)).first()
