"""The planner of the four messages a month: how many of them followers have left, now and after a campaign, and what is
in the calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.campaigns.approving import variants_of
from bot.campaigns.judging import judged, prepare, terms_of
from bot.campaigns.ledger import MESSAGES_A_MONTH, MassMessage, OutsideSend, month_of
from bot.campaigns.model import Campaign, CampaignState
from bot.campaigns.neighbours import Who
from bot.campaigns.rules import ContactPolicy
from bot.clock import local_day
from bot.customers.model import Follower


@dataclass(frozen=True)
class Month:
    """How many followers have 0, 1 … 4 of a month's messages left: `now`, and `after` the campaign asked about.
    `none_percent` is how many of a hundred would have none.
    """

    month: int
    now: tuple[int, ...]
    after: tuple[int, ...]
    none_percent: int


def month_left(session: Session, campaign: Campaign | None, now: datetime, policy: ContactPolicy, who: Who) -> Month:
    """The month a campaign starts in, or the present one; whoever follows counts."""
    prepare(session)
    begins = campaign.starts_at if campaign is not None and campaign.planned_at is None else now
    month = month_of(begins)
    used = (
        select(MassMessage.follower_id, func.count().label("used"))
        .where(MassMessage.month == month)
        .group_by(MassMessage.follower_id)
        .subquery()
    )
    spent = func.coalesce(used.c.used, 0)
    people = select(spent.label("used"), func.count()).select_from(Follower)
    people = people.outerjoin(used, used.c.follower_id == Follower.id)
    people = people.where(Follower.is_following, Follower.erased_at.is_(None))
    present = _by_left(session.execute(people.group_by(spent)).all())
    after = list(present)
    if campaign is not None and campaign.planned_at is None and campaign.included:
        terms = terms_of(campaign, variants_of(session, campaign.id))
        plan = judged(session, terms, begins, policy, who).subquery()
        sent = select(spent.label("used"), func.count()).select_from(plan)
        sent = sent.outerjoin(used, used.c.follower_id == plan.c.follower_id).where(plan.c.reason.is_(None))
        for left, count in enumerate(_by_left(session.execute(sent.group_by(spent)).all())):
            if left:
                after[left] -= count
                after[left - 1] += count
    everybody = sum(after)
    return Month(month, tuple(present), tuple(after), round(100 * after[0] / everybody) if everybody else 0)


def calendar(session: Session, since: datetime, until: datetime) -> tuple[Sequence[Campaign], Sequence[OutsideSend]]:
    """Campaigns that start within, cancelled ones not, and sends made outside, in order."""
    campaigns = (
        select(Campaign)
        .where(Campaign.starts_at >= since, Campaign.starts_at < until, Campaign.state != CampaignState.CANCELLED)
        .order_by(Campaign.starts_at, Campaign.id)
    )
    outside = (
        select(OutsideSend)
        .where(OutsideSend.sent_on >= local_day(since), OutsideSend.sent_on < local_day(until))
        .order_by(OutsideSend.sent_on, OutsideSend.id)
    )
    return session.scalars(campaigns).all(), session.scalars(outside).all()


def _by_left(rows: Sequence[Any]) -> list[int]:
    found = [0] * (MESSAGES_A_MONTH + 1)
    for used, count in rows:
        found[max(MESSAGES_A_MONTH - used, 0)] += count
    return found
