"""Texts as the search for secrets sees them: exactly as long as the text, so that every place found in a view is a
place in the text.

In the plain view full-width, Arabic-Indic and other digits are 0-9, letters are small, and the traditional characters
of the words that matter are the simplified ones. The spoken view reads Chinese numerals as digits as well.
"""

import re
import unicodedata

_TRADITIONAL = dict(
    zip(
        "碼驗證動態號確認訊這個為銀實銷額電話聯繫萬億塊錢後",
        "码验证动态号确认讯这个为银实销额电话联系万亿块钱后",
        strict=True,
    )
)
# What people type for the last character of an ID number.
_X = dict.fromkeys("×✕✖хХ叉", "x")
_SPOKEN = dict(zip("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789", strict=True))


# A numeral beside another or beside a digit, or 八个零: only then does speaking make a number.
_NUMERAL = f"[{''.join(_SPOKEN)}]"
_SPEAKS = re.compile(rf"{_NUMERAL}[\W_]{{0,2}}[0-9{''.join(_SPOKEN)}]|[0-9][\W_]{{0,2}}{_NUMERAL}|{_NUMERAL}个")


class _Table(dict[int, str]):
    """Characters by code point, each worked out when it is met first."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain_char(chr(code))
        return found


def plain(text: str) -> str:
    """The plain view."""
    return text.translate(_PLAIN)


def spoken(text: str) -> str:
    """The spoken view."""
    return text.translate(_ALOUD)


def is_spoken(view: str) -> bool:
    """True when the spoken view of this plain one may show more."""
    return _SPEAKS.search(view) is not None


def _plain_char(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    known = _TRADITIONAL.get(char) or _X.get(char)
    if known is not None:
        return known
    folded = unicodedata.normalize("NFKC", char).casefold()
    # ① numbers a line: it must not become the first digit of what stands behind it.
    return folded if len(folded) == 1 and not folded.isdigit() else char


_PLAIN = _Table()
_ALOUD = _Table({ord(char): digit for char, digit in _SPOKEN.items()})
