"""What followers did after a campaign, those it was sent to and those held out alike: gathered by a tick into a few
rows (model.py: Effect, GroupSize), so that figures of a million followers are read in a moment.

An effect is kept once, by its first time; gathering twice adds nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.campaigns.chunks import LEFT, Chunk, Reason, Recipient
from bot.campaigns.model import Campaign, CampaignState
from bot.campaigns.rules import ENDED
from bot.clock import Clock
from bot.customers.model import BankFact, Consent, Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.handoff.model import Conversation
from bot.reports.spans import seconds_from
from bot.results.crediting import is_counted, kind_of
from bot.results.days import bank_day
from bot.results.model import Arm, CreditKind, Effect, EffectKind, Gathering, GroupSize
from bot.results.rules import CREDITED_FOR, LOSS_WITHIN, WATCHED_FOR, WEEK, next_look

HELD_OUT = (Reason.HOLDOUT, Reason.HOLDOUT_GLOBAL)
BEGUN = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.FINISHED, CampaignState.CANCELLED)
OF_BANK = {
    CreditKind.APPLICATION: EffectKind.APPLICATION,
    CreditKind.DRAWDOWN: EffectKind.DRAWDOWN,
    CreditKind.WOKEN: EffectKind.WOKEN,
}


@dataclass(frozen=True)
class Gather:
    """Gathers the campaigns that are due."""

    database: Database
    clock: Clock

    def run(self) -> int:
        """Gather every due campaign, each in its own transaction; how many were."""
        now = self.clock.now()
        with self.database.reading() as session:
            due = session.scalars(_due(now)).all()
        for campaign_id in due:
            with self.database.transaction() as session:
                gather(session, campaign_id, now)
        return len(due)


def gather(session: Session, campaign_id: int, now: datetime) -> None:
    """Bring one campaign's groups and effects up to date, in the caller's transaction."""
    # One at a time: a second worker waits here, and then finds nothing new.
    campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
    if campaign.started_at is None:
        return
    exposed = _exposed(campaign)
    _count_groups(session, campaign_id, exposed)
    since, until = campaign.started_at, _last_send(session, campaign) + WATCHED_FOR
    for facts, within in _facts(since, until):
        _take(session, campaign_id, exposed, facts, within)
    row = session.get(Gathering, campaign_id) or Gathering(campaign_id=campaign_id)
    row.gathered_at = now
    row.next_at = next_look(now, campaign.started_at, _last_send(session, campaign), is_over=campaign.state in ENDED)
    session.add(row)


def _due(now: datetime) -> Select[int]:
    is_due = or_(Gathering.campaign_id.is_(None), Gathering.next_at <= now)
    return (
        select(Campaign.id)
        .outerjoin(Gathering, Gathering.campaign_id == Campaign.id)
        .where(Campaign.state.in_(BEGUN), Campaign.started_at.is_not(None), is_due)
        .order_by(Campaign.id)
    )


def _last_send(session: Session, campaign: Campaign) -> datetime:
    last = session.scalar(select(func.max(Chunk.accepted_at)).where(Chunk.campaign_id == campaign.id))
    return last or campaign.started_at or campaign.starts_at


def _exposed(campaign: Campaign) -> FromClause:
    """Followers of both groups, and since when: the send of his chunk, or for who was held out the campaign's start."""
    is_held = Recipient.reason.in_(HELD_OUT)
    at = case((is_held, literal(campaign.started_at, Recipient.at.type)), else_=Chunk.accepted_at)
    return (
        select(
            Recipient.follower_id,
            case((is_held, Arm.HELD.value), else_=Arm.SENT.value).label("in_group"),
            case((is_held, 0), else_=Recipient.variant).label("variant"),
            at.label("since"),
        )
        .outerjoin(
            Chunk,
            and_(Chunk.campaign_id == Recipient.campaign_id, Chunk.number == Recipient.chunk, Chunk.state.in_(LEFT)),
        )
        .where(
            Recipient.campaign_id == campaign.id,
            or_(is_held, and_(Recipient.reason.is_(None), Chunk.accepted_at.is_not(None))),
        )
        .subquery("exposed")
    )


