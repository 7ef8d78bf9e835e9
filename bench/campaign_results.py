"""How long the figures of a campaign to 110,000 followers take on PostgreSQL: gathered by the timer, read by a page;
a month's overview of ten such campaigns; and live counts of segments that ask for what was sent.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bench.own_servers import own_postgres
from bot.audience.catalogue import get_fields, install_fields
from bot.audience.rules import read_rule
from bot.audience.selecting import how_many, matching
from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient, RecipientCount
from bot.campaigns.model import Campaign, CampaignState, CampaignVariant, Goal, MessageClass, Metric, Repeats, Route
from bot.clock import SystemClock, local_day
from bot.customers.model import BankFact, Follower
from bot.db import Base, Database
from bot.fields import install_keys
from bot.handoff.model import Conversation, Owner
from bot.reports.clocks import days_between
from bot.results import figures
from bot.results.crediting import Crediting
from bot.results.gathering import gather
from bot.results.history import PAST
from bot.results.metrics import By
from bot.results.model import ArticleDay, CampaignChat, Touch, TouchKind
from config.files import read_files
from config.settings import Settings

FOLLOWERS, HELD_EVERY, CAMPAIGNS = 110_000, 20, 10
CHATS, TOUCHES, FACTS, BRANCHES = 3_300, 5_500, 1_100, 200
RUNS = 5
PER_CHUNK = 10_000


def run() -> Iterator[tuple[str, float, str, str]]:
    """Milliseconds of the slowest of some runs."""
    install_keys(Settings.from_env({"APP_ENV": "test"}).field_keys)
    files = read_files()
    install_fields(files.traits, files.tags, files.content.intent_labels, PAST)
    now = SystemClock().now()
    with own_postgres("results") as url:
        database = Database(url)
        Base.metadata.create_all(database.engine)
        with database.transaction() as session:
            _add_followers(session, now)
            ids = [_add_campaign(session, now, number) for number in range(CAMPAIGNS)]
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        yield "crediting 11,000 facts of the bank", _once(lambda: Crediting(database, SystemClock()).run()), "ms", ""
        yield (
            "gathering a campaign of 110,000, first time",
            _once(lambda: _gather(database, ids[0], now)),
            "ms",
            "< 15000",
        )
        yield "gathering it again", _once(lambda: _gather(database, ids[0], now)), "ms", "< 15000"
        for one in ids[1:]:
            _gather(database, one, now)
        yield "figures of a campaign of 110,000", _slowest(lambda: _page(database, ids[0])), "ms", "< 1000"
        yield "overview of 10 campaigns, 1.1 million sends", _slowest(lambda: _overview(database, now)), "ms", "< 3000"
        for name, rule in _segments(ids).items():
            counted = _slowest(lambda rule=rule: _count(database, rule, now))
            yield f"live count by 1.1 million sends, {name}", counted, "ms", "< 1000"
        database.close()


def _page(database: Database, campaign_id: int) -> None:
    """What api/result_views.py asks for one campaign's page and its tables."""
    with database.reading() as session:
        sums = figures.total(session, [campaign_id])
        assert sums["submitted"] > FOLLOWERS * 0.9
        for how in (By.VARIANT, By.BRANCH, By.PRODUCT, By.DAY):
            figures.by(session, [campaign_id], how)
        figures.effects(session, campaign_id)
        figures.weeks(session, [campaign_id])
        figures.sizes_of(session, [campaign_id])
        figures.intents(session, [campaign_id])
        figures.reasons(session, [campaign_id])


def _overview(database: Database, now: datetime) -> None:
    today = local_day(now)
    with database.reading() as session:
        ids = [one.id for one in figures.started_in(session, today - timedelta(days=60), today)]
        assert len(ids) == CAMPAIGNS
        assert figures.total(session, ids)["reached"] <= FOLLOWERS
        figures.by(session, ids, By.CAMPAIGN)
        figures.weeks(session, ids)
        figures.intents(session, ids)


def _segments(ids: list[int]) -> dict[str, dict[str, Any]]:
    """What marketers ask of past sends."""
    sent = {"field": "pushed", "op": "any_of", "value": ids[:3]}
    not_here = {"field": "came_by", "op": "none_of", "value": ids[:3]}
    return {
        "sent one of three": sent,
        "sent, but did not come": {"op": "all", "of": [sent, not_here]},
        "nothing for 5 days": {"field": "last_pushed", "op": "over_days", "value": 5},
    }


def _count(database: Database, rule: dict[str, Any], now: datetime) -> None:
    node, flaws = read_rule(rule, get_fields())
    assert node is not None, flaws
    with database.reading() as session:
        size, _reachable = how_many(session, matching(session, node, now))
    assert 0 < size < FOLLOWERS


def _gather(database: Database, campaign_id: int, now: datetime) -> None:
    with database.transaction() as session:
        gather(session, campaign_id, now)


def _once(act: Any) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _slowest(act: Any) -> float:
    return max(_once(act) for _ in range(RUNS))


