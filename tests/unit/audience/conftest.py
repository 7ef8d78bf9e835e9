"""The fields of the release, and followers to choose from."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.audience.catalogue import install_fields
from bot.audience.model import Segment, Trait
from bot.customers.consents import Proof, keep_word
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.results.history import PAST
from config.files import read_files
from tests.factories import MORNING


@pytest.fixture(autouse=True)
def _fields() -> None:
    files = read_files()
    install_fields(files.traits, files.tags, files.content.intent_labels, PAST)


@pytest.fixture
def add(database: Database) -> Callable[..., int]:
    """Writes a follower down; his id. `traits` are by key; whoever has any has agreed to profiling."""

    def write(name: str, *, profiling: bool | None = None, traits: dict[str, Any] | None = None, **facts: Any) -> int:
        with database.transaction() as session:
            given = {"label": name, "first_seen_at": MORNING, "last_seen_at": MORNING, **facts}
            row = Follower(openid=f"o-{name}", **given)
            session.add(row)
            session.flush()
            for key, value in (traits or {}).items():
                session.add(trait(row.id, key, value))
            agreed = profiling if profiling is not None else bool(traits)
            if profiling is not None or traits:
                proof = Proof("bank", "v1", f"e-{name}")
                keep_word(session, row, Purpose.PROFILING, MORNING, MORNING, proof, granted=agreed)
            return row.id

    return write


@pytest.fixture
def segment(database: Database) -> Callable[..., int]:
    """Keeps a rule; its id."""

    def write(rule: dict[str, Any], name: str = "客群", *, expires_on: date | None = None) -> int:
        with database.transaction() as session:
            row = Segment(
                name=name,
                rule=rule,
                expires_on=expires_on,
                created_by="marketer",
                created_at=MORNING,
                changed_by="marketer",
                changed_at=MORNING,
            )
            session.add(row)
            session.flush()
            return row.id

    return write


def trait(
    follower_id: int,
    key: str,
    value: Any,
    *,
    as_of: datetime = MORNING - timedelta(days=1),
    list_id: int | None = None,
    expires_at: datetime | None = None,
) -> Trait:
    """A trait as the bank's facts leave it, or a list."""
    is_day, is_word = isinstance(value, date), isinstance(value, str)
    return Trait(
        follower_id=follower_id,
        key=key,
        word=value if is_word else None,
        day=value if is_day else None,
        number=None if is_day or is_word else float(value),
        source="核心系统",
        list_id=list_id,
        as_of=as_of,
        confidence=1.0,
        expires_at=expires_at,
    )


def all_of(*of: Any) -> dict[str, Any]:
    """A rule all of whose conditions have to hold."""
    return {"op": "all", "of": list(of)}


def any_of(*of: dict[str, Any]) -> dict[str, Any]:
    """A rule one of whose conditions has to hold."""
    return {"op": "any", "of": list(of)}


def none_of(*of: dict[str, Any]) -> dict[str, Any]:
    """A rule none of whose conditions may hold."""
    return {"op": "not", "of": list(of)}


def asks(field: Any, op: Any, value: Any, **more: Any) -> dict[str, Any]:
    """A condition."""
    return {"field": field, "op": op, "value": value, **more}
