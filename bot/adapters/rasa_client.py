"""ports.Nlu over Rasa's own parse contract, so that a stock `rasa run` can stand in for our server."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.adapters.http_json import JsonService, NoAnswer, NotThere
from bot.errors import NluUnavailable
from bot.messages import Entity, Understanding

# A model that adds up its shares in 32 bits may end a hair above one.
Share = Annotated[float, Field(ge=0, le=1.001), AfterValidator(lambda share: min(share, 1.0))]
Name = Annotated[str, Field(min_length=1, max_length=64)]
MAX_CHARS = 2000


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


class RasaNlu:
    """The trained model behind HTTP."""

    def __init__(self, url: str) -> None:
        self._service = JsonService(url)

    def parse(self, text: str, *, today: date, timeout_s: float) -> Understanding:
        """Intent, ranking and entities of one text. Raises NluUnavailable."""
        body = {"text": text[:MAX_CHARS], "metadata": {"today": today.isoformat()}}
        try:
            parsed = self._service.post("/model/parse", body, _Parsed, timeout_s=timeout_s)
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
        )
