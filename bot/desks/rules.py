"""Pure decisions about rosters: when a shift is, who stands in for whom, who is not at work now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.clock import BANK_ZONE, local

WEEK = timedelta(days=7)
# Whoever has a shift within this time of now is rostered; everybody else works whenever he says he is ready.
ROSTERED_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class ShiftTemplate:
    """A kind of shift by the bank's wall clock; one that ends before it begins ends the next day."""

    id: str
    name: str
    starts: time
    ends: time


@dataclass(frozen=True)
class Span:
    """A stretch of one person's time; the end is no longer in it."""

    rep: str
    starts_at: datetime
    ends_at: datetime

    def holds(self, now: datetime) -> bool:
        """True while it lasts."""
        return self.starts_at <= now < self.ends_at


def span_of(template: ShiftTemplate, rep: str, day: date) -> Span:
    """The shift of this kind that begins on this day."""
    starts_at = datetime.combine(day, template.starts, BANK_ZONE)
    next_day = template.ends <= template.starts
    ends_at = datetime.combine(day + timedelta(days=next_day), template.ends, BANK_ZONE)
    return Span(rep, starts_at, ends_at)


def monday_of(instant: datetime) -> date:
    """The first day of the week an instant lies in, at the bank."""
    day = local(instant).date()
    return day - timedelta(days=day.weekday())


def begins_at(day: date) -> datetime:
    """The first instant of a day at the bank."""
    return datetime.combine(day, time(), BANK_ZONE)


def has_overlap(spans: Iterable[Span]) -> bool:
    """True when two of one person's stretches share an instant."""
    order = sorted(spans, key=lambda span: span.starts_at)
    return any(before.ends_at > after.starts_at for before, after in pairwise(order))


def off_shift(shifts: Sequence[Span], absences: Sequence[Span], now: datetime) -> set[str]:
    """Who is not at work now: away, or rostered and between shifts."""
    away = {span.rep for span in absences if span.holds(now)}
    rostered, working = {span.rep for span in shifts}, {span.rep for span in shifts if span.holds(now)}
    return away | (rostered - working)


def standing_in(deputy_of: Mapping[str, str | None]) -> dict[str, str]:
    """Who really stands in for each absent rep: a deputy who is away himself is followed to his own; nobody at the end
    of the chain, or a circle, means nobody. `deputy_of` holds all who are away.
    """
    found = {rep: _last_of_chain(rep, deputy_of) for rep in deputy_of}
    return {rep: deputy for rep, deputy in found.items() if deputy is not None}


def _last_of_chain(rep: str, deputy_of: Mapping[str, str | None]) -> str | None:
    seen, one = {rep}, deputy_of[rep]
    while one is not None and one in deputy_of:
        if one in seen:
            return None
        seen.add(one)
        one = deputy_of[one]
    return one
