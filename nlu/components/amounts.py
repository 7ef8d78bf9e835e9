"""Money in customers' notations (20万, 20w, 二三十万, 1.5个亿, 3k, 两万五, 半个亿) as a span in fen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from components.found import Found
from components.numbers import COUNT, NO_MORE_DIGITS, PLAIN, RANGE_WORD, Span, and_some_more, read_count, read_plain

_SCALES = {"亿": 10**8, "万": 10**4, "w": 10**4, "千": 10**3, "k": 10**3}
# A run of digits beyond this is an account number or a joke.
_MOST_YUAN = 10**12
_SCALE = r"个?(?:千万|百万|十万|亿|万|[wk](?![a-z])|千)"
_YUAN = r"(?:块钱?|元|圆)"
# Words that make the number count people, goods, points or time.
_COUNTED = (
    r"(?!\s?多?(?:个(?!亿|万|w)|分(?![期批摊开钟次几一二两三四五六\d])|积分|工人|员工|公里"
    r"|[人名户家次笔台件平字股张年天号%步条里吨亩]|期(?!限))|[一二两三四五六七八九]百(?![万亿]))"
)
# What may follow the unit: 两万五, 20万5千, 一亿三千万. Not the number of something else, as in 三万一年.
_REST = (
    rf"(?:(?:(?<=亿){PLAIN}万?|(?<=[万w]){PLAIN}[千k]?|(?<=[千k]){PLAIN})"
    rf"{NO_MORE_DIGITS}(?![年个月天期次笔人分厘号点半成]))?"
)
_QUANTITY = rf"{COUNT}{_SCALE}多?{_REST}"
_NOT_INSIDE = r"(?<![\d.a-z])"

_RANGE = re.compile(rf"{_NOT_INSIDE}({COUNT})({_SCALE})?{RANGE_WORD}({_QUANTITY}){_YUAN}?{_COUNTED}")
_ONE = re.compile(rf"{_NOT_INSIDE}({_QUANTITY}){_YUAN}?{_COUNTED}")
_YUAN_RANGE = re.compile(rf"{_NOT_INSIDE}({COUNT}){_YUAN}?{RANGE_WORD}({COUNT}){_YUAN}")
_YUAN_ONLY = re.compile(rf"{_NOT_INSIDE}({COUNT}){_YUAN}")
# 1块2 is one yuan and twenty fen.
_WITH_JIAO = re.compile(
    rf"{_NOT_INSIDE}({COUNT})块([一二两三四五六七八九\d])(?![\d一二三四五六七八九十百千万年月天期次笔个])"
)
# 万把块, 千把块: about one of them.
_ABOUT_ONE = re.compile(r"(?<![一二两三四五六七八九十几\d])([百千万])把(?:块钱?|元|(?=[的就够,，。吧]|$))")
_SIGNED = re.compile(rf"¥\s?({PLAIN}){NO_MORE_DIGITS}(?![万千wk亿])")
_HALF = re.compile(r"半个(亿|千万|百万|w)")
_ROUGH = re.compile(
    r"(?<![一二两三四五六七八九几\d])(?:([百千十])(?:把|来|十来)|(?:上|近|小)一?([百千十])|(?:大|小)?(几十))([万亿])"
)
# "借五十个" is how bosses say 50万: only after a word about borrowing, and only where no counted thing follows.
_SLANG = re.compile(
    rf"(?:贷|借|批|抵|额度|周转|缺|拿|搞|用)[^,，。?？!！\d]{{0,3}}?({COUNT})个(?=$|[ ,，。?？!！用吧呗啊嘛左行够可能])"
)
# Not 95588 and 12378: those are service numbers.
_BARE = re.compile(
    r"(?:贷|借|转|付|交|打|款|额度|金额|还|汇)[^\d,，。]{0,4}?(?!95\d{3}(?!\d)|12\d{3}(?!\d))(\d{4,9}(?:\.\d{1,2})?)(?![\d年月日号%.期个-])"
)


def find_amounts(text: str) -> Iterator[Found]:
    """Every amount of the normal text; rivals over the same characters are the caller's to settle."""
    if not _HINT.search(text):
        return
    for pattern, read, group in _READERS:
        for match in pattern.finditer(text):
            try:
                span = read(match)
            except ValueError:
                continue  # looked like a number and is none, for example 百百
            if 0 < span.high <= _MOST_YUAN:
                yield Found("amount", _in_fen(span), *match.span(group))


