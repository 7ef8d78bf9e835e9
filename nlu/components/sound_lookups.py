"""Names of products by their sound: 税物贷, 网贷痛, 用公贷. Nobody can list all characters that sound alike.

Only long names are heard: two syllables mean too many things (回单 sounds like 会担心). Accents that make one of -n and
-ng, or of s and sh, are heard alike. Learnt in training, since serving has no pinyin library.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from components.found import Found
from components.lookups import Spellings
from components.sounds import FIRST, LAST

HEARD = "product"
LEAST_SYLLABLES = 3
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class SoundLookups:
    """`syllables` is the sound of every character that matters; `names` are runs of such sounds, by what they mean."""

    syllables: Mapping[str, str]
    names: Mapping[str, tuple[str, str]]
    # How many syllables the names have that begin with this one, the longest first.
    _lengths: dict[str, list[int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Looks at every name once."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self.names:
            syllables = name.split()
            lengths[syllables[0]].add(len(syllables))
        self._lengths.update({first: sorted(sizes, reverse=True) for first, sizes in lengths.items()})

    def find(self, text: str) -> Iterator[Found]:
        """For each start the longest name that sounds so; overlaps are the caller's to settle."""
        heard = [self.syllables.get(char, "") for char in text]
        for start, first in enumerate(heard):
            for length in self._lengths.get(first, ()):
                known = self.names.get(" ".join(heard[start : start + length]))
                if known and start + length <= len(text):
                    yield Found(*known, start, start + length)
                    break


def learn(spellings: Spellings) -> SoundLookups:
    """The sounds of the long Chinese names. A sound that two of them share is left out."""
    # Only training needs it.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    meant: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for spelling, (entity, value) in spellings.items():
        if entity == HEARD and len(spelling) >= LEAST_SYLLABLES and _CHINESE.fullmatch(spelling):
            meant[" ".join(map(_accented, lazy_pinyin(spelling)))].add((entity, value))
    names = {sounds: values.pop() for sounds, values in meant.items() if len(values) == 1}
    wanted = {syllable for sounds in names for syllable in sounds.split()}
    characters = (chr(point) for point in range(FIRST, LAST + 1))
    read = ((character, _accented((lazy_pinyin(character, errors="ignore") or [""])[0])) for character in characters)
    return SoundLookups({character: syllable for character, syllable in read if syllable in wanted}, names)


def _accented(syllable: str) -> str:
    """As somebody says it who does not part zh from z, and -ng from -n."""
    return re.sub(r"^([zcs])h", r"\1", syllable).removesuffix("g")
