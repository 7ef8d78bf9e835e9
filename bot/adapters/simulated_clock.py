"""In demo and test mode the product's clock follows the simulator's, so that "tomorrow at ten" can be shown today."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

import httpx
import structlog

from bot.clock import Clock, SystemClock

log = structlog.get_logger()

REFRESH_S = 0.5
TIMEOUT_S = 0.5


@runtime_checkable
class RefreshableClock(Clock, Protocol):
    """A clock that follows another one and may be a moment behind it."""

    def refresh(self) -> None:
        """Look at the other one now."""
        ...


class SimulatedClock:
    """A clock that is `offset_s` ahead of the machine's, read from the simulator by a background thread."""

    def __init__(self, simulator_url: str) -> None:
        self._url = f"{simulator_url}/sim/clock"
        self._offset = timedelta()
        self._is_closed = threading.Event()
        self._client = httpx.Client(timeout=TIMEOUT_S)
        self.refresh()
        threading.Thread(target=self._follow, name="simulated-clock", daemon=True).start()

    def now(self) -> datetime:
        """The simulator's present instant."""
        return datetime.now(UTC) + self._offset

    def refresh(self) -> None:
        """Read the simulator's clock now; half a second at most, and an unread one changes nothing."""
        try:
            self._offset = timedelta(seconds=float(self._client.get(self._url).json()["offset_s"]))
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            log.debug("simulated_clock_unread")

    def close(self) -> None:
        """Stop following."""
        self._is_closed.set()

    def _follow(self) -> None:
        while not self._is_closed.wait(REFRESH_S):
            self.refresh()


@contextmanager
def open_clock(simulator_url: str | None) -> Iterator[Clock]:
    """The product's clock for a command that ends: the simulator's where there is one, else the machine's."""
    if simulator_url is None:
        yield SystemClock()
        return
    clock = SimulatedClock(simulator_url)
    try:
        yield clock
    finally:
        clock.close()
