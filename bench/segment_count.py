"""How long the live count of the rule builder takes over 110,000 followers, on SQLite and on PostgreSQL."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.audience_seed import FOLLOWERS, fill
from bench.own_servers import own_postgres
from bot.audience.catalogue import get_fields
from bot.audience.rules import read_rule
from bot.audience.selecting import how_many, matching, sample
from bot.clock import SystemClock
from bot.db import Database
from bot.fields import install_keys
from config.settings import Settings

RUNS = 7


def rules() -> dict[str, dict[str, Any]]:
    """What marketers ask: one trait, a shipped segment, many things at once with exclusions, everybody but."""
    intent = next(iter(get_fields()["asked"].choices))
    return {
        "one trait": {"field": "upgrade_gap_pct", "op": "at_most", "value": 10},
        "profile": {"field": "branch", "op": "any_of", "value": ["第1支行", "第2支行"]},
        "nine conditions": {
            "op": "all",
            "of": [
                {"field": "industry", "op": "any_of", "value": ["餐饮", "零售", "物流", "汽配"]},
                {"field": "first_seen", "op": "over_days", "value": 30},
                {"field": "level", "op": "any_of", "value": ["银卡", "金卡", "白金"]},
                {"field": "points", "op": "at_least", "value": 500},
                {
                    "op": "any",
                    "of": [
                        {"field": "last_used_on", "op": "over_days", "value": 180},
                        {"field": "account_opened_on", "op": "within_days", "value": 90},
                        {"field": "asked", "op": "any_of", "value": [intent], "days": 30},
                    ],
                },
                {
                    "op": "not",
                    "of": [
                        {"field": "tag", "op": "any_of", "value": ["expanding"]},
                        {"field": "last_used_on", "op": "within_days", "value": 7},
                    ],
                },
            ],
        },
        "all but a level": {"op": "not", "of": [{"field": "level", "op": "any_of", "value": ["普通"]}]},
    }


def run() -> Iterator[tuple[str, float, str, str]]:
    """Milliseconds of the slowest of some counts with its sample, by database and rule."""
    install_keys(Settings.from_env({"APP_ENV": "test"}).field_keys)
    with tempfile.TemporaryDirectory(prefix="xq-segments-") as home:
        yield from _measure("SQLite", f"sqlite:///{Path(home) / 'bench.db'}")
    with own_postgres("segments") as url:
        yield from _measure("PostgreSQL", url)


def _measure(kind: str, url: str) -> Iterator[tuple[str, float, str, str]]:
    database = Database(url)
    now = SystemClock().now()
    fill(database, now)
    for name, rule in rules().items():
        node, flaws = read_rule(rule, get_fields())
        assert node is not None, flaws
        taken = []
        for _ in range(RUNS):
            start = time.perf_counter()
            with database.reading() as session:
                size, _reachable = how_many(session, matching(session, node, now))
                assert 0 < size < FOLLOWERS
            taken.append(time.perf_counter() - start)
        yield f"live count of 110,000, {kind}, {name}", max(taken) * 1000, "ms", "< 1000"
        start = time.perf_counter()
        with database.reading() as session:
            assert len(sample(session, matching(session, node, now))) == 20
        yield f"sample of 20 of 110,000, {kind}, {name}", (time.perf_counter() - start) * 1000, "ms", "< 1000"
    database.close()
