"""Understanding one message within one time limit: first the whole of it, then, only when asked for, single clauses.

Made anew by bot/dialogue/turn.py for every turn. When the model is away, keyword rules answer in its place.
"""

import time
from collections.abc import Callable
from datetime import date

import structlog

from bot.dialogue.understanding import by_keywords
from bot.errors import NluUnavailable
from bot.knowledge.content import Content
from bot.messages import Understanding
from bot.ports import Nlu

log = structlog.get_logger()

WHOLE_TIMEOUT_S = 1.5
PART_TIMEOUT_S = 0.5
# For the whole and its parts together: the callback has 4 s in all, and the bank may be asked as well.
TURN_BUDGET_S = 2.0
# No answer can come in less; asking would only load the model.
SHORTEST_S = 0.05
MOST_PARTS = 3


class Reader:
    """Reads one message; `asked` counts the model's calls of this turn. Time is monotonic."""

    def __init__(
        self, nlu: Nlu, content: Content, today: date, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._nlu, self._content, self._today, self._monotonic = nlu, content, today, monotonic
        self._until = monotonic() + TURN_BUDGET_S
        self._is_away = False
        self._parts: dict[str, Understanding] = {}
        self.asked = 0

    def whole(self, text: str) -> Understanding:
        """What the message means as a whole."""
        return self._read(text, WHOLE_TIMEOUT_S)

    def part(self, text: str) -> Understanding | None:
        """What one clause means; None when three were read already, or the time for understanding is over."""
        if text in self._parts:
            return self._parts[text]
        if len(self._parts) >= MOST_PARTS or (not self._is_away and self._left() < SHORTEST_S):
            return None
        self._parts[text] = self._read(text, PART_TIMEOUT_S)
        return self._parts[text]

    def _left(self) -> float:
        return self._until - self._monotonic()

    def _read(self, text: str, timeout_s: float) -> Understanding:
        if not self._is_away:
            self.asked += 1
            try:
                return self._nlu.parse(text, today=self._today, timeout_s=min(timeout_s, self._left()))
            except NluUnavailable:
                # Whoever was away a moment ago is not worth another wait within this message.
                self._is_away = True
                log.warning("nlu_unavailable", asked=self.asked)
        return by_keywords(text, self._content)
