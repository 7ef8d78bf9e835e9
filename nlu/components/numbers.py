"""Chinese and Arabic numbers with their vague forms: 二十几, 三五, 一百多. Shared by amounts and terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

import cn2an

_ONE_TO_NINE = "一二两三四五六七八九"
# Below ten thousand: 万 and 亿 are units of an amount, not part of its number. Bounded, so that a wall of digits costs
# little more than a sentence.
PLAIN = r"(?:\d[\d,]{0,14}(?:\.\d{1,6})?|[零〇一二两俩仨三四五六七八九十百千廿卅]{1,12})"
# In this order: 十五六 and 二十七八, 二三十, 几十, 十几, 10几, 二十多 and 50来, 30+, 一百零五
COUNT = (
    rf"(?:[{_ONE_TO_NINE}]?十[{_ONE_TO_NINE}][{_ONE_TO_NINE}]|[{_ONE_TO_NINE}][{_ONE_TO_NINE}][十百千]?|几[十百千]?多?|[{_ONE_TO_NINE}]?[十百]几|\d+几"
    rf"|{PLAIN}[多来]|\d+\+|{PLAIN})"
)
RANGE_WORD = r"(?:到|至|-|~|—)"
# A unit may be followed by anything but more of the number.
NO_MORE_DIGITS = r"(?![\d零一二两三四五六七八九十百千万亿])"


@dataclass(frozen=True)
class Span:
    """A number as the speaker bounds it; both ends are meant."""

    low: Fraction
    high: Fraction

    def times(self, unit: Fraction | int) -> Span:
        """The same span in smaller units."""
        return Span(self.low * unit, self.high * unit)


def read_plain(text: str) -> Fraction:
    """The exact number, with 万 and 亿 if they are in it. Raises ValueError when it is not one."""
    spelled = text.replace(",", "").replace("俩", "两").replace("仨", "三").replace("〇", "零")
    if re.fullmatch(r"\d+(?:\.\d+)?", spelled):
        return Fraction(spelled)
    try:
        return Fraction(str(cn2an.cn2an(spelled, "smart")))
    except (LookupError, TypeError) as error:  # cn2an fails so on unit sequences such as 百千
        raise ValueError(text) from error


def read_count(text: str) -> Span:
    """The span that a vague or exact number covers. Raises ValueError when it is not a number."""
    after_ten = re.fullmatch(rf"([{_ONE_TO_NINE}]?十)([{_ONE_TO_NINE}])([{_ONE_TO_NINE}])", text)
    if after_ten:
        tens = read_plain(after_ten[1].rjust(2, "一"))
        return Span(tens + read_plain(after_ten[2]), tens + read_plain(after_ten[3]))
    pair = re.fullmatch(rf"([{_ONE_TO_NINE}])([{_ONE_TO_NINE}])([十百千]?)", text)
    if pair:
        scale = read_plain("一" + pair[3])
        return Span(read_plain(pair[1]) * scale, read_plain(pair[2]) * scale)
    if "几" in text:
        return _read_several(text.removesuffix("多"))
    if text.endswith("多"):
        return and_some_more(read_plain(text[:-1]))
    number = read_plain(text.removesuffix("来").removesuffix("+"))
    return Span(number, number)


def and_some_more(number: Fraction) -> Span:
    """多 after a number adds up to nine tenths of its last place: 一百多 is 100 to 190, 二十多 is 20 to 29."""
    place = Fraction(1)
    while number >= place * 10 and number % (place * 10) == 0:
        place *= 10
    return Span(number, number + place * Fraction(9, 10))


def _read_several(text: str) -> Span:
    """几 before a scale is two to nine of it (几十: 20 to 90); after a number one to nine more (十几: 11 to 19)."""
    before, after = text.split("几")
    scale = read_plain("一" + after)
    if not before:
        return Span(2 * scale, 9 * scale)
    base = read_plain(before)
    return Span(base + scale, base + 9 * scale)
