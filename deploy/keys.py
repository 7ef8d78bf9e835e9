"""Brings every sealed value under the newest field key: `python -m deploy.keys rotate | status`.

`rotate` also seals what an earlier release left in clear. It works in batches beside the running product, may be
stopped at any moment and started again: what is under the newest key is not looked at twice. A value that changes
meanwhile is left alone, because whoever changed it sealed it with the newest key.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, ColumnElement, Text, and_, cast, func, select, update

import bot.bootstrap  # noqa: F401 -- knows every part of the product, so that every table is known here
from bot import logs
from bot.db import Base, Database
from bot.fields import (
    AnySealed,
    NewlySealedJson,
    Sealed,
    SealedJson,
    current_key_id,
    install_keys,
)
from config.settings import Settings, SettingsError

BATCH = 500
log = structlog.get_logger()


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 when every value is under the newest key."""
    given = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(str(error), file=sys.stderr)
        return 1
    if given.command == "rotate" and settings.beside_previous_release:
        print("BESIDE_PREVIOUS_RELEASE is yes: the release before could not read what is sealed now.", file=sys.stderr)
        return 1
    logs.set_up("keys", sys.stderr, is_final=False)
    install_keys(settings.field_keys)
    database = Database(settings.database_url)
    try:
        return rotate(database) if given.command == "rotate" else status(database)
    finally:
        database.close()


def rotate(database: Database) -> int:
    """Seal every value anew that is not under the newest key, column by column; 1 when some could not be opened."""
    unopened = 0
    for column in sealed_columns():
        done, failed = _rotate_column(database, column)
        unopened += failed
        log.info("field_key_rotated", path=str(column), count=done)
        print(f"{column}: {done} sealed anew{f', {failed} could not be opened' if failed else ''}")
    if unopened:
        print(f"{unopened} values are of a key that FIELD_KEYS does not hold, or damaged.", file=sys.stderr)
        return 1
    print(f"Everything is under {current_key_id()}. Keys behind it in FIELD_KEYS may be dropped.")
    return 0


def status(database: Database) -> int:
    """Tell how many values wait for `rotate`; 1 when there are any."""
    waiting = 0
    for column in sealed_columns():
        with database.reading() as session:
            total = session.scalar(select(func.count(column))) or 0
            old = session.scalar(select(func.count()).where(_is_old(column))) or 0
        waiting += old
        print(f"{column}: {total} values, {old} not under {current_key_id()}")
    return 1 if waiting else 0


def sealed_columns() -> Iterator[Column[Any]]:
    """Every column that is sealed, of every table."""
    for table in Base.metadata.sorted_tables:
        yield from (column for column in table.columns if _sealed_type(column) is not None)


def _rotate_column(database: Database, column: Column[Any]) -> tuple[int, int]:
    last: Any = None
    done = failed = 0
    while True:
        batch = _batch(database, column, last)
        if not batch:
            return done, failed
        with database.transaction() as session:
            for key, raw in batch:
                value = _opened(column, raw)
                if value is None:
                    failed += 1
                    continue
                same = (_key_of(column) == key) & (_raw(column) == raw)
                session.execute(update(column.table).where(same).values({column: value}))
                done += 1
        last = batch[-1][0]
        print(f"{column}: {done} so far", file=sys.stderr)


def _batch(database: Database, column: Column[Any], last: Any) -> Sequence[tuple[Any, str]]:
    key = _key_of(column)
    after = _is_old(column) if last is None else and_(_is_old(column), key > last)
    with database.reading() as session:
        rows = session.execute(select(key, _raw(column)).where(after).order_by(key).limit(BATCH)).all()
    return [(row[0], row[1]) for row in rows]


def _opened(column: Column[Any], raw: str) -> Any:
    """The value of raw text, or None when no key opens it."""
    try:
        return _get_type(column).opened(raw)
    except (KeyError, InvalidTag):
        return None


def _is_old(column: Column[Any]) -> ColumnElement[bool]:
    is_new = _raw(column).startswith(_get_type(column).mark(current_key_id()), autoescape=True)
    return and_(column.is_not(None), ~is_new)


def _raw(column: Column[Any]) -> ColumnElement[str]:
    return cast(column, Text)


def _key_of(column: Column[Any]) -> Column[Any]:
    (key,) = column.table.primary_key.columns
    return key


def _get_type(column: Column[Any]) -> AnySealed:
    found = _sealed_type(column)
    assert found is not None
    return found


def _sealed_type(column: Column[Any]) -> AnySealed | None:
    kind = column.type
    return kind if isinstance(kind, Sealed | SealedJson | NewlySealedJson) else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.keys", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("rotate", help="seal every value anew that is not under the newest key")
    commands.add_parser("status", help="how many values wait for that")
    return parser


if __name__ == "__main__":
    sys.exit(main())
