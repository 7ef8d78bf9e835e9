"""Alive, ready, figures: what an operator sees when something is away."""

from dataclasses import replace

import pytest
from sqlalchemy import text, update

from bot.clock import FixedClock
from bot.db import Database
from bot.health import PROBE_HOLDS_S, figures, may_see_metrics, probe
from bot.inbox import InboxRow, RowState
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


def test_figures_count_who_waits_and_what_is_unfinished(
    product: UnderTest, database: Database, clock: FixedClock
) -> None:
    add_waiting(database, 1)
    add_waiting(database, 2)
    product.bot.inbox.accept(text_message(clock, "你好"), "plain", clock.now(), clock.now() - clock.now())

    found = figures(product.bot).decode()

    assert "xinqiao_waiting_conversations 2.0" in found
    assert "xinqiao_unfinished_pushes 1.0" in found


def test_pushes_that_were_set_aside_are_counted(product: UnderTest, database: Database, clock: FixedClock) -> None:
    product.bot.inbox.accept(text_message(clock, "你好"), "plain", clock.now(), clock.now() - clock.now())
    with database.transaction() as session:
        session.execute(update(InboxRow).values(state=RowState.PARKED))

    found = figures(product.bot).decode()

    assert "xinqiao_parked_pushes 1.0" in found
    assert "xinqiao_unfinished_pushes 0.0" in found


def test_asking_often_asks_the_model_once_in_two_seconds(product: UnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [100.0]
    monkeypatch.setattr("bot.health.monotonic", lambda: at[0])

    for elapsed in (0.0, 1.0, PROBE_HOLDS_S - 0.01):
        at[0] = 100.0 + elapsed
        probe(product.bot)
    assert len(product.fakes.nlu.asked) == 1

    at[0] = 100.0 + PROBE_HOLDS_S
    product.fakes.nlu.is_down = True
    assert probe(product.bot).dependencies["nlu"].startswith("degraded")


@pytest.mark.parametrize(
    ("env", "token", "header", "allowed"),
    [
        ("demo", None, "", True),
        ("production", None, "", False),
        ("production", None, "Bearer ", False),
        ("production", None, "Bearer None", False),
        ("production", "own", "", False),
        ("production", "own", "own", False),
        ("production", "own", "Bearer other", False),
        ("production", "own", "Bearer öwn", False),
        ("production", "own", "Bearer own", True),
    ],
)
def test_in_production_figures_need_the_token(
    settings: Settings, env: str, token: str | None, header: str, *, allowed: bool
) -> None:
    assert may_see_metrics(replace(settings, app_env=env, metrics_token=token), header) is allowed
