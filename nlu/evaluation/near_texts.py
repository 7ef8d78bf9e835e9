"""Pairs of texts that are nearly equal, among millions of pairs in seconds. Used by lint_data.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

# Rows compared in one call: small enough for their scores to fit into a few megabytes.
ROWS = 500
WORKERS = 2


@dataclass(frozen=True)
class Near:
    """Places of two texts in the two lists, and how alike they are (100 is equal)."""

    first: int
    second: int
    ratio: float


def near_pairs(first: Sequence[str], second: Sequence[str], least: float) -> Iterator[Near]:
    """Every pair at least this much alike, by rapidfuzz's ratio: the share of characters both have in one order."""
    if not first or not second:
        return
    rows, columns = _by_length(first), _by_length(second)
    lengths = np.array([len(second[place]) for place in columns])
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        shortest, longest = len(first[some[0]]), len(first[some[-1]])
        # Texts of too unlike lengths cannot be alike: at best all of the shorter one stands in the longer one.
        span = (200 - least) / least
        low, high = np.searchsorted(lengths, (shortest / span - 1, longest * span + 1))
        others = columns[low:high]
        scores = process.cdist(
            [first[place] for place in some],
            [second[place] for place in others],
            scorer=fuzz.ratio,
            score_cutoff=least,
            workers=WORKERS,
        )
        for row, column in zip(*np.nonzero(scores), strict=True):
            yield Near(some[row], others[column], float(scores[row, column]))


def near_pairs_within(texts: Sequence[str], least: float) -> Iterator[Near]:
    """As near_pairs, for one list with itself: each pair once, none with itself."""
    return (pair for pair in near_pairs(texts, texts, least) if pair.first < pair.second)


def nearest_ratios(texts: Sequence[str], others: Sequence[str]) -> list[float]:
    """For each text how alike the most alike of the others is; 0 when there are none."""
    ratios: list[float] = []
    for start in range(0, len(texts), ROWS):
        scores = process.cdist(texts[start : start + ROWS], others, scorer=fuzz.ratio, workers=WORKERS)
        ratios.extend(scores.max(axis=1, initial=0.0).tolist())
    return ratios


def _by_length(texts: Sequence[str]) -> list[int]:
    return sorted(range(len(texts)), key=lambda place: len(texts[place]))
