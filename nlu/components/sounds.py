"""The sound of a Chinese character as a small number, so that 优盾 and U顿, 货款 and 贷款 meet in the features.

Toneless pinyin, one reading per character: keyboards make people choose among characters that sound alike, and so do
speech recognisers. The table is made in training and travels with the model; serving needs no pinyin library.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = 0x4E00, 0x9FFF
# Numbers of syllables stay below this; a token that has no pinyin sounds like itself and counts from here.
OTHER_SOUNDS = 1024

SoundTable = NDArray[np.uint16]


def make_sound_table() -> SoundTable:
    """Syllable number by code point from U+4E00; 0 where a character has no reading."""
    # Only training needs it.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    characters = [chr(point) for point in range(FIRST, LAST + 1)]
    readings = [(lazy_pinyin(character, errors="ignore") or [""])[0] for character in characters]
    numbers = {reading: number for number, reading in enumerate(sorted({*readings} - {""}), start=1)}
    if len(numbers) >= OTHER_SOUNDS:
        raise ValueError(f"{len(numbers)} syllables, more than the features have room for")
    return np.array([numbers.get(reading, 0) for reading in readings], dtype=np.uint16)


def sound_of(token: str, token_number: int, table: SoundTable) -> int:
    """The number of the token's sound; a known token without pinyin has one of its own; 0 for any other."""
    point = ord(token[0])
    if len(token) == 1 and FIRST <= point <= LAST:
        return int(table[point - FIRST])
    return OTHER_SOUNDS + token_number if token_number else 0
