"""Classes of retention as SQL: which rows they are about, which are past their time, held, or still referred to."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, exists, or_, select, true, tuple_

from bot.db import Base
from bot.privacy.model import LegalHold
from bot.privacy.registry import belonging, find_entry, get_table
from bot.privacy.rules import Action, Condition, Presence, RetentionClass


def of_class(rule: RetentionClass) -> ColumnElement[bool]:
    """The rows of this class, of whatever age."""
    return _holding(get_table(rule.table), rule.where)


def past_use(rule: RetentionClass, now: datetime) -> ColumnElement[bool]:
    """The rows of this class that are past their time in use and still hold something."""
    table = get_table(rule.table)
    past = and_(of_class(rule), _holding(table, rule.once), table.c[rule.at] < rule.past_use(now))
    if rule.not_before is not None:
        past &= _asked(table, rule.not_before, lambda column: column < rule.past_use(now))
    return past & _holds_something(rule)


def is_held(rule: RetentionClass) -> ColumnElement[bool]:
    """The rows of followers under a legal hold."""
    entry = find_entry(rule.table)
    if entry is None:
        return ~true()
    link = get_table(rule.table).c[entry.link]
    held = belonging(entry, select(LegalHold.follower_id).where(LegalHold.lifted_at.is_(None)))
    # A row of nobody is nobody's to hold; IN alone would say neither yes nor no.
    return and_(link.is_not(None), held)


def is_referred_to(table: Table) -> ColumnElement[bool]:
    """The rows that rows of other tables still point at, which the database would not let go."""
    return or_(~true(), *(exists(select(key.parent).where(key.parent == key.column)) for key in _references(table)))


def identity_of(table: Table) -> ColumnElement[Any]:
    """What tells a table's rows apart: its key, or the columns of it together."""
    columns = list(table.primary_key.columns)
    return columns[0] if len(columns) == 1 else tuple_(*columns)


def key_of(table: Table) -> Column[Any]:
    """The one column of a table's primary key."""
    (key,) = table.primary_key.columns
    return key


def _references(table: Table) -> Iterator[Any]:
    for other in Base.metadata.tables.values():
        yield from (key for key in other.foreign_keys if key.column.table is table and key.ondelete is None)


def _holds_something(rule: RetentionClass) -> ColumnElement[bool]:
    """Rows that stay are not emptied twice."""
    entry = find_entry(rule.table)
    if rule.action is Action.DELETE or entry is None or not entry.empty:
        return true()
    table = get_table(rule.table)
    blank = (table.c[name] for name, value in entry.empty.items() if value is None)
    return or_(*(column.is_not(None) for column in blank))


def _holding(table: Table, condition: Condition) -> ColumnElement[bool]:
    return and_(true(), *(_one(table, name, wanted) for name, wanted in condition.items()))


def _one(table: Table, name: str, wanted: Presence | tuple[str | bool, ...]) -> ColumnElement[bool]:
    return _asked(table, name, lambda column: _matches(column, wanted))


def _asked(table: Table, name: str, asks: Callable[[Column[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
    """What is asked of a column, or, of a "table.column", of the row that a row belongs to."""
    other, _, column = name.rpartition(".")
    if not other:
        return asks(table.c[column])
    owner = get_table(other)
    link = next(key for key in table.foreign_keys if key.column.table is owner)
    return link.parent.in_(select(link.column).where(asks(owner.c[column])))


def _matches(column: Column[Any], wanted: Presence | tuple[str | bool, ...]) -> ColumnElement[bool]:
    if wanted is Presence.SET:
        return column.is_not(None)
    if wanted is Presence.UNSET:
        return column.is_(None)
    assert isinstance(wanted, tuple)
    return column.in_(wanted)
