"""Figures counted from guesses: pure functions, no model and no files."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evaluation.guesses import OUT_OF_SCOPE, Guess

BINS = 15
ACCEPTED_SHARE = 0.95


@dataclass(frozen=True)
class IntentScore:
    """How well one intent is told from the others; `texts` is how many gold texts it has."""

    intent: str
    texts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Texts whose confidence lies in one fifteenth: what the model claims, and how often it was right."""

    low: float
    high: float
    texts: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Outcome:
    """Shares of all texts once the product's thresholds are applied; together 1."""

    right: float
    wrong: float
    asked_back: float


def share(guesses: Sequence[Guess], holds: Callable[[Guess], bool]) -> float:
    """The share of guesses of which it holds; nan when there are none."""
    return sum(map(holds, guesses)) / len(guesses) if guesses else math.nan


def accuracy(guesses: Sequence[Guess]) -> float:
    """The share of texts whose first guess is right."""
    return share(guesses, lambda guess: guess.is_right)


def recall_at(guesses: Sequence[Guess], count: int) -> float:
    """The share of texts whose intent is among the first guesses."""
    return share(guesses, lambda guess: guess.is_within(count))


def recall_of(guesses: Sequence[Guess], intent: str) -> float:
    """The share of an intent's texts that were seen as it."""
    return accuracy([guess for guess in guesses if guess.gold.intent == intent])


def in_scope(guesses: Sequence[Guess]) -> list[Guess]:
    """Those whose gold intent is not out_of_scope."""
    return [guess for guess in guesses if guess.is_in_scope]


def outside(guesses: Sequence[Guess], part: str | None = None) -> list[Guess]:
    """Those whose gold intent is out_of_scope, of one slice or of all."""
    return [guess for guess in guesses if not guess.is_in_scope and part in (None, guess.gold.part)]


def of_part(guesses: Sequence[Guess], part: str) -> list[Guess]:
    """Those of one slice."""
    return [guess for guess in guesses if guess.gold.part == part]


def intent_scores(guesses: Sequence[Guess]) -> list[IntentScore]:
    """One score for each intent that has gold texts, by name."""
    gold = Counter(guess.gold.intent for guess in guesses)
    named = Counter(guess.name for guess in guesses)
    right = Counter(guess.gold.intent for guess in guesses if guess.is_right)
    return [
        IntentScore(
            intent,
            count,
            right[intent] / named[intent] if named[intent] else 0.0,
            right[intent] / count,
            2 * right[intent] / (count + named[intent]),
        )
        for intent, count in sorted(gold.items())
    ]


def macro_f1(guesses: Sequence[Guess]) -> float:
    """The mean F1 of the intents, small ones counting as much as big ones."""
    scores = intent_scores(guesses)
    return sum(score.f1 for score in scores) / len(scores)


def confusions(guesses: Iterable[Guess]) -> list[tuple[str, str, int]]:
    """Gold intent, first guess, how often; the worst first, equal ones by name."""
    pairs = Counter((guess.gold.intent, guess.name) for guess in guesses if not guess.is_right)
    return sorted(((gold, name, count) for (gold, name), count in pairs.items()), key=lambda row: (-row[2], row))


def bins(guesses: Sequence[Guess]) -> list[Bin]:
    """Fifteen bins of equal width over the confidence of the first guess; empty ones are left out."""
    held: dict[int, list[Guess]] = {}
    for guess in guesses:
        held.setdefault(min(int(guess.confidence * BINS), BINS - 1), []).append(guess)
    return [_bin(number, some) for number, some in sorted(held.items())]


def calibration_error(guesses: Sequence[Guess]) -> float:
    """ECE: how far claimed confidence and accuracy are apart, averaged over texts."""
    return sum(one.texts * abs(one.confidence - one.accuracy) for one in bins(guesses)) / len(guesses)


def acceptance_threshold(guesses: Sequence[Guess]) -> float:
    """The highest confidence floor at which 95% of the in-scope texts are accepted.

    0 when not even that many are guessed in scope: then fewer than 95% are accepted at any floor.
    """
    inside = in_scope(guesses)
    accepted = sorted((guess.confidence for guess in inside if guess.name != OUT_OF_SCOPE), reverse=True)
    needed = math.ceil(ACCEPTED_SHARE * len(inside))
    return accepted[needed - 1] if len(accepted) >= needed else 0.0


def is_caught(guess: Guess, floor: float) -> bool:
    """Whether a text is taken to be out of scope: guessed so, or guessed with too little confidence."""
    return guess.name == OUT_OF_SCOPE or guess.confidence < floor


def caught(guesses: Sequence[Guess], floor: float) -> float:
    """The share of texts taken to be out of scope."""
    return share(guesses, lambda guess: is_caught(guess, floor))


def outcome(guesses: Sequence[Guess], floor: float, ambiguity: float) -> Outcome:
    """Answered rightly, answered wrongly, asked back."""
    answered = [guess for guess in guesses if guess.is_answered(floor, ambiguity)]
    right = sum(guess.is_right for guess in answered)
    total = len(guesses)
    return Outcome(right / total, (len(answered) - right) / total, (total - len(answered)) / total)


def _bin(number: int, held: Sequence[Guess]) -> Bin:
    claimed = sum(guess.confidence for guess in held) / len(held)
    return Bin(number / BINS, (number + 1) / BINS, len(held), claimed, accuracy(held))
