"""What the platform does by itself some time after a call: jobs end, receipts go out. By the virtual clock.

One thread, there only while something is to come. Acts run outside the world's lock and take it themselves.
"""

import heapq
import itertools
import threading
from collections.abc import Callable

from simulator.clock import VirtualClock

Act = Callable[[], None]


class Later:
    """Acts by the instant they are due, virtual unix seconds. Thread-safe."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._acts: list[tuple[float, int, Act]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_awake = False
        # Held while acts run, so that who asks for what is due finds it done.
        self._running = threading.RLock()
        clock.on_move = self.wake

    def at(self, due_s: float, act: Act) -> None:
        """Do this then. May be called under the world's lock."""
        with self._changed:
            heapq.heappush(self._acts, (due_s, next(self._numbers), act))
            if not self._is_awake:
                self._is_awake = True
                threading.Thread(target=self._watch, name="later", daemon=True).start()
            self._changed.notify_all()

    def wake(self) -> None:
        """The clock was moved."""
        with self._changed:
            self._changed.notify_all()

    def run_due(self) -> None:
        """Do everything that is due now, also what another thread is about to do. Not under the world's lock."""
        with self._running:
            while (act := self._next_due()) is not None:
                act()

    def clear(self) -> None:
        """Forget what was to come."""
        with self._changed:
            self._acts.clear()
            self._changed.notify_all()

    def _next_due(self) -> Act | None:
        with self._changed:
            if not self._acts or self._acts[0][0] > self._clock.now_s():
                return None
            return heapq.heappop(self._acts)[2]

    def _watch(self) -> None:
        while True:
            self.run_due()
            with self._changed:
                if not self._acts:
                    self._is_awake = False
                    return
                wait_s = self._acts[0][0] - self._clock.now_s()
                if wait_s > 0:
                    self._changed.wait(wait_s)
