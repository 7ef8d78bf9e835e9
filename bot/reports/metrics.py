"""What a figure is: its words, its formula over the counters of counters.py, its target. Pure.

The figures themselves stand in dictionary.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

Sums = Mapping[str, Any]


class Unit(StrEnum):
    """How a value is read; shares are between 0 and 1, money is in fen."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    FEN = "fen"
    POINTS = "points"


class Dimension(StrEnum):
    """By what figures are told apart."""

    ALL = "all"
    HOUR = "hour"
    REP = "rep"
    BRANCH = "branch"
    PRODUCT = "product"
    SOURCE = "source"
    MATTER = "matter"


class Wants(StrEnum):
    """Which way is better."""

    MORE = "more"
    LESS = "less"


class Group(StrEnum):
    """Where a figure stands on the page; BUSINESS is open to marketers and administrators as well."""

    SERVICE = "service"
    TEAM = "team"
    RESULT = "result"
    QUALITY = "quality"
    BUSINESS = "business"


@dataclass(frozen=True)
class Value:
    """A figure; None when there was nothing to measure. `part` of `whole` for shares and means."""

    value: float | None
    part: int | None = None
    whole: int | None = None


EVERYTHING = frozenset(Dimension)


class Measure(Protocol):
    """A formula over the sums of any days."""

    def __call__(self, sums: Sums) -> Value:
        """The figure."""
        ...


@dataclass(frozen=True)
class Count:
    """How many."""

    counter: str

    def __call__(self, sums: Sums) -> Value:
        """The counter."""
        return Value(sums.get(self.counter, 0))


@dataclass(frozen=True)
class Share:
    """One counter, less some, of another, less some; `is_rest` asks for what is left of the whole. Of
    seconds (not `are_counts`) only the share is told.
    """

    part: str
    whole: str
    less: tuple[str, ...] = ()
    is_rest: bool = False
    are_counts: bool = True

    def __call__(self, sums: Sums) -> Value:
        """The share, or None of nothing."""
        whole = sums.get(self.whole, 0) - sum(sums.get(name, 0) for name in self.less)
        part = sums.get(self.part, 0)
        if self.is_rest:
            part = whole - part
        share = part / whole if whole > 0 else None
        return Value(share, part, max(0, whole)) if self.are_counts else Value(share)


@dataclass(frozen=True)
class Mean:
    """A total by a count; `per` turns it into the unit."""

    total: str
    count: str
    per: float = 1

    def __call__(self, sums: Sums) -> Value:
        """The mean, or None of nothing."""
        count = sums.get(self.count, 0)
        return Value(sums.get(self.total, 0) / self.per / count if count else None, None, count)


@dataclass(frozen=True)
class Percentile:
    """The length within which this share of all were, to the second (nearest rank)."""

    lengths: str
    share: float

    def __call__(self, sums: Sums) -> Value:
        """The percentile, or None of nothing."""
        counts = sorted((int(length), count) for length, count in sums.get(self.lengths, {}).items())
        whole = sum(count for _, count in counts)
        rank = math.ceil(self.share * whole)
        for length, count in counts:
            rank -= count
            if rank <= 0:
                return Value(length, None, whole)
        return Value(None, None, 0)


@dataclass(frozen=True)
class Metric:
    """One figure. `wants` says which way is better; None: it is shown and never judged. `behind` is the counter
    whose chats stand behind it, None where there are none a supervisor may read. `by` are the dimensions it can be
    told apart by, `has_desks` whether it is known of a single desk.
    """

    id: str
    name: str
    english: str
    group: Group
    unit: Unit
    formula: str
    population: str
    measure: Measure
    notes: str = ""
    target: float | None = None
    wants: Wants | None = None
    behind: str | None = None
    by: frozenset[Dimension] = EVERYTHING
    has_desks: bool = True
