"""The database: mapped base class, column types, and the one way to open a transaction.

SQLite runs in WAL with BEGIN IMMEDIATE on every write (a deferred transaction that turns into a writer fails with
"database is locked" however long it may wait) and synchronous FULL. PostgreSQL runs READ COMMITTED.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, create_engine, event, insert
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_S = 5
# Of one process; overflow is made and thrown away at every use, so that there should be little of it.
POOL_SIZE = 20
PING_AFTER_S = 2.0
LOCK_TIMEOUT_MS = 5000
STATEMENT_TIMEOUT_MS = 15000

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; refuses naive ones. SQLite stores it without a zone, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None or value.tzinfo is not None:
            return value.astimezone(UTC) if value else None
        return value.replace(tzinfo=UTC)


def _values(states: type[StrEnum]) -> list[str]:
    return [state.value for state in states]


# Stored as their values in plain text: a new state needs no migration, and partial indexes can name them.
_STATES = Enum(StrEnum, native_enum=False, length=32, values_callable=_values)


class Base(DeclarativeBase):
    """Base of every mapped class; a model.py beside each feature holds its tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, StrEnum: _STATES}


class Database:
    """An engine and its transactions."""

    def __init__(self, url: str, *, pool_size: int = POOL_SIZE) -> None:
        self.engine = _engine(url, pool_size)
        # What every session of this database carries: who listens to its events (bot/outbox.py).
        self.carried: dict[str, Any] = {"listeners": []}
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info=self.carried)

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A write transaction: committed at the end, rolled back on any error. No network call may happen inside."""
        with self._sessions() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only look at the database; takes no write lock on SQLite.

        On PostgreSQL each statement is a transaction of its own: under READ COMMITTED each sees its own moment anyway,
        and to begin and end one around them would be two more ways to the server and back.
        """
        options = {"reading": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with self._sessions(info={"reading": True}) as session:
            session.connection(execution_options=options)
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows of one table, all with the same columns; nothing comes back, no default of Python is filled in.

    PostgreSQL takes them as a stream (COPY), at a fraction of what a statement a row costs; SQLite row by row.
    """
    if not rows:
        return
    # Through the table: the mapped class would send each row alone whose empty columns differ from the last.
    table = Base.metadata.tables[model.__tablename__]
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    names, quote = tuple(rows[0]), connection.dialect.identifier_preparer.quote
    told = [table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for name in names]
    columns = ", ".join(quote(name) for name in names)
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(
                [bound(row[name]) if bound else row[name] for name, bound in zip(names, told, strict=True)]
            )


def _engine(url: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            hide_parameters=True,
            connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
            pool_size=pool_size,
        )
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    options = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}"
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, hide_parameters=True, pool_size=pool_size, connect_args={"options": options})
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _ping_after_rest)
    return engine


def _note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _ping_after_rest(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Whether the server is still there is asked of a connection that was not used for a while, not at every use: on a
    busy desk that would be one question in seven.
    """
    if time.monotonic() - record.info.get("rests_since", math.inf) < PING_AFTER_S:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except connection.OperationalError as gone:
        raise InvalidatePoolError from gone


def _sqlite_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Any) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
