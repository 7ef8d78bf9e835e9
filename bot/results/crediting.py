"""Each fact of the bank is counted for one campaign at most: the last that is proven to have led somebody of the firm
here, else the last that was sent to somebody of it; each within thirty days before the fact.

Decided once, by a tick soon after the fact came in; running twice decides nothing anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

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
            known_of = _Known.of(session, [fact for fact, _ in new])
            session.add_all(_credit(known_of, fact, CreditKind(str(kind))) for fact, kind in new)
            return len(new)


@dataclass(frozen=True)
class _Known:
    """What is known of all whom a slice of facts is about, read at once. `people` by follower, the rest by them."""

    people: Mapping[int, Follower]
    by_firm: Mapping[str, list[int]]
    touches: Mapping[int, list[Touch]]
    sends: Mapping[int, list[_Way]]
    leads: Mapping[int, tuple[datetime, int, str]]

    @classmethod
    def of(cls, session: Session, facts: Sequence[BankFact]) -> "_Known":
        """Of everybody these facts may be about."""
        ids = {one.follower_id for one in facts if one.follower_id is not None}
        firms = {one.firm_id for one in facts if one.firm_id is not None}
        people: dict[int, Follower] = {}
        by_firm: dict[str, list[int]] = defaultdict(list)
        # Two looks, each along its index.
        for whose in (Follower.id.in_(ids), Follower.firm_id.in_(firms)):
            people |= {one.id: one for one in session.scalars(select(Follower).where(whose))}
        for one in people.values():
            if one.firm_id is not None:
                by_firm[one.firm_id].append(one.id)
        since = min((one.occurred_at for one in facts), default=datetime.max.replace(tzinfo=UTC)) - CREDITED_FOR
        return cls(
            people, by_firm, _touches(session, people, since), _sends(session, people, since), _leads(session, people)
        )

    def whom(self, fact: BankFact) -> list[int]:
        """Whom the fact is about: everybody who acts for the firm."""
        firms = self.by_firm.get(fact.firm_id, []) if fact.firm_id is not None else []
        return list({*firms, *([fact.follower_id] if fact.follower_id is not None else [])})


def _credit(known: _Known, fact: BankFact, kind: CreditKind) -> Credit:
    people = known.whom(fact)
    ways = [way for one in people for way in (*_proven(known, fact, one), *known.sends.get(one, ()))]
    counts = [way for way in ways if fact.occurred_at - CREDITED_FOR <= way.at <= fact.occurred_at]
    way = max(counts, key=lambda one: (one.is_proven, one.at, one.campaign_id), default=None)
    follower_id = way.follower_id if way else fact.follower_id
    follower = known.people.get(follower_id) if follower_id is not None else None
    lead = max((known.leads[one] for one in people if one in known.leads), default=None)
    nobody = f"follower:{fact.follower_id}" if fact.follower_id else f"event:{fact.event_id}"
    return Credit(
        event_id=fact.event_id,
        kind=kind,
        campaign_id=way.campaign_id if way else None,
        variant=way.variant if way else None,
        is_proven=way.is_proven if way else False,
        follower_id=follower_id,
        firm=fact.firm_id or nobody,
        amount_fen=fact.amount_fen or 0 if kind is CreditKind.DRAWDOWN else 0,
        product=lead[2] if lead else None,
        branch=follower.branch if follower else None,
        at=fact.occurred_at,
        day=local_day(fact.occurred_at),
    )


def _proven(known: _Known, fact: BankFact, follower_id: int) -> Iterator[_Way]:
    """A touch that was repeated after the fact counts by its first time."""
    for one in known.touches.get(follower_id, ()):
        at = one.last_at if one.last_at <= fact.occurred_at else one.first_at
        yield _Way(at, one.campaign_id, one.variant, one.follower_id, is_proven=True)


def _touches(session: Session, people: Collection[int], since: datetime) -> Mapping[int, list[Touch]]:
    found: dict[int, list[Touch]] = defaultdict(list)
    for one in session.scalars(select(Touch).where(Touch.follower_id.in_(people), Touch.last_at >= since)):
        found[one.follower_id].append(one)
    return found


def _sends(session: Session, people: Collection[int], since: datetime) -> Mapping[int, list[_Way]]:
    sent = (
        select(Chunk.accepted_at, Recipient.campaign_id, Recipient.variant, Recipient.follower_id)
        .join(Chunk, (Chunk.campaign_id == Recipient.campaign_id) & (Chunk.number == Recipient.chunk))
        .where(
            Recipient.follower_id.in_(people),
            Recipient.reason.is_(None),
            Chunk.state.in_(LEFT),
            Chunk.accepted_at >= since,
        )
    )
    found: dict[int, list[_Way]] = defaultdict(list)
    for at, campaign_id, variant, follower_id in session.execute(sent):
        if at is not None and variant is not None:
            found[follower_id].append(_Way(at, campaign_id, variant, follower_id, is_proven=False))
    return found


def _leads(session: Session, people: Collection[int]) -> Mapping[int, tuple[datetime, int, str]]:
    """The lead of each that moved last: the fact itself moves it (bot/leads/recording.py)."""
    mine = select(Lead).where(Lead.follower_id.in_(people)).order_by(Lead.changed_at, Lead.id)
    return {one.follower_id: (one.changed_at, one.id, one.product) for one in session.scalars(mine)}
