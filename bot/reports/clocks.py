"""Time as the reports count it: days of the bank, opening hours of a desk. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from bot.clock import BANK_ZONE, local, local_day
from bot.knowledge.content import Skill
from bot.knowledge.hours import is_duty_day

DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


def day_bounds(day: date) -> Span:
    """The first instant of a day of the bank, and of the next one."""
    start = datetime.combine(day, time(), BANK_ZONE)
    return start, start + DAY


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def open_ms(start: datetime, end: datetime, desk: Skill | None) -> int:
    """The milliseconds between two instants in which the desk was open; all of them for a desk nobody knows."""
    if desk is None:
        return _ms(start, end)
    total = 0
    for day in days_between(local_day(start), local_day(end)):
        if is_duty_day(day, desk):
            midnight = datetime.combine(day, time(), BANK_ZONE)
            opens, closes = (midnight + timedelta(minutes=one) for one in (desk.opens, desk.closes))
            total += max(0, _ms(max(start, opens), min(end, closes)))
    return total


def ms_between(start: datetime, end: datetime) -> int:
    """The milliseconds between two instants; none when the clock was moved back."""
    return max(0, _ms(start, end))


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """The time that is in both; each without overlaps."""
    pairs = ((max(a, c), min(b, d)) for a, b in first for c, d in second)
    return sorted((start, end) for start, end in pairs if start < end)


def by_hour(spans: Iterable[Span]) -> dict[int, int]:
    """Seconds by the hour of the bank's wall clock they fall into."""
    found: dict[int, int] = {}
    for start, end in spans:
        at = start
        while at < end:
            here = local(at)
            following = min(end, here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
            found[here.hour] = found.get(here.hour, 0) + round((following - at).total_seconds())
            at = following
    return found


def seconds(spans: Iterable[Span]) -> int:
    """The length of them all."""
    return round(sum((end - start).total_seconds() for start, end in spans))


def _ms(start: datetime, end: datetime) -> int:
    return round((end - start).total_seconds() * 1000)
