"""Alive, ready, figures: what an operator sees when something is away."""

import pytest
from sqlalchemy import text

from bot.clock import FixedClock
from bot.db import Database
from bot.health import figures, probe
from config.settings import Settings
from tests.factories import add_waiting
from tests.product import UnderTest, make, text_message


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    return make(settings, database, clock)


def test_with_everything_there_it_is_ready(product: UnderTest) -> None:
    found = probe(product.bot)

    assert (found.is_ready, found.status) == (True, 200)
    assert set(found.dependencies) == {"database", "queue", "nlu"}
    assert set(found.dependencies.values()) == {"ok"}
    assert found.body["status"] == "ready"


@pytest.mark.parametrize(("part", "name"), [("nlu", "nlu"), ("queue", "queue")])
def test_without_model_or_redis_it_still_works_and_says_how(product: UnderTest, part: str, name: str) -> None:
    getattr(product.fakes, part).is_down = True

    found = probe(product.bot)

    assert found.is_ready
    assert found.dependencies[name].startswith("degraded: ")


def test_a_database_nobody_migrated_is_not_ready(product: UnderTest, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("DROP TABLE alembic_version"))

    found = probe(product.bot)

    assert (found.is_ready, found.status, found.body["status"]) == (False, 503, "not_ready")
    assert found.dependencies["database"].startswith("down: ")
    assert "SELECT" not in found.dependencies["database"]


def test_figures_count_who_waits_and_what_is_unfinished(product: UnderTest, database: Database, clock: FixedClock) -> None:
    add_waiting(database, 1)
    add_waiting(database, 2)
    product.bot.inbox.accept(text_message(clock, "你好"), "plain", clock.now(), clock.now() - clock.now())

    found = figures(product.bot).decode()

    assert "xinqiao_waiting_conversations 2.0" in found
    assert "xinqiao_unfinished_pushes 1.0" in found
