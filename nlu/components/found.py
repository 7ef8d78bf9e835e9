"""One thing found in a message, and the rule that settles rival findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Value = str | dict[str, int] | dict[str, str]


@dataclass(frozen=True)
class Found:
    """An entity over the characters start..end (end exclusive) of the normal text."""

    entity: str
    value: Value
    start: int
    end: int
    role: str | None = None


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Findings in text order, none sharing a character: the longest wins, then the earliest, then the first listed."""
    kept: list[Found] = []
    taken: set[int] = set()
    for candidate in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        place = range(candidate.start, candidate.end)
        if taken.isdisjoint(place):
            taken.update(place)
            kept.append(candidate)
    return sorted(kept, key=lambda one: one.start)
