"""The desk over a real Redis and a real database, SQLite and PostgreSQL alike."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.redis_handoff_queue import RedisHandoffQueue
from bot.clock import FixedClock
from bot.db import Base, Database
from bot.handoff.routing import Routing
from bot.handoff.service import Desk
from tests.factories import DESK_RULES
from tests.fakes import FakeWaker

_numbers = itertools.count()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def both_databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'test.db'}", pool_size=40)
        Base.metadata.create_all(database.engine)
        yield database
        database.close()
        return
    server: str = request.getfixturevalue("postgres_url")
    name = f"test_{next(_numbers)}"
    admin = Database(server)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(server.replace("/postgres?", f"/{name}?"), pool_size=40)
    Base.metadata.create_all(database.engine)
    yield database
    database.close()
    admin.close()


@pytest.fixture
def queue(redis_url: str) -> RedisHandoffQueue:
    """An empty queue on the real Redis."""
    found = RedisHandoffQueue(redis_url, prefix=f"test{next(_numbers)}:")
    found.rebuild([], [], [])
    return found


@pytest.fixture
def desk(both_databases: Database, queue: RedisHandoffQueue, clock: FixedClock) -> Desk:
    """The desk over both."""
    return Desk(both_databases, Routing(both_databases, queue, FakeWaker(), clock, DESK_RULES), clock)
