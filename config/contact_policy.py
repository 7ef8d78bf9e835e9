"""Loads contact_policy.yml into bot/campaigns/rules.py's ContactPolicy, once, at start."""

from datetime import date, time
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.campaigns.rules import ContactPolicy
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "contact_policy.yml"


def _time(text: str) -> str:
    time.fromisoformat(text)
    return text


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Said = Annotated[str, Field(min_length=1)]
Time = Annotated[str, Field(pattern=r"^\d\d:\d\d$"), AfterValidator(_time)]
Day = Annotated[str, AfterValidator(_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Hours(_Strict):
    opens: Time
    closes: Time
    morning: Time


class _Caps(_Strict):
    week_days: Annotated[int, Field(ge=1, le=30)]
    month_days: Annotated[int, Field(ge=1, le=90)]
    # The table holds no more (bot/campaigns/ledger.py).
    in_month: Annotated[int, Field(ge=1, le=3)]


class _File(_Strict):
    owner: Said
    since: Day
    hours: _Hours
    caps: _Caps
    holdout_percent: Annotated[int, Field(ge=0, le=50)]
    min_sample: Annotated[int, Field(ge=2)]
    desk_waiting: Annotated[int, Field(ge=0)]
    calls_a_minute: Annotated[int, Field(ge=1, le=60)]


def load_contact_policy(folder: Path = FOLDER) -> ContactPolicy:
    """The policy of the file. Raises ConfigError."""
    try:
        found = _File.model_validate(read_yaml(folder / FILE))
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
    opens, closes, morning = (_minutes(one) for one in (found.hours.opens, found.hours.closes, found.hours.morning))
    if not opens <= morning < closes:
        raise ConfigError(FILE, "hours.morning", "must lie between opens and closes")
    return ContactPolicy(
        opens=opens,
        closes=closes,
        morning=morning,
        week_days=found.caps.week_days,
        month_days=found.caps.month_days,
        in_month=found.caps.in_month,
        global_holdout_bp=found.holdout_percent * 100,
        min_sample=found.min_sample,
        most_waiting=found.desk_waiting,
        calls_a_minute=found.calls_a_minute,
    )


def _minutes(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute
