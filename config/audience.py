"""Loads traits.yml and segments.yml into the values of bot/audience/, once, at start. A shipped rule with a flaw stops
the start: nobody could edit it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Wanted

from bot.audience.fields import Field, FieldKind, TraitKind, fields_of
from bot.audience.rules import read_rule
from bot.audience.segments import Shipped
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
TRAITS, SEGMENTS = "traits.yml", "segments.yml"
OF_TRAITS = (FieldKind.CHOICE, FieldKind.NUMBER, FieldKind.FLAG, FieldKind.DAY)

Id = Annotated[str, Wanted(pattern=r"^[a-z][a-z_]{1,31}$")]
Said = Annotated[str, Wanted(min_length=1, max_length=20)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)


class _TraitRow(_Strict):
    key: Id
    label: Said
    kind: Annotated[FieldKind, Wanted(strict=False)]
    unit: str = ""
    choices: list[Said] = []
    headers: list[Said] = []
    fact: Id | None = None


class _TraitFile(_Strict):
    traits: Annotated[list[_TraitRow], Wanted(min_length=1)]


class _SegmentRow(_Strict):
    id: Id
    name: Said
    rule: dict[str, Any]


class _SegmentFile(_Strict):
    segments: list[_SegmentRow]


def load_traits(folder: Path = FOLDER) -> Mapping[str, TraitKind]:
    """The kinds of traits by key, in the order of the file. Raises ConfigError."""
    rows = _read(folder, TRAITS, _TraitFile).traits
    found = {row.key: _trait(row) for row in rows}
    if len(found) != len(rows):
        raise ConfigError(TRAITS, "traits", "every key must be there once")
    fixed = fields_of((), {}, {})
    for row in rows:
        for key, problem in _problems(row, fixed):
            raise ConfigError(TRAITS, f"{row.key}.{key}", problem)
    return found


def load_segments(fields: Mapping[str, Field], folder: Path = FOLDER) -> tuple[Shipped, ...]:
    """The segments of the release. Raises ConfigError."""
    rows = _read(folder, SEGMENTS, _SegmentFile).segments
    if len({row.id for row in rows}) != len(rows):
        raise ConfigError(SEGMENTS, "segments", "every id must be there once")
    for row in rows:
        _, flaws = read_rule(row.rule, fields)
        if flaws:
            raise ConfigError(SEGMENTS, f"{row.id}.{flaws[0].path}", flaws[0].text)
    return tuple(Shipped(row.id, row.name, row.rule) for row in rows)


def _problems(row: _TraitRow, fixed: Mapping[str, Field]) -> list[tuple[str, str]]:
    found = []
    if row.kind not in OF_TRAITS:
        found.append(("kind", f"must be one of {', '.join(OF_TRAITS)}"))
    if bool(row.choices) is not (row.kind is FieldKind.CHOICE):
        found.append(("choices", "belong to a choice, and a choice needs them"))
    if row.fact is not None and row.kind is not FieldKind.DAY:
        found.append(("fact", "is the day of a fact, so it needs the kind day"))
    if row.key in fixed:
        found.append(("key", "is a field that every follower has"))
    return found


def _trait(row: _TraitRow) -> TraitKind:
    return TraitKind(row.key, row.label, row.kind, row.unit, tuple(row.choices), tuple(row.headers), row.fact)


def _read(folder: Path, name: str, model: type[M]) -> M:
    try:
        return model.model_validate(read_yaml(folder / name))
    except FileNotFoundError as error:
        raise ConfigError(name, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(name, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(name, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
