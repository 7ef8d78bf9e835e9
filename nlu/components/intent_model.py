"""The trained numbers of the intent classifier: linear scores, and a temperature that turns them into probabilities.

Training uses scikit-learn; prediction needs only numpy, which keeps a serving process small.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from components.features import VIEW_OF_KIND, VIEWS, Codes, TokenNumbers, Weights, features_of, kind_of

Tokens = Sequence[str]


@dataclass(frozen=True)
class Rows:
    """Features of several messages, one after the other: message i has those from ends[i] to ends[i + 1]."""

    places: NDArray[np.int64]
    values: Weights
    ends: NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The features worth knowing, as sorted codes, and how rare each is (its inverse document frequency)."""

    tokens: TokenNumbers
    codes: Codes
    rarity: Weights
    views: tuple[str, ...]

    def rows(self, messages: Sequence[Tokens]) -> Rows:
        """Places in the vocabulary and weights: (1 + ln count) times rarity, each view of a message of unit length."""
        owners, codes = features_of(self.tokens.read(messages), self.views)
        places = np.searchsorted(self.codes, codes)
        places[places == len(self.codes)] = 0
        is_known = self.codes[places] == codes
        width = len(self.codes)
        cells, counts = np.unique(owners[is_known] * width + places[is_known], return_counts=True)
        owners, places = np.divmod(cells, width)
        values = (1.0 + np.log(counts)) * self.rarity[places]
        shares = owners * len(VIEWS) + VIEW_OF_KIND[kind_of(self.codes[places])]
        lengths = np.sqrt(np.bincount(shares, values * values, minlength=len(messages) * len(VIEWS)))
        ends = np.searchsorted(owners, np.arange(len(messages) + 1))
        return Rows(places, (values / lengths[shares]).astype(np.float32), ends)


@dataclass(frozen=True)
class IntentModel:
    """One row of weights per feature, one column per intent."""

    intents: list[str]
    vocabulary: Vocabulary
    weights: Weights
    bias: Weights
    temperature: float

    def probabilities(self, messages: Sequence[Tokens]) -> Weights:
        """One row per message, one probability per intent in the order of `intents`."""
        rows = self.vocabulary.rows(messages)
        scores = np.tile(self.bias, (len(messages), 1))
        for number, (start, end) in enumerate(pairwise(rows.ends.tolist())):
            # take() fetches rows from all over the memory in half the time of an index.
            scores[number] += rows.values[start:end] @ self.weights.take(rows.places[start:end], axis=0)
        return softmax(scores * self.temperature)

    def save(self, folder: Path) -> None:
        """Writes numbers and names only: nothing that could run code when it is loaded."""
        known = self.vocabulary
        np.savez(
            folder / "weights.npz",
            # Half precision halves the archive; scores change in the fourth digit.
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            codes=known.codes,
            rarity=known.rarity,
            sounds=known.tokens.sounds,
        )
        names = {
            "intents": self.intents,
            "tokens": known.tokens.numbers,
            "views": known.views,
            "temperature": self.temperature,
        }
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Reads what `save` wrote."""
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            tokens = TokenNumbers(names["tokens"], arrays["sounds"])
            vocabulary = Vocabulary(tokens, arrays["codes"], arrays["rarity"], tuple(names["views"]))
            weights = arrays["weights"].astype(np.float32)
            return cls(names["intents"], vocabulary, weights, arrays["bias"], names["temperature"])


def softmax(scores: Weights) -> Weights:
    """Scores to shares that add up to one in each row."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Weights = raised / raised.sum(axis=-1, keepdims=True)
    return result
