"""Followers in a database of PostgreSQL's own making, with what a campaign's plan asks of them, and one campaign."""

from datetime import datetime, timedelta

from sqlalchemy import text

from bot.campaigns.ledger import month_of
from bot.campaigns.model import (
    Campaign,
    CampaignState,
    CampaignVariant,
    Goal,
    MessageClass,
    Metric,
    Repeats,
    Route,
)
from bot.db import Base, Database

# One of a hundred left, three said no, four never agreed; twelve have had their four, twenty a touch this week.
_STATEMENTS = (
    """INSERT INTO followers (id, openid, label, is_following, unfollowed_at, first_seen_at, last_seen_at,
         identity_level, opted_out_at, branch)
       SELECT n, 'o' || lpad(n::text, 27, '0'), '客户', n % 100 <> 7,
         CASE WHEN n % 100 = 7 THEN CAST(:now AS timestamptz) END, :now, :now, 1,
         CASE WHEN n % 100 IN (11, 12, 13) THEN CAST(:now AS timestamptz) END, '第' || n % 60 || '支行'
       FROM generate_series(1, :count) AS n""",
    """INSERT INTO consents (follower_id, purpose, granted, text_version, at, channel, proof, recorded_at)
       SELECT n, 'marketing', n % 100 NOT IN (11, 12, 13), 'v1', :now, 'chat', 'p' || n, :now
       FROM generate_series(1, :count) AS n WHERE n % 100 NOT IN (21, 22, 23, 24)""",
    """INSERT INTO mass_ledger (follower_id, month, place, campaign_id, at)
       SELECT n, :month, place, 1, :now FROM generate_series(1, :count) AS n, generate_series(1, 4) AS place
       WHERE n % 100 BETWEEN 30 AND 41 OR (n % 100 BETWEEN 42 AND 69 AND place = 1)""",
    """INSERT INTO contact_slots (follower_id, slot, campaign_id, at)
       SELECT n, 1, 1, CAST(:now AS timestamptz) - CASE WHEN n % 100 < 70 THEN interval '3 days'
         ELSE interval '12 days' END
       FROM generate_series(1, :count) AS n WHERE n % 100 BETWEEN 50 AND 79""",
    """INSERT INTO conversations (follower_id, owner, version, opened_at, priority, session, card, offer_id,
         declined_by, skill, last_word_at, weight, rank, unanswered)
       SELECT n, 'active', 1, :now, 0, '', '', 0, '[]', CASE WHEN n % 3000 = 0 THEN 'fraud' ELSE 'loan' END, :now,
         1, 0, 0
       FROM generate_series(1, :count) AS n WHERE n % 1000 = 0""",
)


def fill(database: Database, followers: int, now: datetime) -> None:
    """Make the tables and write everybody down."""
    Base.metadata.create_all(database.engine)
    values = {"count": followers, "now": now, "month": month_of(now)}
    with database.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = '600s'"))
        for statement in _STATEMENTS:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            session.execute(text(statement), named)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = '600s'"))
        connection.execute(text("VACUUM ANALYZE"))


def add_campaign(database: Database, now: datetime, *, holdout_bp: int = 1000) -> int:
    """A campaign to everybody that is about to be planned; its id."""
    with database.transaction() as session:
        campaign = Campaign(
            name="压测",
            goal=Goal.ACTIVATE,
            metric=Metric.READS,
            message_class=MessageClass.MARKETING,
            included=[1],
            excluded=[],
            holdout_bp=holdout_bp,
            route=Route.LIST,
            speed=0,
            not_before=now,
            not_after=now + timedelta(hours=2),
            starts_at=now,
            ends_at=now + timedelta(hours=2),
            repeats=Repeats.ONCE,
            state=CampaignState.PLANNING,
            revision=1,
            author="ann",
            created_at=now,
            editor="ann",
            edited_at=now,
            reviewer="ben",
            approved_hash="0" * 64,
        )
        session.add(campaign)
        session.flush()
        session.add(CampaignVariant(campaign_id=campaign.id, number=1, article_version_id=1, share=100))
        return campaign.id
