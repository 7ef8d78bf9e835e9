"""Followers, articles and campaigns that tests of mass sends start from."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.campaigns.acting import found
from bot.campaigns.model import Goal, MessageClass, Metric, Repeats, Route
from bot.campaigns.neighbours import Neighbours
from bot.campaigns.rules import ContactPolicy
from bot.campaigns.service import Campaigns, Wanted
from bot.clock import Clock
from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.errors import NotFound
from tests.factories import MORNING
from tests.fake_segments import EVERYBODY, FakeSegments

POLICY = ContactPolicy(
    opens=510,
    closes=1230,
    morning=540,
    week_days=7,
    month_days=30,
    in_month=3,
    global_holdout_bp=0,
    min_sample=2,
    most_waiting=30,
    calls_a_minute=50,
)
LONG_AGO = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FakeArticle:
    """An article's version as a campaign sees it."""

    version_id: int
    title: str = "贷款贴息政策"
    content_hash: str = "a"
    is_marketing: bool = True
    flaws: tuple[Any, ...] = ()


@dataclass
class FakeArticles:
    """Versions by id."""

    versions: dict[int, FakeArticle] = field(
        default_factory=lambda: {one: FakeArticle(one, f"文章{one}", f"hash{one}") for one in (1, 2)}
    )

    def frozen(self, _session: object, version_id: int) -> FakeArticle:
        if version_id not in self.versions:
            raise NotFound(version_id=version_id)
        return self.versions[version_id]


def add_followers(database: Database, count: int, *, agreed: bool = True, first: int = 1, **columns: Any) -> list[int]:
    """Followers with the ids from `first` on, who agreed to marketing unless told otherwise."""
    ids = list(range(first, first + count))
    plain = {"label": "客户", "is_following": True, "first_seen_at": LONG_AGO, "last_seen_at": LONG_AGO}
    with database.transaction() as session:
        rows = [{"id": one, "openid": f"o{one:07d}", "identity_level": 1, **plain, **columns} for one in ids]
        session.execute(insert(Follower.__table__), rows)  # type: ignore[arg-type]
        if agreed:
            words = [
                {
                    "follower_id": one,
                    "purpose": Purpose.MARKETING.value,
                    "granted": True,
                    "text_version": "v1",
                    "at": LONG_AGO,
                    "channel": "chat",
                    "proof": f"p{one}",
                    "recorded_at": LONG_AGO,
                }
                for one in ids
            ]
            session.execute(insert(Consent.__table__), words)  # type: ignore[arg-type]
    return ids


WANTED = Wanted(
    name="惠企贴息",
    goal=Goal.ACTIVATE,
    metric=Metric.APPLICATIONS,
    message_class=MessageClass.MARKETING,
    included=(EVERYBODY,),
    excluded=(),
    variants=((1, 100),),
    holdout_bp=0,
    route=Route.LIST,
    speed=0,
    not_before=MORNING,
    not_after=MORNING + timedelta(hours=2),
    repeats=Repeats.ONCE,
)


def wanted(**changes: Any) -> Wanted:
    """A campaign as somebody writes it."""
    return replace(WANTED, **changes)


@dataclass
class World:
    """Campaigns over fakes of what stands beside them."""

    database: Database
    clock: Clock
    policy: ContactPolicy = POLICY
    segments: FakeSegments = field(default_factory=FakeSegments)
    articles: FakeArticles = field(default_factory=FakeArticles)

    @property
    def neighbours(self) -> Neighbours:
        asked = self.segments
        return Neighbours(self.articles.frozen, asked.who, asked.because, asked.fingerprint)

    @property
    def campaigns(self) -> Campaigns:
        return Campaigns(self.database, self.clock, self.policy, self.neighbours)

    def approved(self, change: Callable[[Wanted], Wanted] | None = None, **changes: Any) -> int:
        """A campaign of ann's that ben approved; its id."""
        written = wanted(**changes)
        campaign_id = self.campaigns.create(change(written) if change else written, "ann")
        self.campaigns.submit(campaign_id, "ann")
        self.approve(campaign_id)
        return campaign_id

    def approve(self, campaign_id: int, username: str = "ben") -> None:
        self.campaigns.approve(campaign_id, username, self.hash_of(campaign_id))

    def hash_of(self, campaign_id: int) -> str:
        with self.database.reading() as session:
            return self.campaigns.content_hash(session, found(session, campaign_id, lock=False))

    def scheduled(self, **changes: Any) -> int:
        """An approved one that waits for its time."""
        campaign_id = self.approved(**changes)
        self.campaigns.schedule(campaign_id, "ann")
        return campaign_id
