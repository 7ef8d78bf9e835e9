"""How long a campaign's plan takes on PostgreSQL, with all reasons, chunks and bookings, beside the bare
INSERT … SELECT of the very rows it wrote; and how long its progress takes to be read.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import psutil
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.campaign_seed import add_campaign, fill
from bench.own_servers import own_postgres
from bot.campaigns.acting import found
from bot.campaigns.approving import variants_of
from bot.campaigns.judging import terms_of
from bot.campaigns.ledger import ContactSlot, MassMessage
from bot.campaigns.planning import write_plan
from bot.campaigns.queries import progress
from bot.clock import SystemClock
from bot.customers.model import Follower
from bot.db import Database
from bot.fields import install_keys
from config.contact_policy import load_contact_policy
from config.settings import Settings

MIB = 1024 * 1024
TABLES = ("campaign_recipients", MassMessage.__tablename__, ContactSlot.__tablename__)
_DELETE = "DELETE FROM {} WHERE campaign_id = :id"
RUNS = 3
READS = 50


def run() -> Iterator[tuple[str, float, str, str]]:
    """Seconds, their ratio to raw SQL, MiB of growth and milliseconds of a progress reading, at two sizes."""
    install_keys(Settings.from_env({"APP_ENV": "test"}).field_keys)
    for followers, bound in ((110_000, "< 2"), (1_000_000, "< 25")):
        with own_postgres("plan") as url:
            database = Database(url)
            now = SystemClock().now()
            fill(database, followers, now)
            name = f"plan of {followers:,} followers"
            plans, raws, growth, campaign_id = [], [], 0.0, 0
            for _ in range(RUNS):
                campaign_id = add_campaign(database, now)
                before = psutil.Process().memory_info().rss
                plans.append(_plan(database, campaign_id, now))
                growth = max(growth, (psutil.Process().memory_info().rss - before) / MIB)
                raws.append(_raw(database, campaign_id))
                _undo(database, campaign_id, keep=len(plans) == RUNS)
            yield name, min(plans), "s", bound
            yield f"{name}: raw SQL of the same rows", min(raws), "s", ""
            yield f"{name}: times raw SQL", min(plans) / min(raws), "", "< 3"
            yield f"{name}: memory it takes", growth, "MiB", "< 100"
            yield f"{name}: progress read", _progress_ms(database, campaign_id), "ms", "< 10"
            database.close()


def _plan(database: Database, campaign_id: int, now: datetime) -> float:
    policy = load_contact_policy()
    began = time.perf_counter()
    with database.transaction() as session:
        terms = terms_of(found(session, campaign_id), variants_of(session, campaign_id))
        write_plan(session, terms, now, policy, lambda *_: Follower.id > 0)
    return time.perf_counter() - began


def _raw(database: Database, campaign_id: int) -> float:
    """The rows of the plan once more, into tables of the same make."""
    with database.transaction() as session:
        _allow(session)
        for table in TABLES:
            session.execute(text(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)"))
    began = time.perf_counter()
    with database.transaction() as session:
        _allow(session)
        for table in TABLES:
            copied = f"INSERT INTO raw_{table} SELECT * FROM {table} WHERE campaign_id = :id"  # noqa: S608
            session.execute(text(copied), {"id": campaign_id})
    took = time.perf_counter() - began
    with database.transaction() as session:
        for table in TABLES:
            session.execute(text(f"DROP TABLE raw_{table}"))
    return took


def _undo(database: Database, campaign_id: int, *, keep: bool) -> None:
    if keep:
        return
    with database.transaction() as session:
        _allow(session)
        for table in (*TABLES, "campaign_chunks", "campaign_counts"):
            session.execute(text(_DELETE.format(table)), {"id": campaign_id})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = '600s'"))
        connection.execute(text("VACUUM ANALYZE"))


def _allow(session: Session) -> None:
    session.execute(text("SET LOCAL statement_timeout = '600s'"))


def _progress_ms(database: Database, campaign_id: int) -> float:
    """The slowest of many."""
    took = []
    for _ in range(READS):
        began = time.perf_counter()
        with database.reading() as session:
            progress(session, found(session, campaign_id, lock=False), SystemClock().now() + timedelta(seconds=1))
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[-2]
