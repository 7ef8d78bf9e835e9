"""Time: aware UTC inside, Asia/Shanghai at the edges, one clock handed to everybody who needs to know the hour.

Durations inside one process use time.monotonic(); this clock is for instants that are stored or shown.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BANK_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until moved; for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def advance(self, seconds: float) -> None:
        """Move forward."""
        self.at += timedelta(seconds=seconds)


def local(instant: datetime) -> datetime:
    """The same instant on the bank's wall clock."""
    return instant.astimezone(BANK_ZONE)


def local_day(instant: datetime) -> date:
    """The bank's calendar day of an instant."""
    return local(instant).date()


def day_text(day: date) -> str:
    """A day as owners read it: 2026年11月24日."""
    return f"{day.year}年{day.month}月{day.day}日"