def _add_followers(session: Session, now: datetime) -> None:
    ago = now - timedelta(days=400)
    rows = [
        {
            "id": one,
            "openid": f"o{one:07d}",
            "label": "客户",
            "is_following": True,
            "first_seen_at": ago,
            "last_seen_at": ago,
            "identity_level": 3,
            "firm_id": f"F{one // 2}",
            "branch": f"第{one % BRANCHES}支行",
        }
        for one in range(1, FOLLOWERS + 1)
    ]
    session.execute(insert(Follower.__table__), rows)  # type: ignore[arg-type]


def _add_campaign(session: Session, now: datetime, number: int) -> int:
    at = now - timedelta(days=3 * number + 1)
    campaign = Campaign(
        name=f"活动{number}",
        goal=Goal.ACTIVATE,
        metric=Metric.DRAWDOWNS,
        message_class=MessageClass.MARKETING,
        included=[1],
        excluded=[],
        holdout_bp=500,
        route=Route.LIST,
        speed=0,
        not_before=at,
        not_after=at + timedelta(hours=2),
        starts_at=at,
        ends_at=at + timedelta(hours=2),
        repeats=Repeats.ONCE,
        state=CampaignState.FINISHED,
        revision=1,
        author="ann",
        created_at=at,
        editor="ann",
        edited_at=at,
        reviewer="ben",
        reviewed_at=at,
        approved_hash="h",
        planned_at=at,
        started_at=at,
        wait_facts={},
        marks=[],
    )
    session.add(campaign)
    session.flush()
    _add_sends(session, campaign.id, at)
    _add_response(session, campaign.id, at, number)
    return campaign.id


def _add_sends(session: Session, campaign_id: int, at: datetime) -> None:
    sent = [one for one in range(1, FOLLOWERS + 1) if one % HELD_EVERY]
    held = [one for one in range(1, FOLLOWERS + 1) if not one % HELD_EVERY]
    plain = {"campaign_id": campaign_id, "at": at}
    rows = [
        {**plain, "follower_id": one, "reason": None, "variant": 1, "chunk": place // PER_CHUNK + 1}
        for place, one in enumerate(sent)
    ]
    rows += [
        {**plain, "follower_id": one, "reason": Reason.HOLDOUT.value, "variant": None, "chunk": None} for one in held
    ]
    session.execute(insert(Recipient.__table__), rows)  # type: ignore[arg-type]
    session.add(CampaignVariant(campaign_id=campaign_id, number=1, article_version_id=1, share=100))
    session.add(RecipientCount(campaign_id=campaign_id, reason="", variant=1, followers=len(sent)))
    session.add(RecipientCount(campaign_id=campaign_id, reason="holdout", variant=0, followers=len(held)))
    for number in range(1, len(sent) // PER_CHUNK + 2):
        mine = sent[(number - 1) * PER_CHUNK : number * PER_CHUNK]
        session.add(
            Chunk(
                campaign_id=campaign_id,
                number=number,
                variant=1,
                size=len(mine),
                first_id=mine[0],
                last_id=mine[-1],
                state=ChunkState.FINISHED,
                client_id=f"c{campaign_id}v1k{number}",
                sending_at=at,
                called_at=at,
                accepted_at=at,
                data_id=f"D{campaign_id}{number}",
                total=len(mine),
                filtered=len(mine),
                sent=len(mine),
                errors=0,
            )
        )
    for day in days_between(local_day(at), local_day(at) + timedelta(days=2)):
        session.add(
            ArticleDay(
                article=f"D{campaign_id}1_1",
                day=day,
                campaign_id=campaign_id,
                variant=1,
                read_users=4000,
                share_users=40,
                taken_at=at,
            )
        )


def _add_response(session: Session, campaign_id: int, at: datetime, number: int) -> None:
    later = at + timedelta(hours=5)
    session.flush()
    chats = [
        Conversation(
            follower_id=number + 1 + 33 * place,
            owner=Owner.CLOSED,
            opened_at=later,
            last_customer_at=later,
            card={},
            session={},
        )
        for place in range(CHATS)
    ]
    session.add_all(chats)
    session.flush()
    marked = [
        {
            "conversation_id": chat.id,
            "campaign_id": campaign_id,
            "variant": 1,
            "follower_id": chat.follower_id,
            "is_proven": True,
            "branch": f"第{chat.follower_id % BRANCHES}支行",
            "at": later,
            "day": local_day(later),
        }
        for chat in chats
    ]
    session.execute(insert(CampaignChat.__table__), marked)  # type: ignore[arg-type]
    touches = [
        {
            "campaign_id": campaign_id,
            "variant": 1,
            "follower_id": 1 + 20 * place,
            "kind": TouchKind.CLICK.value,
            "branch": None,
            "first_at": later,
            "last_at": later,
            "day": local_day(later),
            "times": 1,
        }
        for place in range(TOUCHES - 1)
    ]
    session.execute(insert(Touch.__table__), touches)  # type: ignore[arg-type]
    facts = [
        {
            "event_id": f"e{number}-{place}",
            "type": "drawdown_paid",
            "firm_id": f"F{1 + 50 * place}",
            "follower_id": None,
            "amount_fen": 10_000_000,
            "occurred_at": later,
            "received_at": later,
        }
        for place in range(FACTS)
    ]
    session.execute(insert(BankFact.__table__), facts)  # type: ignore[arg-type]
