"""Loads desks.yml into bot/desks/model.py's values, once, at start; every desk of skills.yml needs its rules there."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.desks.model import DeskRules, Order, Strategy
from config.errors import ConfigError

FOLDER = Path(__file__).resolve().parent
FILE = "desks.yml"

Seconds = Annotated[int, Field(ge=0, le=3600)]


class _Row(BaseModel):
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


def load_desk_rules(desks: Iterable[str], folder: Path = FOLDER) -> Mapping[str, DeskRules]:
    """The rules by desk. Raises ConfigError."""
    try:
        given = yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))
        rows = TypeAdapter(dict[str, _Row]).validate_python(given)
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
    known = set(desks)
    if known != set(rows):
        raise ConfigError(FILE, ", ".join(sorted(known ^ set(rows))), "must be desks of skills.yml, all of them")
    for desk, row in rows.items():
        if row.overflow_to is not None and (row.overflow_to not in known or row.overflow_to == desk):
            raise ConfigError(FILE, f"{desk}.overflow_to", "must be another desk")
    return {desk: DeskRules(**row.model_dump()) for desk, row in rows.items()}
