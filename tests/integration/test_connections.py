"""A PostgreSQL that ends our connections: what rested is asked before it is used, what was in use is made anew."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot import db
from bot.db import Database

# Only the one kind of database lives in a process of its own.
pytestmark = pytest.mark.postgres
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> :mine"


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Database]:
    found = Database(postgres_url)
    yield found
    found.close()


def _one(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text("SELECT 1")).scalar_one())


def _hold_all(database: Database, count: int = 5) -> None:
    """So many connections that rest in the pool."""
    held = [database.engine.connect() for _ in range(count)]
    for connection in held:
        connection.close()


def _end_all_but_one(database: Database) -> None:
    with database.engine.connect() as mine:
        pid = mine.execute(text("SELECT pg_backend_pid()")).scalar_one()
        mine.execute(text(OTHERS), {"mine": pid})


def test_connections_that_rested_are_asked_before_they_are_used(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hold_all(on_postgres)
    _end_all_but_one(on_postgres)
    monkeypatch.setattr(db, "PING_AFTER_S", 0)

    assert [_one(on_postgres) for _ in range(6)] == [1] * 6


def test_one_that_was_in_use_a_moment_ago_fails_once_and_takes_the_others_with_it(on_postgres: Database) -> None:
    _hold_all(on_postgres)
    _end_all_but_one(on_postgres)

    failed = 0
    for _ in range(8):
        try:
            _one(on_postgres)
        except OperationalError:
            failed += 1

    assert failed <= 1
    assert _one(on_postgres) == 1
