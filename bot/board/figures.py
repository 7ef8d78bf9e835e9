"""Figures of the live board, each defined once; docs/glossary.md says the same in words. Pure functions over rows.

An arrival is one asking for a person. It is answered when a rep accepts it, abandoned when the customer leaves before.
Service level = answered within 20 seconds ÷ (answered + abandoned + still waiting longer than that).
接通率 = answered ÷ (answered + abandoned); abandonment is the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

IN_TIME = timedelta(seconds=20)


@dataclass(frozen=True)
class Arrival:
    """One asking for a person at one desk: when, and what came of it so far."""

    skill: str
    asked_at: datetime
    answered_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class Figures:
    """What became of some arrivals. Percentages are None while there is nothing to divide by."""

    arrivals: int
    answered: int
    in_time: int
    abandoned: int
    service_level: int | None
    answer_rate: int | None
    abandon_rate: int | None


@dataclass(frozen=True)
class Bucket:
    """What happened in one stretch of the chart."""

    starts_at: datetime
    arrivals: int
    answered: int
    abandoned: int


def figures_of(arrivals: Iterable[Arrival], now: datetime) -> Figures:
    """The figures of these arrivals as they stand now."""
    found = list(arrivals)
    answered = [one for one in found if one.answered_at is not None]
    in_time = sum(one.answered_at - one.asked_at <= IN_TIME for one in answered if one.answered_at is not None)
    abandoned = sum(one.answered_at is None and one.left_at is not None for one in found)
    overdue = sum(_is_waiting(one) and now - one.asked_at > IN_TIME for one in found)
    ended = len(answered) + abandoned
    return Figures(
        arrivals=len(found),
        answered=len(answered),
        in_time=in_time,
        abandoned=abandoned,
        service_level=_percent(in_time, ended + overdue),
        answer_rate=_percent(len(answered), ended),
        abandon_rate=_percent(abandoned, ended),
    )


def buckets_of(arrivals: Sequence[Arrival], start: datetime, width: timedelta, count: int) -> list[Bucket]:
    """What happened in each of `count` stretches from `start` on, oldest first."""
    came, answered, left = [0] * count, [0] * count, [0] * count

    def add(into: list[int], at: datetime | None) -> None:
        place = -1 if at is None else (at - start) // width
        if 0 <= place < count:
            into[place] += 1

    for one in arrivals:
        add(came, one.asked_at)
        add(answered, one.answered_at)
        add(left, one.left_at if one.answered_at is None else None)
    return [Bucket(start + width * place, came[place], answered[place], left[place]) for place in range(count)]


def _is_waiting(one: Arrival) -> bool:
    return one.answered_at is None and one.left_at is None


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
