"""ports.Nlu over Rasa's own parse contract, so that a stock `rasa run` can stand in for our server.

What ours adds is optional: it names its model in the reply, and takes the time that is left to us as a header, so that
it drops what nobody waits for any more.
"""

import time
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.adapters.breaker import Breaker
from bot.adapters.http_json import JsonService, NoAnswer, NotThere
from bot.adapters.parse_memory import ParseMemory
from bot.errors import NluUnavailable
from bot.messages import Entity, Understanding

# A model that adds up its shares in 32 bits may end a hair above one.
Share = Annotated[float, Field(ge=0, le=1.001), AfterValidator(lambda share: min(share, 1.0))]
Name = Annotated[str, Field(min_length=1, max_length=64)]
MAX_CHARS = 2000
DEADLINE_HEADER = "X-Deadline-Ms"


class _Intent(BaseModel):
    name: Name | None
    confidence: Share


class _Entity(BaseModel):
    model_config = ConfigDict(extra="ignore")

    entity: Name
    value: Any
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    role: Name | None = None


class _Parsed(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str
    intent: _Intent
    intent_ranking: list[_Intent] = []
    entities: list[_Entity] = []
    model_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class RasaNlu:
    """The trained model behind HTTP. Time is monotonic."""

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._service = JsonService(url, breaker=Breaker(monotonic))
        self._memory = ParseMemory(monotonic)

    def parse(self, text: str, *, today: date, timeout_s: float) -> Understanding:
        """Intent, ranking and entities of one text, as said within the last minute or new. Raises NluUnavailable."""
        known = self._memory.find(text, today)
        if known is not None:
            return known
        said = self._ask(text, today, timeout_s)
        self._memory.keep(text, today, said)
        return said

    def close(self) -> None:
        """Closes the kept connections; no call may follow."""
        self._service.close()

    def _ask(self, text: str, today: date, timeout_s: float) -> Understanding:
        headers = {DEADLINE_HEADER: str(int(timeout_s * 1000))}
        body = {"text": text[:MAX_CHARS], "metadata": {"today": today.isoformat()}}
        try:
            parsed = self._service.post("/model/parse", body, _Parsed, timeout_s=timeout_s, headers=headers)
        except (NoAnswer, NotThere) as error:
            raise NluUnavailable from error
        if parsed.intent.name is None:
            raise NluUnavailable
        return Understanding(
            intent=parsed.intent.name,
            confidence=parsed.intent.confidence,
            ranking=tuple((guess.name, guess.confidence) for guess in parsed.intent_ranking if guess.name),
            entities=tuple(
                Entity(found.entity, found.value, text[found.start : found.end], found.start, found.end, found.role)
                for found in parsed.entities
            ),
            model=parsed.model_id,
        )
