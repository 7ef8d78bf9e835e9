"""One spelling for every message before anything looks at it, and the way back to the customer's own characters.

Half-width forms, lower case, no WeChat emoji codes, no spaces between Chinese characters. Entities are found in the
normal text; `raw_span` gives their place in what the customer really wrote.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

# WeChat writes its own emoji as "[微笑]" or in the older "/::)" form; both carry next to nothing for understanding.
_EMOJI_CODE = re.compile(
    r"\[[A-Za-z\u4e00-\u9fff]{1,4}\]"
    r"|/::?(?:[)~B|<$XZQTPDO(+gLd!>S?8*-]|'\(|--b|,@[PoDfx@!-]?|-[|@SO])"
    r"|/:[|\d@<&,!?>BPXv-][-\w@!)|<>(*]*|/:[a-z]{2,9}(?![a-z])"
)
# The formal numerals of cheques, and one spelling for two characters that everybody mixes up.
_OWN_SPELLINGS = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟帐", "一二三四五六七八九十百千账", strict=True))


def _spelling_table() -> dict[int, str]:
    """Traditional characters to simplified ones, one for one, so that offsets stay as they are."""
    converter = OpenCC("t2s")
    simplified = {chr(point): converter.convert(chr(point)) for point in range(0x4E00, 0xA000)}
    changed = {before: _OWN_SPELLINGS.get(after, after) for before, after in simplified.items()}
    return {ord(before): after for before, after in changed.items() if before != after and len(after) == 1}


_SPELLINGS = _spelling_table()


@dataclass(frozen=True)
class NormalText:
    """A message in normal spelling; `origins[i]` is the raw index that character i came from."""

    text: str
    origins: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the raw message of the normal characters start..end (end is exclusive, as in slices)."""
        return self.origins[start], self.origins[end - 1] + 1


@lru_cache(maxsize=128)
def normalise(raw: str) -> NormalText:
    """The message in normal spelling. A message of emoji codes only is kept as it is, since they are all it says.

    The last few are kept, because several components ask for the same message.
    """
    kept = _visible(raw, [match.span() for match in _EMOJI_CODE.finditer(raw)])
    if not kept:
        kept = _visible(raw, [])
    squeezed = _squeeze_spaces(kept)
    return NormalText("".join(char for char, _ in squeezed), tuple(origin for _, origin in squeezed))


def _visible(raw: str, dropped: list[tuple[int, int]]) -> list[tuple[str, int]]:
    """Normal characters with their raw index, without the dropped spans and without leading or trailing space."""
    gone = {index for start, end in dropped for index in range(start, end)}
    chars = [(piece, index) for index, char in enumerate(raw) if index not in gone for piece in _spelled(char)]
    while chars and chars[0][0] == " ":
        chars.pop(0)
    while chars and chars[-1][0] == " ":
        chars.pop()
    return chars


@lru_cache(maxsize=8192)
def _spelled(char: str) -> str:
    """The normal spelling of one character: nothing when it cannot be seen, and a plain space for any other."""
    pieces = unicodedata.normalize("NFKC", char).lower().translate(_SPELLINGS)
    return "".join(" " if piece.isspace() else piece for piece in pieces if piece.isspace() or piece.isprintable())


def _squeeze_spaces(chars: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Keeps one space between two Latin words or numbers, where it parts them, and none anywhere else."""
    if not any(char == " " for char, _ in chars):
        return chars
    result: list[tuple[str, int]] = []
    for position, (char, origin) in enumerate(chars):
        if char == " ":
            follower = next(later for later, _ in chars[position:] if later != " ")
            if not (_is_latin(result[-1][0]) and _is_latin(follower)):
                continue
        result.append((char, origin))
    return result


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
