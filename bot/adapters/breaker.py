"""A circuit breaker: after five failures in a row nobody asks for five seconds, then one call tries again.

A service that says it has too much to do is alive, and a pause of all callers would make a short peak long: its answer
counts a fifth of a failure, so that only 25 in a row, with not one success between them, make the callers pause.
"""

import threading
import time
from collections.abc import Callable

FAILURES = 5
OVERLOADS = 25
_FAILURE_WEIGHS = OVERLOADS // FAILURES
OPEN_S = 5.0


class Breaker:
    """Counts failures of one service; shared by the threads of a process. Time is monotonic."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._weight = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        """True when a call may be made; while half open, for one caller only."""
        with self._lock:
            if self._weight < OVERLOADS:
                return True
            now = self._monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + OPEN_S
            return True

    def succeeded(self) -> None:
        """The service answered."""
        with self._lock:
            self._weight = 0

    def failed(self) -> None:
        """The service did not answer, or answered nonsense."""
        self._add(_FAILURE_WEIGHS)

    def overloaded(self) -> None:
        """The service answered that it has too much to do."""
        self._add(1)

    def _add(self, weight: int) -> None:
        with self._lock:
            self._weight += weight
            if self._weight >= OVERLOADS:
                self._open_until = self._monotonic() + OPEN_S
