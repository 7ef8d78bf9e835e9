"""Taking rows out of use: into the sealed store, emptied, or gone. Called by the purge and by customers' requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.orm import Session

from bot.privacy.model import SealedRecord
from bot.privacy.registry import PersonalTable, find_entry, get_table, owner_of
from bot.privacy.rules import RetentionClass
from bot.privacy.selecting import identity_of, key_of

OWNER = "owner_follower_id"


def rows_of(session: Session, table: str, keys: Sequence[Any]) -> Sequence[RowMapping]:
    """Whole rows by their keys, opened, each with the id of its follower as OWNER."""
    source, entry = get_table(table), find_entry(table)
    owner = [] if entry is None else [owner_of(entry).label(OWNER)]
    return session.execute(select(source, *owner).where(key_of(source).in_(keys))).mappings().all()


def seal(session: Session, rule: RetentionClass, rows: Sequence[RowMapping], now: datetime) -> int:
    """Copy rows into the sealed store, until the law lets them go; how many there were to copy."""
    entry = find_entry(rule.table)
    assert entry is not None, "only tables with personal data are sealed"
    key = key_of(get_table(rule.table)).name
    full = [row for row in rows if not is_empty(entry, row)]
    for row in full:
        session.add(
            SealedRecord(
                follower_id=row[OWNER],
                data_class=rule.id,
                source_table=rule.table,
                source_id=str(row[key]),
                content={name: plain(row[name]) for name in {**entry.columns, **entry.empty}},
                sealed_at=now,
                until=rule.statutory_until(row[rule.at]),
            )
        )
    session.flush()
    return len(full)


def delete_rows(session: Session, table: str, keys: Sequence[Any]) -> None:
    """The rows are gone."""
    source = get_table(table)
    session.execute(delete(source).where(identity_of(source).in_(keys)))


def clear(session: Session, table: str, keys: Sequence[Any]) -> None:
    """Blank the personal columns of rows that stay, delete the others."""
    source, entry = get_table(table), find_entry(table)
    if entry is None or not entry.empty:
        delete_rows(session, table, keys)
        return
    session.execute(update(source).where(key_of(source).in_(keys)).values(dict(entry.empty)))


def is_empty(entry: PersonalTable, row: Mapping[Any, Any]) -> bool:
    """True for a row that was emptied before."""
    return bool(entry.empty) and all(row[name] == value for name, value in entry.empty.items())


def plain(value: Any) -> Any:
    """A column's value as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
