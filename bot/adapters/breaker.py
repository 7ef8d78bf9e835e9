"""A circuit breaker: after five failures in a row nobody asks for five seconds, then one call tries again."""

import threading
import time
from collections.abc import Callable

FAILURES = 5
OPEN_S = 5.0


class Breaker:
    """Counts failures of one service; shared by the threads of a process. Time is monotonic."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        """True when a call may be made; while half open, for one caller only."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            now = self._monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + OPEN_S
            return True

    def succeeded(self) -> None:
        """The service answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The service did not answer, or answered nonsense."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = self._monotonic() + OPEN_S
