"""Loads quality.yml into bot/quality/rules.py's values, once, at start."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.quality.rules import FULL, Form, Item, Rule, Words
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "quality.yml"

Said = Annotated[str, Field(min_length=1)]
SomeWords = Annotated[list[Said], Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _ItemRow(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")]
    name: Said
    weight: Annotated[int, Field(ge=0, le=FULL)]
    hint: Said
    fatal: bool = False
    # YAML has no enumerations, so this may be converted.
    finding: Annotated[Rule, Field(strict=False)] | None = None


class _WordRows(_Strict):
    fraud_tips: SomeWords
    asks_identity: SomeWords
    farewells: SomeWords
    annual_rate: SomeWords


class _QualityFile(_Strict):
    version: Annotated[int, Field(ge=1)]
    owner: Said
    sample_percent: Annotated[float, Field(ge=0, le=100, strict=False)]
    low_rating: Annotated[int, Field(ge=0, le=5)]
    first_reply_s: Annotated[int, Field(ge=1, le=3600)]
    appeal_days: Annotated[int, Field(ge=1, le=30)]
    items: Annotated[list[_ItemRow], Field(min_length=1)]
    words: _WordRows


def load_quality_form(folder: Path = FOLDER) -> Form:
    """The form and the sampling of a folder. Raises ConfigError."""
    file = _read(folder)
    ids = [row.id for row in file.items]
    if len(set(ids)) != len(ids):
        raise ConfigError(FILE, "items", "two items have one id")
    if sum(row.weight for row in file.items) != FULL:
        raise ConfigError(FILE, "items", f"their weights must add up to {FULL}")
    return Form(
        version=file.version,
        owner=file.owner,
        sample_bp=round(file.sample_percent * 100),
        low_rating=file.low_rating,
        first_reply_s=file.first_reply_s,
        appeal_days=file.appeal_days,
        items=tuple(Item(row.id, row.name, row.weight, row.hint, row.fatal, row.finding) for row in file.items),
        words=Words(**{name: tuple(words) for name, words in file.words.model_dump().items()}),
    )


def _read(folder: Path) -> _QualityFile:
    try:
        return _QualityFile.model_validate(read_yaml(folder / FILE))
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
