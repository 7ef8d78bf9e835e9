"""How like the training data the gold texts are, and how accuracy depends on it.

Accuracy on a set says little if its texts nearly stand in the training data, and it flatters when authors of both think
alike. So the report shows it by distance, to be read from the top: the least alike texts come nearest to a stranger's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation import figures
from evaluation.guesses import Guess
from evaluation.near_texts import nearest_ratios
from evaluation.utterances import key_of

# Ratios of rapidfuzz from which a band begins; above the last one lint_data.py calls it a leak.
BANDS = (0, 40, 50, 60, 70, 80)


@dataclass(frozen=True)
class Band:
    """Texts whose nearest training text is at least `low` and under `high` percent alike."""

    low: float
    high: float
    texts: int
    accuracy: float


def by_likeness(guesses: Sequence[Guess], training: Sequence[str]) -> list[Band]:
    """Accuracy per band; empty bands are left out."""
    ratios = nearest_ratios([key_of(guess.gold.text) for guess in guesses], [key_of(text) for text in training])
    ends = (*BANDS[1:], math.inf)
    bands = []
    for low, high in zip(BANDS, ends, strict=True):
        some = [guess for guess, ratio in zip(guesses, ratios, strict=True) if low <= ratio < high]
        if some:
            bands.append(Band(low, min(high, 100), len(some), figures.accuracy(some)))
    return bands
