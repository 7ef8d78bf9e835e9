"""Everything that happens, as one numbered stream: the phone page follows it, transcripts are written through it."""

import threading
from collections import deque
from dataclasses import dataclass

KEPT = 5000


@dataclass(frozen=True)
class FeedItem:
    """One line of the stream. Kinds: entry, typing, follower, menu, mode, clock, mass, reset."""

    seq: int
    kind: str
    data: dict[str, object]


class Feed:
    """A bounded list of items with waiting readers. Thread-safe on its own."""

    def __init__(self) -> None:
        self._items: deque[FeedItem] = deque(maxlen=KEPT)
        self._last = 0
        self._changed = threading.Condition()

    @property
    def last_seq(self) -> int:
        """Number of the newest item."""
        return self._last

    def publish(self, kind: str, data: dict[str, object]) -> int:
        """Append an item, wake the readers, return its number."""
        with self._changed:
            self._last += 1
            self._items.append(FeedItem(self._last, kind, data))
            self._changed.notify_all()
            return self._last

    def wait(self, after: int, timeout_s: float) -> list[FeedItem]:
        """Items after this number; empty when none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._last > after, timeout_s)
            return [item for item in self._items if item.seq > after]