def _read_quantity(text: str) -> Span:
    """Yuan. A remainder after the unit (两万五) is exact and left to cn2an."""
    plain = text.replace("个", "").replace("w", "万").replace("k", "千")
    match = re.fullmatch(rf"({COUNT})(千万|百万|十万|亿|万|千)(多?)", plain)
    if match is None:
        number = read_plain(plain)
        return Span(number, number)
    unit = _unit(match[2])
    if match[1].startswith("几") and len(match[1]) == 1:
        raise ValueError("几万 asks how much, it names no amount")
    if match[3]:
        return and_some_more(read_plain(match[1]) * unit)
    return read_count(match[1]).times(unit)


def _read_range(match: re.Match[str]) -> Span:
    """20到30万 and 二十万到三十万; the first number borrows the unit of the second when it has none."""
    high = _read_quantity(match[3])
    if match[2]:
        return Span(_read_quantity(match[1] + match[2]).low, high.high)
    scale = re.findall(_SCALE, match[3])[0]
    # 20到30万 lends 万, 五百到一千万 its last 万, 三千到五千 nothing.
    lent = (read_count(match[1]).low * _unit(unit) for unit in (scale, scale[-1]))
    low = next((number for number in lent if number <= high.high), read_count(match[1]).low)
    return Span(low, high.high)


def _read_yuan_range(match: re.Match[str]) -> Span:
    return Span(read_count(match[1]).low, read_count(match[2]).high)


def _read_rough(match: re.Match[str]) -> Span:
    """百把万, 近百万 and 上千万 mean the round number; 大几十万 stays a span."""
    if match[3]:
        return read_count(match[3]).times(_unit(match[4]))
    number = read_plain("一" + (match[1] or match[2])) * _unit(match[4])
    return Span(number, number)


def _read_about_one(match: re.Match[str]) -> Span:
    number = read_plain("一" + match[1])
    return Span(number, number)


def _read_slang(match: re.Match[str]) -> Span:
    if match[1] == "几":
        raise ValueError("几个 asks how many, it names no amount")
    return read_count(match[1]).times(10**4)


def _read_half(match: re.Match[str]) -> Span:
    half = Fraction(_unit(match[1]), 2)
    return Span(half, half)


def _read_with_jiao(match: re.Match[str]) -> Span:
    yuan = read_plain(match[1]) + read_plain(match[2]) / 10
    return Span(yuan, yuan)


def _unit(scale: str) -> int:
    """10,000,000 for 千万 and 个千万, 10,000 for w."""
    unit = 1
    for char in scale.removeprefix("个"):
        unit *= {**_SCALES, "百": 100, "十": 10}[char]
    return unit


def _in_fen(span: Span) -> dict[str, int]:
    return {"low_fen": int(span.low * 100), "high_fen": int(span.high * 100)}


# Most messages name no amount; whatever a reader above takes has one of these.
_HINT = re.compile(r"[万亿千百wk块元圆¥]|\d{4}|[\d几一二两俩仨三四五六七八九十多来零〇廿卅+]个")

_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Span], int]] = [
    (_RANGE, _read_range, 0),
    (_ONE, lambda match: _read_quantity(match[1]), 0),
    (_YUAN_RANGE, _read_yuan_range, 0),
    (_YUAN_ONLY, lambda match: read_count(match[1]), 0),
    (_WITH_JIAO, _read_with_jiao, 0),
    (_HALF, _read_half, 0),
    (_ROUGH, _read_rough, 0),
    (_SLANG, _read_slang, 1),
    (_ABOUT_ONE, _read_about_one, 0),
    (_SIGNED, lambda match: read_count(match[1]), 0),
    (_BARE, lambda match: read_count(match[1]), 1),
]
