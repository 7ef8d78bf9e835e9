"""In demo and test mode the product's clock follows the simulator's, so that "tomorrow at ten" can be shown today."""

import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import structlog

log = structlog.get_logger()

REFRESH_S = 0.5
TIMEOUT_S = 0.5


class SimulatedClock:
    """A clock that is `offset_s` ahead of the machine's, read from the simulator by a background thread."""

    def __init__(self, simulator_url: str) -> None:
        self._url = f"{simulator_url}/sim/clock"
        self._offset = timedelta()
        threading.Thread(target=self._follow, name="simulated-clock", daemon=True).start()

    def now(self) -> datetime:
        """The simulator's present instant."""
        return datetime.now(UTC) + self._offset

    def _follow(self) -> None:
        with httpx.Client(timeout=TIMEOUT_S) as client:
            while True:
                try:
                    self._offset = timedelta(seconds=float(client.get(self._url).json()["offset_s"]))
                except (httpx.HTTPError, ValueError, KeyError, TypeError):
                    log.debug("simulated_clock_unread")
                time.sleep(REFRESH_S)
