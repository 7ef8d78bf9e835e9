"""Waiting for a turn's answer inside a callback: the turn runs on a thread pool, the callback waits up to its
deadline.
"""

import threading
import time
from collections import defaultdict
from concurrent.futures import Executor

from bot.inbound import Inbound
from bot.inbox import Accepted, Answered, Inbox

# How often a callback looks for an answer that another process writes, and for one of this process: that rings, unless
# the turn failed here and another process took it up.
LOOK_EVERY_S = 0.2
LOOK_AT_OWN_S = 1.0


class Waiter(threading.Event):
    """Set when the row is done; `answered` says how, where the turn was of this process."""

    answered: Answered | None = None


class Doorbell:
    """Wakes the callbacks of this process that wait for one inbox row."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, set[Waiter]] = defaultdict(set)

    def ring(self, row_id: int, answered: Answered | None) -> None:
        """The row is done."""
        with self._lock:
            for waiter in self._waiting.get(row_id, ()):
                waiter.answered = answered
                waiter.set()

    def wait(self, row_id: int) -> Waiter:
        """An event that is set when the row is done; give it back with leave()."""
        waiter = Waiter()
        with self._lock:
            self._waiting[row_id].add(waiter)
        return waiter

    def leave(self, row_id: int, waiter: Waiter) -> None:
        """Nobody waits with this event any more."""
        with self._lock:
            waiters = self._waiting[row_id]
            waiters.discard(waiter)
            if not waiters:
                del self._waiting[row_id]


class Turns:
    """Runs turns for callbacks."""

    def __init__(self, inbox: Inbox, inbound: Inbound, pool: Executor, doorbell: Doorbell) -> None:
        self._inbox = inbox
        self._inbound = inbound
        self._pool = pool
        self._doorbell = doorbell

    def answer(self, openid: str, accepted: Accepted, deadline: float) -> str:
        """The body of the answer to a push, "" for silence. `deadline` is on the monotonic clock, in seconds."""
        row_id = accepted.row_id
        look_s = LOOK_EVERY_S if accepted.claim is None else LOOK_AT_OWN_S
        waiter = self._doorbell.wait(row_id)
        try:
            drive = self._pool.submit(self._inbound.drive, openid, accepted.claim)
            while (left := deadline - time.monotonic()) > 0:
                waiter.wait(min(left, look_s))
                found = waiter.answered or self._inbox.find_answer(row_id)
                if found is not None:
                    return found.body
                waiter.clear()
                if accepted.claim is None and drive.done():
                    # The first delivery's process may have died: its lease ends while this one waits.
                    drive = self._pool.submit(self._inbound.drive, openid)
        finally:
            self._doorbell.leave(row_id, waiter)
        return self._inbox.give_up_waiting(row_id).body
