"""Virtual time: the real clock plus an offset the tests move forward. Every expiry of the simulator uses it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


class VirtualClock:
    """Real time plus an offset. Thread-safe: the offset is one float."""

    def __init__(self) -> None:
        self.offset_s = 0.0
        # Told after the time was moved.
        self.on_move: Callable[[], None] = lambda: None

    def now_s(self) -> float:
        """Virtual unix time in seconds."""
        return time.time() + self.offset_s

    def now(self) -> datetime:
        """Virtual time, aware, UTC."""
        return datetime.fromtimestamp(self.now_s(), UTC)

    def advance(self, seconds: float) -> None:
        """Move virtual time forward."""
        self.offset_s += seconds
        self.on_move()

    def beijing_day(self) -> str:
        """The platform's calendar day; quotas start anew with it."""
        return self.now().astimezone(BEIJING).date().isoformat()

    def beijing_month(self) -> str:
        """The platform's calendar month, as 2026-11."""
        return self.beijing_day()[:7]

    def beijing(self) -> datetime:
        """Virtual time on the platform's wall clock."""
        return self.now().astimezone(BEIJING)
