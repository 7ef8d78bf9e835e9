"""The answer to a question no intent covers, out of the approved entries; or none, when none fits well enough.

Full-text search proposes, likeness decides: how much of what is telling in the question and in the best of the entry's
own questions is common to both. `FLOOR` is the likeness from which 95 of 100 answers are right, chosen on one half of
tests/long_tail/questions.yml and measured on the other (`python -m tests.long_tail.measure`); a test keeps it there.
"""

import math
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge.entries import Entry
from bot.knowledge.search import COMMON, Document, SearchIndex, characters, tokens

FLOOR = 0.47
# From this likeness on it is the very question, put a little differently: that counts more than the model's guess. Of
# the model's own 3,671 frozen texts three are that like an entry, and the entries are right about them.
SURE = 0.7
CANDIDATES = 12
# Pairs like 怎么 tell next to nothing, but not nothing; single characters half of what a pair tells.
COMMON_WEIGHT = 0.1
CHARACTER_WEIGHT = 0.5
# What the question has beside the entry's (a story around it) is forgiven sooner than what it lacks (its subject).
EXTRA, LACKING = 0.35, 0.65
# Questions shorter than this are fragments of the talk before.
SHORTEST_CHARS = 3

# Pairs of characters, and characters marked so that they are no Latin word.
_Features = frozenset[str]


@dataclass(frozen=True)
class Found:
    """An entry and how well it fits, 0 to 1."""

    entry: Entry
    likeness: float


class Retriever:
    """Finds the entry that answers a question. The index is made when first asked; safe to share between threads."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._exact = {_plain(question): entry for entry in entries for question in entry.questions if _plain(question)}
        self._asked = {one.id: [_features(text) for text in (one.title, *one.questions)] for one in entries}
        self._weights = _weights(self._asked.values())
        self._index: SearchIndex | None = None
        self._lock = threading.Lock()

    def find_known(self, question: str) -> Entry | None:
        """The entry that has this very question, word for word or nearly so."""
        exact = self._exact.get(_plain(question))
        best = self.find_best(question) if exact is None else None
        return best.entry if best is not None and best.likeness >= SURE else exact

    def find_answer(self, question: str) -> Entry | None:
        """The entry that surely answers this question, else None."""
        best = self.find_best(question)
        return best.entry if best is not None and best.likeness >= FLOOR else None

    def find_best(self, question: str) -> Found | None:
        """The entry most like this question, however little that is; None for a fragment, or when nothing is."""
        if len(characters(question)) < SHORTEST_CHARS:
            return None
        hits = [self._entries[hit.id] for hit in self._searched().find(question, CANDIDATES)]
        found = [Found(entry, self._likeness(_features(question), entry)) for entry in hits]
        return max(found, key=lambda one: one.likeness, default=None)

    def beside(self, first: Entry, question: str, limit: int) -> list[Entry]:
        """Other entries of the same kind that answer the question as well, likest first."""
        asked = _features(question)
        others = [one for one in self._entries.values() if one.kind is first.kind and one.id != first.id]
        likely = sorted(((self._likeness(asked, one), one) for one in others), key=lambda pair: -pair[0])
        return [one for likeness, one in likely[:limit] if likeness >= FLOOR]

    def _searched(self) -> SearchIndex:
        with self._lock:
            if self._index is None:
                self._index = SearchIndex(Document(one.id, one.title, one.questions) for one in self._entries.values())
            return self._index

    def _likeness(self, asked: _Features, entry: Entry) -> float:
        return max(self._alike(asked, own) for own in self._asked[entry.id])

    def _alike(self, asked: _Features, own: _Features) -> float:
        common = self._weigh(asked & own)
        if not common:
            return 0.0
        return common / (common + EXTRA * self._weigh(asked - own) + LACKING * self._weigh(own - asked))

    def _weigh(self, features: Iterable[str]) -> float:
        # What stands in no entry tells most of all: the question is about something else.
        unknown = math.log(1 + len(self._entries))
        return sum(
            COMMON_WEIGHT
            if one in COMMON
            else self._weights.get(one, unknown) * (CHARACTER_WEIGHT if one.startswith("_") else 1)
            for one in features
        )


def _features(text: str) -> _Features:
    return frozenset(tokens(text)) | {f"_{char}" for char in characters(text)}


def _weights(entries: Iterable[Sequence[_Features]]) -> dict[str, float]:
    """How telling each feature is: the fewer entries have it, the more."""
    known = [frozenset().union(*variants) for variants in entries]
    counts = Counter(feature for one in known for feature in one)
    return {feature: math.log(1 + len(known) / (1 + count)) for feature, count in counts.items()}


def _plain(text: str) -> str:
    return "".join(characters(text))