def _count_groups(session: Session, campaign_id: int, exposed: FromClause) -> None:
    branch = func.coalesce(Follower.branch, "").label("branch")
    found = (
        select(literal(campaign_id), exposed.c.in_group, exposed.c.variant, branch, func.count())
        .join(Follower, Follower.id == exposed.c.follower_id)
        .group_by(exposed.c.in_group, exposed.c.variant, branch)
    )
    session.execute(delete(GroupSize).where(GroupSize.campaign_id == campaign_id))
    table = GroupSize.__table__
    into = ("campaign_id", "in_group", "variant", "branch", "followers")
    session.execute(_dialect(session).insert(table).from_select(into, found))


def _facts(since: datetime, until: datetime) -> Iterator[tuple[Select[Any] | CompoundSelect[Any], timedelta]]:
    """What may have followed, as (follower_id, at, kind), and within which time of the send it counts."""
    chat = Conversation
    yield (
        _told(chat.follower_id, chat.opened_at, literal(EffectKind.CHAT.value)).where(
            chat.opened_at.between(since, until), chat.last_customer_at.is_not(None)
        ),
        CREDITED_FOR,
    )
    kinds = case(*((kind_of() == fact.value, effect.value) for fact, effect in OF_BANK.items()))
    counted = is_counted() & kinds.is_not(None) & BankFact.occurred_at.between(since, until)
    # A fact is its firm's: whoever acts for it did it. Two joins, because an OR would be one over all pairs.
    his = _told(Follower.id, BankFact.occurred_at, kinds).join(BankFact, BankFact.follower_id == Follower.id)
    firms = _told(Follower.id, BankFact.occurred_at, kinds).join(BankFact, BankFact.firm_id == Follower.firm_id)
    yield union(his.where(counted), firms.where(counted)), CREDITED_FOR
    left = Follower.unfollowed_at
    yield _told(Follower.id, left, literal(EffectKind.UNFOLLOW.value)).where(left.between(since, until)), LOSS_WITHIN
    said_no = (Consent.purpose == Purpose.MARKETING) & ~Consent.granted & Consent.at.between(since, until)
    yield _told(Consent.follower_id, Consent.at, literal(EffectKind.OPT_OUT.value)).where(said_no), LOSS_WITHIN


def _told(follower_id: Any, at: Any, kind: ColumnElement[Any]) -> Select[Any]:
    return select(follower_id.label("follower_id"), at.label("at"), kind.label("kind"))


def _take(
    session: Session,
    campaign_id: int,
    exposed: FromClause,
    facts: Select[Any] | CompoundSelect[Any],
    within: timedelta,
) -> None:
    """Write the first of these facts for each follower of either group, if there is none yet."""
    fact = facts.subquery("fact")
    first = func.min(fact.c.at)
    of_him = (fact.c.kind, fact.c.follower_id, exposed.c.in_group, exposed.c.variant, Follower.branch)
    found = (
        select(
            literal(campaign_id),
            *of_him,
            first,
            bank_day(first),
            cast(seconds_from(exposed.c.since, first) / WEEK.total_seconds(), Integer),
        )
        .select_from(fact)
        .join(exposed, exposed.c.follower_id == fact.c.follower_id)
        .join(Follower, Follower.id == fact.c.follower_id)
        .where(
            fact.c.at >= exposed.c.since,
            seconds_from(exposed.c.since, fact.c.at) <= within.total_seconds(),
        )
        .group_by(*of_him, exposed.c.since)
    )
    into = ("campaign_id", "kind", "follower_id", "in_group", "variant", "branch", "at", "day", "week")
    session.execute(_dialect(session).insert(Effect.__table__).from_select(into, found).on_conflict_do_nothing())


def _dialect(session: Session) -> Any:
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
