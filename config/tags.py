"""Loads tags.yml into bot/customers/remarks.py's values, once, at start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.customers.remarks import TagKind
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "tags.yml"

Said = Annotated[str, Field(min_length=1, max_length=12)]


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,31}$")]
    label: Said
    group: Said


class _File(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    tags: Annotated[list[_Row], Field(min_length=1)]


def load_tags(folder: Path = FOLDER) -> Mapping[str, TagKind]:
    """The tags by id, in the order of the file. Raises ConfigError."""
    try:
        rows = _File.model_validate(read_yaml(folder / FILE)).tags
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
    found = {row.id: TagKind(row.id, row.label, row.group) for row in rows}
    if len(found) != len(rows):
        raise ConfigError(FILE, "tags", "every id must be there once")
    return found
