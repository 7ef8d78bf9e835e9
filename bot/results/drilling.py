"""The followers behind a figure: those of the very rows the figure counts, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, null, select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.results.counters import ALL_FACTS, Facts
from bot.results.metrics import By
from bot.results.model import CampaignChat


@dataclass(frozen=True)
class Narrowed:
    """Which campaigns, and of them one value of one dimension, or everything."""

    ids: tuple[int, ...]
    by: By = By.ALL
    key: str = ""


@dataclass(frozen=True)
class Behind:
    """One follower behind a figure, when it last happened, and the newest chat it happened in, if it did in one."""

    follower: Follower
    at: datetime
    conversation_id: int | None


def behind(session: Session, counter: str, wanted: Narrowed, after: int, limit: int) -> Sequence[Behind]:
    """Followers counted by this counter, by their ids after `after`; one more than the limit when there are more."""
    facts = next(one for one in ALL_FACTS if counter in one.once)
    if wanted.by not in facts.by:
        return []
    root, at = facts.root, _moment(facts)
    chat = func.max(root.conversation_id) if root is CampaignChat else null()
    mine = select(root.follower_id, func.max(at).label("at"), chat.label("chat")).select_from(root)
    for other, condition in facts.joins:
        mine = mine.join(other, condition)
    mine = mine.where(root.campaign_id.in_(wanted.ids), facts.always, facts.once[counter][0])
    if wanted.by is not By.ALL:
        mine = mine.where(cast(facts.by[wanted.by], String) == wanted.key)
    rows = mine.where(root.follower_id > after).group_by(root.follower_id).order_by(root.follower_id).limit(limit + 1)
    page = rows.subquery()
    found = select(Follower, page.c.at, page.c.chat).join(page, page.c.follower_id == Follower.id)
    return [Behind(row[0], row[1], row[2]) for row in session.execute(found.order_by(Follower.id))]


def _moment(facts: Facts) -> object:
    return facts.root.last_at if hasattr(facts.root, "last_at") else facts.root.at
