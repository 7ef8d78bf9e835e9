"""The orders of the desk's lists, each along an index, and the cursors that name a place in one."""

import base64
import binascii
import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_
from sqlalchemy.orm import InstrumentedAttribute

from bot.errors import InvalidInput
from bot.handoff.hurry import hurried, hurried_rank
from bot.handoff.model import Conversation, Owner
from bot.handoff.rules import WINDOW

# Beyond it a number no longer fits the database's column.
MAX_ID = 2**53
WAITING = (Owner.QUEUED, Owner.OFFERED)
OPEN = (*WAITING, Owner.ACTIVE)

Key = ColumnElement[Any] | InstrumentedAttribute[Any]


class Sort(StrEnum):
    """Newest word first; who has waited longest; whose window shuts first."""

    NEWEST = "newest"
    WAITING = "waiting"
    WINDOW = "window"


@dataclass(frozen=True)
class Place:
    """A page begins after this row of the order, or ends before it."""

    key: Any
    id: int
    is_back: bool


@dataclass(frozen=True)
class Branch:
    """Some of an order's rows, and what they go by among themselves: a column that leads an index, or few rows."""

    key: Key
    rows: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class Order:
    """What rows go by; equal values are settled by the id in the same direction. `bounds` hold for every row,
    `branches` are read one by one and then merged by `key`. `at` is the moment an order that changes with time is of.
    """

    key: Key
    is_down: bool = False
    bounds: Sequence[ColumnElement[bool]] = ()
    branches: Sequence[Branch] = ()
    at: datetime | None = None

    def in_branches(self) -> Sequence[Branch]:
        """The branches; one for everything when the key itself leads an index."""
        return self.branches or (Branch(self.key),)

    def columns(self, key: Key | None = None, *, back: bool = False) -> list[ColumnElement[Any]]:
        """For ORDER BY, forth or back; by the key of a branch if one is given."""
        down = self.is_down != back
        by = self.key if key is None else key
        return [column.desc() if down else column.asc() for column in (by, Conversation.id)]

    def beyond(self, key: Key, place: Place) -> ColumnElement[bool]:
        """The rows of a branch on the far side of a place. The first half is what an index is entered by."""
        if self.is_down != place.is_back:
            return and_(key <= place.key, or_(key < place.key, Conversation.id < place.id))
        return and_(key >= place.key, or_(key > place.key, Conversation.id > place.id))

    def cursor_of(self, key: Any, row_id: int, *, back: bool = False) -> str:
        """Names the place of a row, for the page after it or before it."""
        kept = [key.isoformat() if isinstance(key, datetime) else key, row_id, int(back)]
        if self.at is not None:
            kept.append(self.at.isoformat())
        return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()


def read_cursor(cursor: str, sort: Sort, owners: Sequence[Owner]) -> tuple[Place, datetime | None]:
    """The place a cursor names, and the moment its pages are of, for an order that changes with time. Raises
    InvalidInput for what no such order gave.
    """
    try:
        key, row_id, back, *at = json.loads(base64.urlsafe_b64decode(cursor.encode()).decode("ascii"))
        place = Place(_rank(key) if _is_by_rank(sort, owners) else _moment(key), int(row_id), bool(back))
        moment = _moment(at[0]) if at else None
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise InvalidInput(places=["cursor"]) from error
    if not 0 < place.id <= MAX_ID:
        raise InvalidInput(places=["cursor"])
    return place, moment


def _rank(kept: Any) -> float:
    rank = float(kept)
    if not math.isfinite(rank):
        raise ValueError("no place in a line")
    return rank


def _moment(kept: Any) -> datetime:
    moment = datetime.fromisoformat(kept)
    # Beyond these years arithmetic with it fails, and no list began there.
    if moment.tzinfo is None or not 1990 < moment.year < 9000:
        raise ValueError("no moment of ours")
    return moment


def order_of(sort: Sort, owners: Sequence[Owner], now: datetime, by_window: Collection[str] = ()) -> Order:
    """The order of a list over these states.

    Who waits for a rep stands in serving order, which on the desks `by_window` is by the end of the window as well; who
    waits for an answer by his last word; the window is counted from that word too, and only open windows are listed.
    Only the first is an order of closed chats as well.
    """
    if sort is Sort.NEWEST:
        return Order(Conversation.last_word_at, is_down=True)
    if _is_by_rank(sort, owners):
        return _serving_order(by_window, now)
    is_open = Conversation.last_customer_at > now - WINDOW
    return Order(Conversation.last_customer_at, bounds=[is_open] if sort is Sort.WINDOW else [])


def _is_by_rank(sort: Sort, owners: Sequence[Owner]) -> bool:
    return sort is Sort.WAITING and set(owners) <= set(WAITING)


def _serving_order(by_window: Collection[str], now: datetime) -> Order:
    """As routing serves (bot/handoff/queries.py): by rank, but for the few whose window is about to end."""
    if not by_window:
        return Order(Conversation.rank)
    is_hurried, hurry = hurried(by_window, now), hurried_rank(now)
    key = case((is_hurried, hurry), else_=Conversation.rank)
    # A row without a last word is neither true nor false; it is not hurried.
    others = case((is_hurried, 0), else_=1) == 1
    return Order(key, branches=(Branch(Conversation.rank, others), Branch(hurry, is_hurried)), at=now)
