"""What the intent model sees of a message: characters, pairs of characters, and the concepts they name.

A concept is a regular expression of the training data called `concept_...` (data/concepts.yml): 灰单, 回执 and 电子回单
are one thing to a bank, and a model with some 75 examples per intent cannot learn that alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations, pairwise

CONCEPT_PREFIX = "concept_"
# Measured in cross-validation: concepts help most at less than half the weight of the characters.
CONCEPT_WEIGHT = 0.4


class FeatureMaker:
    """Turns tokens into weighted features. The same object serves training and prediction."""

    def __init__(self, concepts: dict[str, str]) -> None:
        """Takes concept name -> pattern over the normal text. Raises re.error when a pattern is broken."""
        self._concepts = [(name, re.compile(pattern)) for name, pattern in sorted(concepts.items())]

    def features(self, tokens: Sequence[str]) -> dict[str, float]:
        """Feature name -> weight; each of the two kinds has unit length, so long messages do not shout."""
        pairs = [first + "\x1f" + second for first, second in pairwise(tokens)]
        features = _unit_length([*tokens, *pairs], 1.0)
        features.update(_unit_length(self._named_concepts("".join(tokens)), CONCEPT_WEIGHT))
        return features

    def _named_concepts(self, text: str) -> list[str]:
        names = [name for name, pattern in self._concepts if pattern.search(text)]
        return names + [f"{first}&{second}" for first, second in combinations(names, 2)]


def _unit_length(names: list[str], length: float) -> dict[str, float]:
    """Damped counts (1 + ln n) scaled to the given Euclidean length."""
    damped = {name: 1.0 + math.log(count) for name, count in Counter(names).items()}
    norm = math.sqrt(sum(value * value for value in damped.values()))
    return {name: length * value / norm for name, value in damped.items()}
