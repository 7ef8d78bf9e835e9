"""One approved version of a knowledge item as a frozen value, and the rules of when and where it holds. Pure.

The newest version that has begun decides about its item. When it has ended, was retired or is for another region, the
item is gone: an older version never comes back by itself, only by being rolled back to. A version retired before its
first day never began. What the product cannot do without (the answers and guides of config/) speaks in its first form
when its newest version has ended.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an item is: an answer's words, a product, a step guide, a fraud tip, a policy note, a question answered."""

    ANSWER = "answer"
    PRODUCT = "product"
    GUIDE = "guide"
    TIP = "tip"
    POLICY = "policy"
    FAQ = "faq"


# Flows ask for these by name: when nothing that was approved holds, the files' own speak again.
NEVER_SILENT = frozenset({Kind.ANSWER, Kind.GUIDE})


@dataclass(frozen=True)
class Edition:
    """A version somebody approved. `body` has the shape of its kind (config/overlay.py); empty `regions` means
    everywhere; `approved_by` is the second person's username, the author's while nobody approved. `retired_on` is None
    also while nobody asked when it was retired.
    """

    kind: Kind
    key: str
    number: int
    title: str
    owner: str
    source: str
    body: Mapping[str, Any]
    effective_from: date
    approved_by: str
    effective_until: date | None = None
    regions: tuple[str, ...] = ()
    is_retired: bool = False
    retired_on: date | None = None

    def holds(self, day: date) -> bool:
        """True while it may be shown."""
        return not self.is_retired and is_within(day, self.effective_from, self.effective_until)

    def has_begun(self, day: date) -> bool:
        """True from its first day on, unless it was retired before."""
        was_withdrawn = self.retired_on is not None and self.retired_on < self.effective_from
        return self.effective_from <= day and not was_withdrawn


@dataclass(frozen=True)
class Flaw:
    """What in a text would break: where, the reason's code, and the words it is about."""

    place: str
    reason: str
    words: str = ""


# Whether something for these regions is for whoever is spoken to; empty regions mean everywhere.
IsFor = Callable[[Iterable[str]], bool]


def is_within(day: date, first: date, last: date | None) -> bool:
    """True from the first day to the last, both included."""
    return first <= day and (last is None or day <= last)


def serves(regions: Iterable[str], branch: str | None) -> bool:
    """True when something for these regions is for the customers of this branch; an unknown branch gets what holds
    everywhere. A region is part of a branch's name: 合肥 serves 合肥高新支行.
    """
    names = tuple(regions)
    return not names or (branch is not None and any(name in branch for name in names))


def serves_all(_regions: Iterable[str]) -> bool:
    """For people who serve customers of every region."""
    return True


def standing(editions: Iterable[Edition], day: date) -> dict[tuple[Kind, str], Edition]:
    """The newest begun edition of each item, whether it still holds or not."""
    found: dict[tuple[Kind, str], Edition] = {}
    for one in editions:
        at = (one.kind, one.key)
        if one.has_begun(day) and (at not in found or found[at].number < one.number):
            found[at] = one
    return found
