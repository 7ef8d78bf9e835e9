"""Loads shifts.yml, the kinds of shifts, once, at start."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.desks.rules import ShiftTemplate
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "shifts.yml"

WallTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=20)]
    starts: WallTime
    ends: WallTime


def load_shift_templates(folder: Path = FOLDER) -> Mapping[str, ShiftTemplate]:
    """The kinds of shifts by id. Raises ConfigError."""
    try:
        rows = TypeAdapter(dict[str, _Row]).validate_python(read_yaml(folder / FILE))
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
    return {id_: ShiftTemplate(id_, row.name, _time(row.starts), _time(row.ends)) for id_, row in rows.items()}


def _time(said: str) -> time:
    return time.fromisoformat(said)
