"""Texts that say nearly the same, put together: what a trainer decides once instead of twenty times.

How a question is framed (能不能…, 可以…吗, …行不行) says nothing of its matter and is left out, negations are kept.
Two texts are as alike as the share of character pairs they have in common (Dice). Each pair becomes one character of
a sorted string, so that rapidfuzz's C code counts the common ones. The work is bounded by the number of texts handed
in: every text is compared with the first text of each group.
"""

import re
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import Indel

ALIKE = 0.5
# Private use area: one code point for each character pair, none of them special to anybody.
_FIRST_CODE = 0xF0000
_CODES = 0x10FFFD - _FIRST_CODE
_FRAME = re.compile(
    r"请问|我的|我们?|[能可]不[能可]以?|行不行|能否|可否|(?<![不没])(?:可以|能)|[吗嘛么呢呀啊吧]$|(?<=[\u4e00-\u9fff]{4})不$"
)


def group_alike(texts: Sequence[str]) -> list[list[int]]:
    """Indexes of the texts by group, in the order given: earlier texts lead groups, so put the most frequent first."""
    codes: dict[str, str] = {}
    leaders: dict[int, str] = {}
    groups: dict[int, list[int]] = {}
    for index, text in enumerate(texts):
        pairs = _encoded(text, codes)
        best = process.extractOne(pairs, leaders, scorer=Indel.normalized_similarity, score_cutoff=ALIKE)
        if best is not None:
            groups[best[2]].append(index)
        else:
            leaders[index], groups[index] = pairs, [index]
    return list(groups.values())


def _encoded(text: str, codes: dict[str, str]) -> str:
    """The text's character pairs, its ends marked, each as one character, sorted: in sorted strings the longest
    common subsequence is what both have in common.
    """
    padded = f"^{_FRAME.sub('', text) or text}$"
    pairs = (padded[at : at + 2] for at in range(len(padded) - 1))
    return "".join(sorted(codes.setdefault(pair, chr(_FIRST_CODE + len(codes) % _CODES)) for pair in pairs))
