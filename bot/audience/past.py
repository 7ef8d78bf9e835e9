"""What a rule may ask of a follower's past that a feature above keeps: what he was sent, what led him back here.

Fields as those of fields.py, with the SQL behind them, because audience knows nothing of the features on top of it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from bot.audience.fields import Field
from bot.audience.rules import Condition


@dataclass(frozen=True)
class History:
    """One such field. `where` tells whom a condition on it holds and is never unknown; `find` what is known of one
    follower, in words, and when it was true.
    """

    field: Field
    where: Callable[[Condition, datetime], ColumnElement[bool]]
    find: Callable[[Session, int, Condition, datetime], tuple[str | None, datetime | None]]


def _no_names(_session: Session, _ids: Collection[int] | None) -> Mapping[int, str]:
    return {}


@dataclass(frozen=True)
class Past:
    """All of them. `names`: what pushes are called, by id: of these ids, or with None of all that may be chosen."""

    histories: Sequence[History] = ()
    names: Callable[[Session, Collection[int] | None], Mapping[int, str]] = _no_names

    def history_of(self, name: str) -> History | None:
        """The history behind a field; None for any other field."""
        return next((one for one in self.histories if one.field.name == name), None)


NO_PAST = Past()
