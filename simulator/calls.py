"""Every API call received, with its reply: what tests look at to see what the product really sent."""

from collections import deque
from typing import Any

KEPT = 20_000


class CallLog:
    """The newest calls, oldest first. The caller holds the world's lock."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._seq = 0

    def add(self, call: dict[str, Any]) -> None:
        """Keep a call under the next number."""
        self._seq += 1
        self._calls.append({"seq": self._seq, **call})

    def find(self, path: str | None, after: int) -> list[dict[str, Any]]:
        """Calls of this path (all when None) numbered above `after`."""
        return [call for call in self._calls if call["seq"] > after and path in (None, call["path"])]
