"""What the intent model sees of a message: characters, their sounds, and which of them stand together.

Every feature is one 64-bit number (kind, distance, two token numbers), so a message becomes features by a few numpy
operations, and the vocabulary is a sorted array: no strings are built and no dictionary of half a million is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
class TokenNumbers:
    """Numbers of the tokens seen in training; 0 stands for all others, 1 for the ends of a message."""

    numbers: dict[str, int]
    sounds: SoundTable

    def read(self, tokens: Sequence[str]) -> tuple[Codes, Codes]:
        """Token and sound numbers of one message, its middle left out when it is long."""
        pieces = [piece for token in tokens for piece in _PIECE.findall(token)]
        if len(pieces) > 2 * LONGEST_HALF:
            pieces = pieces[:LONGEST_HALF] + pieces[-LONGEST_HALF:]
        known = [self.numbers.get(piece, 0) for piece in pieces]
        heard = [sound_of(piece, number, self.sounds) for piece, number in zip(pieces, known, strict=True)]
        return np.array(known, dtype=np.int64), np.array(heard, dtype=np.int64)

    @classmethod
    def learn(cls, messages: Sequence[Sequence[str]], sounds: SoundTable) -> TokenNumbers:
        """Numbers every piece of the training messages."""
        pieces = sorted({piece for tokens in messages for token in tokens for piece in _PIECE.findall(token)})
        return cls({piece: number for number, piece in enumerate(pieces, start=_FIRST_TOKEN)}, sounds)


def features_of(known: Codes, heard: Codes, views: Sequence[str] = VIEWS) -> Codes:
    """The features of one message in these views, as often as they occur."""
    parts: list[Codes] = []
    if "char" in views:
        parts += [_code(CHAR, known[known > 0]), _adjacent(CHAR_PAIR, known)]
    if "sound" in views:
        parts += [_code(SOUND, heard[heard > 0]), _adjacent(SOUND_PAIR, heard)]
    if "together" in views:
        parts.append(_together(known))
    if "in_order" in views:
        parts.append(_in_order(known))
    return np.concatenate(parts)


def kind_of(codes: Codes) -> Codes:
    """The kind of each feature."""
    return codes >> _KIND_SHIFT


def _code(kind: int, second: Codes, first: Codes | int = 0, distance: Codes | int = 0) -> Codes:
    packed = (kind << _KIND_SHIFT) + (distance << _DISTANCE_SHIFT) + (first << _FIRST_SHIFT) + second
    return np.asarray(packed, dtype=np.int64)


def _adjacent(kind: int, numbers: Codes) -> Codes:
    """Neighbours, the message's ends included; a pair with an unknown token is none."""
    ends = np.concatenate(([_BOUNDARY], numbers, [_BOUNDARY]))
    first, second = ends[:-1], ends[1:]
    is_known = (first > 0) & (second > 0)
    return _code(kind, second[is_known], first[is_known])


def _together(known: Codes) -> Codes:
    """Each two different tokens of the message, whatever their order."""
    different = np.unique(known[known > 0])
    first, second, _ = _pairs(len(different))
    return _code(TOGETHER, different[second], different[first])


def _in_order(known: Codes) -> Codes:
    """Each two tokens, the message's ends included, with their order and a rough distance."""
    ends = np.concatenate(([_BOUNDARY], known, [_BOUNDARY]))
    first, second, distance = _pairs(len(ends))
    codes = _code(IN_ORDER, ends[second], ends[first], distance)
    return codes if known.all() else codes[(ends[first] > 0) & (ends[second] > 0)]


@lru_cache(maxsize=2 * LONGEST_HALF + 3)
def _pairs(length: int) -> tuple[Codes, Codes, Codes]:
    """The places of every two of so many things, and how far apart they are, at most FARTHEST."""
    first, second = np.triu_indices(length, 1)
    return first, second, np.minimum(second - first, FARTHEST)
