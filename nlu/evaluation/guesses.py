"""What a model makes of the gold texts, in batches. All figures are counted from this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.gold import GOLD_DAY, GoldEntities, GoldText
from serving.prediction import LoadedModel
from serving.wire import ParseRequest

OUT_OF_SCOPE = "out_of_scope"
# Texts that go through the graph together; more would not be faster.
BATCH = 256


@dataclass(frozen=True)
class Guess:
    """One gold text and the model's ranking, best first; an empty ranking is a text the model could not read at all."""

    gold: GoldText
    ranking: tuple[tuple[str, float], ...]

    @property
    def name(self) -> str:
        """The first guess; "" when there is none."""
        return self.ranking[0][0] if self.ranking else ""

    @property
    def confidence(self) -> float:
        """That of the first guess."""
        return self.ranking[0][1] if self.ranking else 0.0

    @property
    def margin(self) -> float:
        """How far the first guess is ahead of the second."""
        return self.confidence - (self.ranking[1][1] if len(self.ranking) > 1 else 0.0)

    @property
    def is_right(self) -> bool:
        """Whether the first guess is the gold intent."""
        return self.name == self.gold.intent

    @property
    def is_in_scope(self) -> bool:
        """Whether the text is one the bot should know an answer to."""
        return self.gold.intent != OUT_OF_SCOPE

    def is_within(self, count: int) -> bool:
        """Whether the gold intent is among the first guesses."""
        return self.gold.intent in [name for name, _ in self.ranking[:count]]

    def is_answered(self, floor: float, ambiguity: float) -> bool:
        """Whether the product answers it at these thresholds, or asks back (bot/dialogue/understanding.py)."""
        return bool(self.ranking) and self.confidence >= floor and self.margin >= ambiguity


def guess_all(model: LoadedModel, texts: Sequence[GoldText]) -> list[Guess]:
    """A guess for each text, in their order."""
    replies = _parse(model, [text.text for text in texts])
    return [
        Guess(text, tuple((one["name"], one["confidence"]) for one in reply["intent_ranking"]))
        for text, reply in zip(texts, replies, strict=True)
    ]


def find_entities(model: LoadedModel, messages: Sequence[GoldEntities]) -> list[list[dict[str, Any]]]:
    """The entities that the model finds in each message."""
    return [reply["entities"] for reply in _parse(model, [message.text for message in messages])]


def _parse(model: LoadedModel, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(texts), BATCH):
        some = texts[start : start + BATCH]
        yield from model.parse_many([ParseRequest(text, None, {"today": GOLD_DAY}) for text in some])
