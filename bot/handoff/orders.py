"""The orders of the desk's lists, each along an index, and the cursors that name a place in one."""

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from bot.errors import InvalidInput
from bot.handoff.model import Conversation, Owner

# What a message of the customer opens (bot/delivery/model.py).
WINDOW = timedelta(hours=48)
# Beyond it a number no longer fits the database's column.
MAX_ID = 2**53
WAITING = (Owner.QUEUED, Owner.OFFERED)
OPEN = (*WAITING, Owner.ACTIVE)


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
class Order:
    """A column to go by; equal values are settled by the id in the same direction. `bounds` hold for every row."""

    key: InstrumentedAttribute[Any]
    is_down: bool = False
    bounds: Sequence[ColumnElement[bool]] = ()

    def columns(self, *, back: bool = False) -> list[ColumnElement[Any]]:
        """For ORDER BY, forth or back."""
        down = self.is_down != back
        return [column.desc() if down else column.asc() for column in (self.key, Conversation.id)]

    def beyond(self, place: Place) -> ColumnElement[bool]:
        """The rows on the far side of a place. The first half is what an index is entered by."""
        if self.is_down != place.is_back:
            return and_(self.key <= place.key, or_(self.key < place.key, Conversation.id < place.id))
        return and_(self.key >= place.key, or_(self.key > place.key, Conversation.id > place.id))

    def cursor_of(self, key: Any, row_id: int, *, back: bool = False) -> str:
        """Names the place of a row, for the page after it or before it."""
        kept = [key.isoformat() if isinstance(key, datetime) else key, row_id, int(back)]
        return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()

    def read(self, cursor: str) -> Place:
        """The place a cursor names. Raises InvalidInput for what this order never gave."""
        try:
            key, row_id, back = json.loads(base64.urlsafe_b64decode(cursor.encode()).decode("ascii"))
            place = Place(self._key_of(key), int(row_id), bool(back))
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
            raise InvalidInput(places=["cursor"]) from error
        if not 0 < place.id <= MAX_ID:
            raise InvalidInput(places=["cursor"])
        return place

    def _key_of(self, kept: Any) -> Any:
        if self.key is Conversation.rank:
            rank = float(kept)
            if not math.isfinite(rank):
                raise ValueError("no place in a line")
            return rank
        moment = datetime.fromisoformat(kept)
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment


def order_of(sort: Sort, owners: Sequence[Owner], now: datetime) -> Order:
    """The order of a list over these states.

    Who waits for a rep stands in serving order, who waits for an answer by his last word; the window is counted from
    that word too, and only open windows are listed. Only the first is an order of closed chats as well.
    """
    if sort is Sort.NEWEST:
        return Order(Conversation.last_word_at, is_down=True)
    if sort is Sort.WAITING and set(owners) <= set(WAITING):
        return Order(Conversation.rank)
    is_open = Conversation.last_customer_at > now - WINDOW
    return Order(Conversation.last_customer_at, bounds=[is_open] if sort is Sort.WINDOW else [])
