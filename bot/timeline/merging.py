"""Several lists into one, newest first, page by page. Pure.

Of two entries at the same moment the one of the earlier source comes first, and within a source the later row: so every
entry has one place, and a page begins exactly behind the last entry of the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Protocol, TypeVar

Number = int | str


@dataclass(frozen=True)
class Place:
    """Where a page ends: the last entry's moment, its source's rank and its row."""

    at: datetime
    rank: int
    id: Number


class Placed(Protocol):
    """What can be merged."""

    @property
    def place(self) -> Place:
        """Its place in the timeline."""
        ...


Item = TypeVar("Item", bound=Placed)


def page_of(lists: Sequence[Sequence[Item]], limit: int) -> tuple[list[Item], Place | None]:
    """The first `limit` of several lists that are each newest first, and the place of the last one; None when there is
    nothing behind it. Each list must hold one more than `limit` if there is more of it.
    """
    merged = list(merge(*lists, key=lambda item: _order(item.place)))
    shown = merged[:limit]
    return shown, shown[-1].place if len(merged) > limit else None


def _order(place: Place) -> tuple[float, int]:
    """Rows of one source come in their own order; two sources never share a rank."""
    return (-place.at.timestamp(), place.rank)
