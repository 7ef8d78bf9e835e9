"""Entities by table: products, bank tools, industries and cities in the many ways people write them.

A table of the training data is called `entity/value` (data/lookups/*.yml) and lists the spellings of that value. Word
boundaries play no part: Chinese has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from components.found import Found

# spelling -> (entity, value)
Spellings = Mapping[str, tuple[str, str]]


class LookupTable:
    """Finds the longest spelling at each place in one pass."""

    def __init__(self, spellings: Spellings) -> None:
        """Takes spellings as normal text."""
        self._spellings = spellings
        lengths: dict[str, set[int]] = defaultdict(set)
        for spelling in spellings:
            lengths[spelling[0]].add(len(spelling))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def find(self, text: str) -> Iterator[Found]:
        """For each start the longest spelling there; overlaps are the caller's to settle."""
        for start, char in enumerate(text):
            for length in self._lengths.get(char, ()):
                end = start + length
                # Near the end of the text a slice is shorter than asked for and could equal a shorter spelling.
                known = self._spellings.get(text[start:end]) if end <= len(text) else None
                if known and _stands_alone(text, start, end):
                    yield Found(known[0], known[1], start, end)
                    break


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A Latin spelling such as app must not be the middle of a longer Latin word."""
    cut_before = start > 0 and _latin(text[start - 1]) and _latin(text[start])
    cut_after = end < len(text) and _latin(text[end - 1]) and _latin(text[end])
    return not (cut_before or cut_after)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
