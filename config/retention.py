"""Loads retention.yml into the frozen values of bot/privacy/rules.py, once, at start.

A class that names an unknown table or column, a time that contradicts its action, and a table of the product that
nobody has placed stop the start: what has no keeping time would be kept for ever.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Column, Enum

from bot.db import Base, Instant
from bot.privacy.registry import NOT_PERSONAL, PERSONAL, find_entry
from bot.privacy.rules import Action, Condition, Presence, Retention, RetentionClass
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "retention.yml"

Said = Annotated[str, Field(min_length=1)]
Days = Annotated[int, Field(ge=0, le=36500)]
# YAML has no enumerations, so those may be converted.
Wanted = Annotated[Presence, Field(strict=False)] | Annotated[list[str | bool], Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _ClassRow(_Strict):
    label: Said
    table: Said
    at: Said
    where: dict[str, Wanted] = {}
    once: dict[str, Wanted] = {}
    not_before: Said | None = None
    by_machine: bool = False
    keep_min_days: Days
    keep_max_days: Days
    action: Annotated[Action, Field(strict=False)]
    basis: Said


class _RetentionFile(_Strict):
    owner: Said
    since: Said
    waiting: dict[str, dict[str, Annotated[list[str], Field(min_length=1)]]] = {}
    classes: Annotated[dict[str, _ClassRow], Field(min_length=1)]


def load_retention(folder: Path = FOLDER) -> Retention:
    """The retention table of a folder. Raises ConfigError."""
    file = _read(folder)
    for name, row in file.classes.items():
        for key, problem in _problems(row):
            raise ConfigError(FILE, f"classes.{name}.{key}", problem)
    for table, names in file.waiting.items():
        for name in names:
            if _without(names[name], _states(table, name)):
                raise ConfigError(FILE, f"waiting.{table}.{name}", "there are no such states")
    _check_everything_is_placed(file)
    return Retention(tuple(_class(name, row) for name, row in file.classes.items()))


def _read(folder: Path) -> _RetentionFile:
    try:
        return _RetentionFile.model_validate(read_yaml(folder / FILE))
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error


def _problems(row: _ClassRow) -> Iterator[tuple[str, str]]:
    tables = Base.metadata.tables
    if row.table not in tables:
        yield "table", f"there is no table {row.table!r}"
        return
    columns = tables[row.table].columns
    if row.at not in columns or not isinstance(columns[row.at].type, Instant):
        yield "at", f"{row.table!r} has no instant {row.at!r}"
    yield from _problems_of_other_columns(row)
    outlives = row.keep_min_days > row.keep_max_days
    if outlives and row.action is not Action.SEAL:
        yield "keep_min_days", f"is more than keep_max_days: only {Action.SEAL} keeps longer than it uses"
    if not outlives and row.action is Action.SEAL:
        yield "keep_min_days", "must be more than keep_max_days: else there is nothing to seal for"
    entry = find_entry(row.table)
    if row.action is Action.BLANK and (entry is None or not entry.empty):
        yield "action", f"{row.table!r} has no columns to blank (bot/privacy/registry.py)"
    if row.action is Action.SEAL and entry is None:
        yield "action", f"{row.table!r} holds nobody's data (bot/privacy/registry.py)"


def _problems_of_other_columns(row: _ClassRow) -> Iterator[tuple[str, str]]:
    for key, condition in (("where", row.where), ("once", row.once)):
        for name in condition:
            if _find_column(row.table, name) is None:
                yield f"{key}.{name}", "there is no such column"
    if row.not_before is None:
        return
    column = _find_column(row.table, row.not_before)
    if column is None or not isinstance(column.type, Instant):
        yield "not_before", f"there is no instant {row.not_before!r}"
    entry = find_entry(row.table)
    if row.action is not Action.DELETE or entry is None or entry.stays is None:
        # The day until which a sealed row is kept is counted from `at` alone.
        yield "not_before", "is only for rows that a customer's own request leaves alone and the purge deletes"


def _find_column(table: str, name: str) -> Column[Any] | None:
    """The column of this table, or of "other.column"; None when there is none."""
    other, _, column = name.rpartition(".")
    found = Base.metadata.tables.get(other or table)
    return None if found is None else found.columns.get(column)


def _check_everything_is_placed(file: _RetentionFile) -> None:
    known = {entry.name for entry in PERSONAL} | NOT_PERSONAL.keys()
    for table in _without(Base.metadata.tables, known):
        raise ConfigError("bot/privacy/registry.py", table, "is in no list: does it hold data of customers?")
    timed = {row.table for row in file.classes.values()}
    for table in _without((entry.name for entry in PERSONAL), timed):
        raise ConfigError(FILE, "classes", f"{table!r} holds data of customers and has no class")
    for table in timed:
        for name, left in _left_out(table, file):
            raise ConfigError(FILE, "classes", f"rows of {table!r} with {name} {', '.join(left)} are of no class")


def _left_out(table: str, file: _RetentionFile) -> Iterator[tuple[str, list[str]]]:
    """Columns by which a table's rows are told apart, each with the values that no class and no wait knows."""
    conditions = [row.where for row in file.classes.values() if row.table == table]
    if not all(conditions):
        return
    told = {name: set(states) for name, states in file.waiting.get(table, {}).items()}
    for name, wanted in (one for condition in conditions for one in condition.items()):
        told.setdefault(name, set()).update([wanted] if isinstance(wanted, Presence) else map(str, wanted))
    for name, known in told.items():
        left = _without(_states(table, name) or Presence, known)
        if left:
            yield name, left


def _states(table: str, name: str) -> Sequence[str]:
    """The states a column can hold; none for one of which only is asked whether it has a value."""
    column = _find_column(table, name)
    return column.type.enums if column is not None and isinstance(column.type, Enum) else ()


def _without(names: Iterable[str], known: Iterable[str]) -> list[str]:
    return sorted(set(names) - set(known))


def _class(name: str, row: _ClassRow) -> RetentionClass:
    return RetentionClass(
        id=name,
        label=row.label,
        table=row.table,
        at=row.at,
        keep_min_days=row.keep_min_days,
        keep_max_days=row.keep_max_days,
        action=row.action,
        basis=row.basis,
        where=_condition(row.where),
        once=_condition(row.once),
        not_before=row.not_before,
        by_machine=row.by_machine,
    )


def _condition(said: dict[str, Wanted]) -> Condition:
    return {name: wanted if isinstance(wanted, Presence) else tuple(wanted) for name, wanted in said.items()}
