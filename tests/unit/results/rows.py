"""Campaigns that went out, and what came of them, as rows tests start from."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.articles.model import Article, ArticleKind, ArticleState, ArticleVersion
from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient, RecipientCount
from bot.campaigns.model import Campaign, CampaignState, CampaignVariant, Goal, MessageClass, Metric, Repeats, Route
from bot.customers.model import BankFact, Follower
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from tests.factories import MORNING

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def add_people(database: Database, *ids: int, firm: str | None = None, **columns: Any) -> None:
    """Followers with these ids; of one firm, if one is named."""
    with database.transaction() as session:
        for one in ids:
            plain: dict[str, Any] = {"label": f"客户{one:04d}", "first_seen_at": MORNING, "last_seen_at": MORNING}
            session.add(Follower(id=one, openid=f"o{one:04d}", firm_id=firm, **{**plain, **columns}))


def add_article(session: Session, title: str, source_url: str = "") -> int:
    """A sealed version; its id."""
    article = Article(created_by="ann", created_at=MORNING, changed_at=MORNING)
    session.add(article)
    session.flush()
    version = ArticleVersion(
        article_id=article.id,
        number=1,
        state=ArticleState.SEALED,
        kind=ArticleKind.MARKETING,
        title=title,
        author="",
        digest="",
        body="<p>x</p>",
        crop_235_1="",
        crop_1_1="",
        source_url=source_url,
        goal="",
        revision=1,
        rendered="<p>x</p>",
        content_hash=title,
        checked_under="",
        checked_at=MORNING,
        writer="ann",
        written_at=MORNING,
        sealed_by="ann",
        sealed_at=MORNING,
    )
    session.add(version)
    session.flush()
    return version.id


def add_campaign(
    database: Database,
    sent: dict[int, list[int]],
    *,
    held: list[int] | None = None,
    left_out: dict[Reason, list[int]] | None = None,
    at: datetime = MORNING,
    titles: tuple[str, ...] = ("惠企贴息", "惠企贴息二"),
    state: CampaignState = CampaignState.FINISHED,
    receipts: dict[int, tuple[int, int, int, int]] | None = None,
    source_url: str = "",
    **columns: Any,
) -> int:
    """A campaign that began at `at` and was accepted at once: `sent` are followers by variant, one chunk each, whose
    data id is D{campaign}{variant}; `receipts` are (total, let through, sent, failed) by variant. Its id.
    """
    reasons = {Reason.HOLDOUT: held or [], **(left_out or {})}
    with database.transaction() as session:
        versions = [add_article(session, title, source_url) for title in titles[: len(sent)]]
        campaign = Campaign(**{**_plain(at, state), **columns})
        session.add(campaign)
        session.flush()
        for number, people in sent.items():
            mine = campaign.id
            session.add(
                CampaignVariant(
                    campaign_id=mine, number=number, article_version_id=versions[number - 1], share=100 // len(sent)
                )
            )
            session.add(_chunk(mine, number, people, at, (receipts or {}).get(number)))
            session.add(RecipientCount(campaign_id=mine, reason="", variant=number, followers=len(people)))
            for one in people:
                session.add(Recipient(campaign_id=mine, follower_id=one, variant=number, chunk=number, at=at))
        for reason, people in reasons.items():
            if people:
                counted = {"reason": reason.value, "variant": 0, "followers": len(people)}
                session.add(RecipientCount(campaign_id=campaign.id, **counted))
            for one in people:
                session.add(Recipient(campaign_id=campaign.id, follower_id=one, reason=reason, at=at))
        return campaign.id


def add_fact(database: Database, event_id: str, kind: str, at: datetime, **columns: Any) -> None:
    """A fact of the bank."""
    with database.transaction() as session:
        session.add(BankFact(event_id=event_id, type=kind, occurred_at=at, received_at=at, **columns))


def add_chat(database: Database, follower_id: int, at: datetime, *, spoke: bool = True, **columns: Any) -> int:
    """A closed conversation; its id."""
    with database.transaction() as session:
        chat = Conversation(
            follower_id=follower_id,
            owner=columns.pop("owner", Owner.CLOSED),
            opened_at=at,
            last_customer_at=at if spoke else None,
            card={},
            session={},
            **columns,
        )
        session.add(chat)
        session.flush()
        return chat.id


def _plain(at: datetime, state: CampaignState) -> dict[str, Any]:
    return {
        "name": "惠企贴息",
        "goal": Goal.ACTIVATE,
        "metric": Metric.DRAWDOWNS,
        "message_class": MessageClass.MARKETING,
        "included": [1],
        "excluded": [],
        "holdout_bp": 1000,
        "route": Route.LIST,
        "speed": 0,
        "not_before": at,
        "not_after": at + 2 * HOUR,
        "starts_at": at,
        "ends_at": at + 2 * HOUR,
        "repeats": Repeats.ONCE,
        "state": state,
        "revision": 1,
        "author": "ann",
        "created_at": at,
        "editor": "ann",
        "edited_at": at,
        "reviewer": "ben",
        "reviewed_at": at,
        "approved_hash": "h",
        "planned_at": at,
        "started_at": at,
        "wait_facts": {},
        "marks": [],
    }


def _chunk(
    campaign_id: int, number: int, people: list[int], at: datetime, receipt: tuple[int, int, int, int] | None
) -> Chunk:
    total, let_through, sent, failed = receipt or (None, None, None, None)
    return Chunk(
        campaign_id=campaign_id,
        number=number,
        variant=number,
        size=len(people),
        first_id=min(people),
        last_id=max(people),
        state=ChunkState.FINISHED if receipt else ChunkState.ACCEPTED,
        client_id=f"c{campaign_id}v1k{number}",
        sending_at=at,
        called_at=at,
        accepted_at=at,
        data_id=f"D{campaign_id}{number}",
        total=total,
        filtered=let_through,
        sent=sent,
        errors=failed,
    )
