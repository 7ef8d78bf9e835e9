"""What the model said of a text within the last minute: greetings and menu words come again and again.

Kept only for the model that said it: the first reply of another one empties the memory.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date

from bot.messages import Understanding

KEPT_S = 60.0
MOST = 1024


class ParseMemory:
    """Understandings by text and by the day from which its dates were counted; thread-safe. Time is monotonic."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._model: str | None = None
        self._kept: OrderedDict[tuple[date, str], tuple[float, Understanding]] = OrderedDict()

    def find(self, text: str, today: date) -> Understanding | None:
        """What was said less than a minute ago, or None."""
        with self._lock:
            said_at, found = self._kept.get((today, text), (0.0, None))
            return found if found is not None and self._monotonic() < said_at + KEPT_S else None

    def keep(self, text: str, today: date, said: Understanding) -> None:
        """Remembers it, and forgets all that another model said. What names no model is not kept, because nobody could
        tell when it becomes stale.
        """
        with self._lock:
            if said.model != self._model:
                self._kept.clear()
                self._model = said.model
            if said.model is None:
                return
            now = self._monotonic()
            self._kept[today, text] = (now, said)
            self._kept.move_to_end((today, text))
            # The oldest come first.
            while len(self._kept) > MOST or next(iter(self._kept.values()))[0] <= now - KEPT_S:
                self._kept.popitem(last=False)
