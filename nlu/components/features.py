"""What the intent model sees of a message: characters, their sounds, and which of them stand together.

Every feature is one 64-bit number (kind, distance, two token numbers), so a message becomes features by a few numpy
operations, and the vocabulary is a sorted array: no strings are built and no dictionary of half a million is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from components.sounds import SoundTable, sound_of

Codes = NDArray[np.int64]
Weights = NDArray[np.float32]

# Kinds of feature. Those of one view share one unit of length, so that the many pairs do not shout the few words down.
CHAR, CHAR_PAIR, SOUND, SOUND_PAIR, TOGETHER, IN_ORDER = range(6)
VIEW_OF_KIND = np.array([0, 0, 1, 1, 2, 3])
VIEWS = ("char", "sound", "together", "in_order")
# A feature met once in training says next to nothing about an intent.
LEAST_MESSAGES = 2
# Beyond this distance, order matters but not how far.
FARTHEST = 4
# Pairs grow with the square of the length: of a long story the beginning and the end are read.
LONGEST_HALF = 40

_PIECE = re.compile(r"[a-z]+|\d|\S")
_KIND_SHIFT, _DISTANCE_SHIFT, _FIRST_SHIFT = 56, 48, 24
_BOUNDARY = 1
_FIRST_TOKEN = 2


@dataclass(frozen=True)
class Numbered:
    """Messages as numbers, one after the other, a boundary before and behind each: message i has those from ends[i] to
    ends[i + 1]. `owners` tells whose each is, `is_inner` which are no boundary.
    """

    known: Codes
    heard: Codes
    ends: Codes
    owners: Codes
    is_inner: NDArray[np.bool_]


@dataclass(frozen=True)
class TokenNumbers:
    """Numbers of the tokens seen in training; 0 stands for all others, 1 for the ends of a message."""

    numbers: dict[str, int]
    sounds: SoundTable
    # Token and sound number of every token seen in training.
    _both: dict[str, tuple[int, int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Looks every sound up once."""
        self._both.update({piece: (number, self._sound(piece, number)) for piece, number in self.numbers.items()})

    def read(self, messages: Sequence[Sequence[str]]) -> Numbered:
        """Token and sound numbers of the messages; of a long one the middle is left out."""
        both: list[tuple[int, int]] = []
        ends = [0]
        for tokens in messages:
            pieces = _pieces(tokens)
            if len(pieces) > 2 * LONGEST_HALF:
                pieces = pieces[:LONGEST_HALF] + pieces[-LONGEST_HALF:]
            both.append((_BOUNDARY, _BOUNDARY))
            both += [self._both.get(piece) or (0, self._sound(piece, 0)) for piece in pieces]
            both.append((_BOUNDARY, _BOUNDARY))
            ends.append(len(both))
        known, heard = np.array(both, dtype=np.int64).reshape(-1, 2).T
        starts = np.array(ends)
        is_inner = np.ones(len(both), dtype=np.bool_)
        is_inner[starts[:-1]] = is_inner[starts[1:] - 1] = False
        return Numbered(known, heard, starts, np.repeat(np.arange(len(messages)), np.diff(starts)), is_inner)

    def _sound(self, piece: str, number: int) -> int:
        return sound_of(piece, number, self.sounds)

    @classmethod
    def learn(cls, messages: Sequence[Sequence[str]], sounds: SoundTable) -> TokenNumbers:
        """Numbers every piece of the training messages."""
        pieces = sorted({piece for tokens in messages for piece in _pieces(tokens)})
        return cls({piece: number for number, piece in enumerate(pieces, start=_FIRST_TOKEN)}, sounds)


def features_of(messages: Numbered, views: Sequence[str] = VIEWS) -> tuple[Codes, Codes]:
    """The features in these views, as often as they occur, and the message that each belongs to.

    All messages go through each step together, since a step costs more than what it does for one message.
    """
    parts: list[tuple[Codes, Codes]] = []
    if "char" in views:
        parts += [_single(CHAR, messages.known, messages), _adjacent(CHAR_PAIR, messages.known, messages)]
    if "sound" in views:
        parts += [_single(SOUND, messages.heard, messages), _adjacent(SOUND_PAIR, messages.heard, messages)]
    if "together" in views:
        parts.append(_together(messages))
    if "in_order" in views:
        parts.append(_in_order(messages))
    owners, codes = zip(*parts, strict=True)
    return np.concatenate(owners), np.concatenate(codes)


def kind_of(codes: Codes) -> Codes:
    """The kind of each feature."""
    return codes >> _KIND_SHIFT


def _code(kind: int, second: Codes, first: Codes | int = 0, distance: Codes | int = 0) -> Codes:
    packed = (kind << _KIND_SHIFT) + (distance << _DISTANCE_SHIFT) + (first << _FIRST_SHIFT) + second
    return np.asarray(packed, dtype=np.int64)


def _pieces(tokens: Sequence[str]) -> list[str]:
    """Numbers digit by digit, all else as it is."""
    return _PIECE.findall(" ".join(tokens))


def _single(kind: int, numbers: Codes, messages: Numbered) -> tuple[Codes, Codes]:
    """Each known token by itself."""
    wanted = messages.is_inner & (numbers > 0)
    return messages.owners[wanted], _code(kind, numbers[wanted])


def _adjacent(kind: int, numbers: Codes, messages: Numbered) -> tuple[Codes, Codes]:
    """Neighbours, the message's ends included; a pair with an unknown token is none."""
    owners = messages.owners
    wanted = (owners[:-1] == owners[1:]) & (numbers[:-1] > 0) & (numbers[1:] > 0)
    return owners[1:][wanted], _code(kind, numbers[1:][wanted], numbers[:-1][wanted])


def _together(messages: Numbered) -> tuple[Codes, Codes]:
    """Each two different tokens of a message, whatever their order."""
    wanted = messages.is_inner & (messages.known > 0)
    cells = np.unique((messages.owners[wanted] << _FIRST_SHIFT) + messages.known[wanted])
    owners, different = np.divmod(cells, 1 << _FIRST_SHIFT)
    ends = np.searchsorted(owners, np.arange(len(messages.ends)))
    first, second, _ = _pairs_within(ends)
    return owners[first], _code(TOGETHER, different[second], different[first])


def _in_order(messages: Numbered) -> tuple[Codes, Codes]:
    """Each two tokens, the message's ends included, with their order and a rough distance."""
    first, second, distance = _pairs_within(messages.ends)
    before, after = messages.known[first], messages.known[second]
    codes, owners = _code(IN_ORDER, after, before, distance), messages.owners[first]
    if messages.known.all():
        return owners, codes
    wanted = (before > 0) & (after > 0)
    return owners[wanted], codes[wanted]


def _pairs_within(ends: Codes) -> tuple[Codes, Codes, Codes]:
    """The places of every two of one message, for messages that go from ends[i] to ends[i + 1], and how far apart."""
    starts = ends.tolist()
    pairs = [(start, _pairs(end - start)) for start, end in pairwise(starts)]
    first = np.concatenate([one + start for start, (one, _, _) in pairs])
    second = np.concatenate([other + start for start, (_, other, _) in pairs])
    return first, second, np.concatenate([distance for _, (_, _, distance) in pairs])


@lru_cache(maxsize=2 * LONGEST_HALF + 3)
def _pairs(length: int) -> tuple[Codes, Codes, Codes]:
    """The places of every two of so many things, and how far apart they are, at most FARTHEST."""
    first, second = np.triu_indices(length, 1)
    return first, second, np.minimum(second - first, FARTHEST)
