"""Segments and lists on PostgreSQL: the compiler against plain Python, and two workers at one list."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.audience.catalogue import install_fields
from bot.audience.model import ListState
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Base, Database
from bot.results.history import PAST
from config.files import read_files
from tests.factories import MORNING
from tests.unit.audience.lists_at_hand import BY, TODAY, Bench, csv_of
from tests.unit.audience.test_selecting import _people, _rules, fill, held, holds


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    """An empty PostgreSQL with every table."""
    files = read_files()
    install_fields(files.traits, files.tags, files.content.intent_labels, PAST)
    database = Database(postgres_url)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@given(people=st.lists(_people, min_size=1, max_size=6), rules=st.lists(_rules, min_size=8, max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rule_means_the_same_in_sql_and_in_python(
    postgres: Database, people: list[dict[str, Any]], rules: list[dict[str, Any]]
) -> None:
    with postgres.transaction() as session:
        tables = "followers, traits, audience_lists, audience_list_rows, customer_tags, consents"
        session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    fill(postgres, people)

    for rule in rules:
        assert held(postgres, rule) == {str(number) for number, one in enumerate(people) if holds(rule, one)}, rule


def test_two_workers_judge_each_row_once(postgres: Database) -> None:
    with postgres.transaction() as session:
        for number in range(60):
            facts = {"label": str(number), "first_seen_at": MORNING, "last_seen_at": MORNING}
            session.add(Follower(openid=f"o-{number}", phone=f"138000000{number:02d}", **facts))
    bench = Bench(postgres, FixedClock(MORNING), slice_rows=7)
    list_id = bench.upload(csv_of([["手机", "积分"], *([f"138000000{number:02d}", number] for number in range(60))]))
    bench.work.run()
    bench.lists.choose_columns(list_id, None, ["phone", "points"], TODAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: bench.work.run(), range(8)))

    row = bench.get(list_id)
    assert (row.state, row.counts) == (ListState.CHECKED, {"matched": 60})
    assert len(bench.verdicts(list_id)) == 60
    bench.lists.commit(list_id, None, BY)
    assert held(postgres, {"field": "list", "op": "any_of", "value": [list_id]}) == set(map(str, range(60)))
