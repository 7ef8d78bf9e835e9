"""Loads desks.yml into bot/desks/model.py's values, once, at start; every desk of skills.yml needs its rules there."""

from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.desks.model import DeskRules, Order, Strategy, Thresholds
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "desks.yml"

Seconds = Annotated[int, Field(ge=0, le=3600)]


class RulesRow(BaseModel):
    """The rules of one desk with their limits; the console's changes are held to the same."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    # YAML has no enumerations, so these may be converted.
    strategy: Annotated[Strategy, Field(strict=False)]
    order: Annotated[Order, Field(strict=False)]
    weight: Annotated[int, Field(ge=1, le=5)]
    offer_s: Annotated[int, Field(ge=5, le=120)]
    misses_before_break: Annotated[int, Field(ge=1, le=10)]
    dedicated_wait_s: Seconds
    last_rep_wait_s: Seconds
    overflow_to: str | None
    overflow_after_s: Seconds
    first_reply_s: Seconds
    wrap_up_s: Annotated[int, Field(ge=0, le=600)]


class ThresholdsRow(BaseModel):
    """When supervisors are alerted about a desk, with the limits."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    wait_s: Seconds
    service_level_percent: Annotated[int, Field(ge=0, le=100)]
    nobody_ready: bool


class _FileRow(RulesRow):
    alerts: ThresholdsRow


def load_desk_rules(desks: Iterable[str], folder: Path = FOLDER) -> Mapping[str, DeskRules]:
    """The rules by desk. Raises ConfigError."""
    rows = _read(folder, set(desks))
    return {desk: DeskRules(**row.model_dump(exclude={"alerts"})) for desk, row in rows.items()}


def load_thresholds(desks: Iterable[str], folder: Path = FOLDER) -> Mapping[str, Thresholds]:
    """When supervisors are alerted, by desk. Raises ConfigError."""
    return {desk: Thresholds(**row.alerts.model_dump()) for desk, row in _read(folder, set(desks)).items()}


def is_other_desk(overflow_to: str | None, desk: str, known: Container[str]) -> bool:
    """True unless a desk would overflow into itself, or into one that does not exist."""
    return overflow_to is None or (overflow_to in known and overflow_to != desk)


def _read(folder: Path, known: AbstractSet[str]) -> Mapping[str, _FileRow]:
    rows = _parse(folder)
    if known != set(rows):
        raise ConfigError(FILE, ", ".join(sorted(known ^ set(rows))), "must be desks of skills.yml, all of them")
    for desk, row in rows.items():
        if not is_other_desk(row.overflow_to, desk, known):
            raise ConfigError(FILE, f"{desk}.overflow_to", "must be another desk")
    return rows


def _parse(folder: Path) -> dict[str, _FileRow]:
    try:
        given = read_yaml(folder / FILE)
        return TypeAdapter(dict[str, _FileRow]).validate_python(given)
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
