"""Spans of time as months (半年, 一年期, 俩月, 一年半, 半年到一年), and how long a business has been going."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from components.found import Found
from components.numbers import COUNT, RANGE_WORD, Span, read_count

IN_BUSINESS = "in_business"
_MOST_MONTHS = 1200
_YEAR_TAIL = r"(?:期(?!限)|的)?"
# 年检, 年化, 三年级 and their like name a yearly thing; 2024年 and 3月 are dates.
_YEARS = rf"(?P<years>{COUNT})(?:周)?年(?P<more_years>多)?(?P<half_year>半)?(?![检审化报费级])"
_MONTHS = (
    rf"(?P<months>{COUNT})个(?P<half_month>半)?(?:多)?月|(?P<spoken>[俩两仨])月(?![底初中份])"
    r"|(?P<instalments>\d{1,3}|[二三四五六]?十[一二三四五六七八九]?)期(?!工程)|(?P<about>个把月)"
)
_HALF_YEAR = r"(?<![上下前后])(?P<half>大?半年)(?P<more_half>多)?"
_DAYS = r"(?P<days>\d{2,3}|[二三四六九]十|一百[二八]十)天"
_QUARTERS = rf"(?P<quarters>{COUNT})个?季度"
_ONE = re.compile(rf"(?<![\d.第每])(?:{_YEARS}|{_MONTHS}|{_HALF_YEAR}|{_DAYS}|{_QUARTERS}){_YEAR_TAIL}(?![以之]?前)")
_SHARED_UNIT = re.compile(rf"(?<![\d.])(?P<low>{COUNT}){RANGE_WORD}(?P<high>{COUNT})(?P<unit>个月|年)(?![检审化报费])")
# 一个月还多少 and 一年也就交八千 tell how much in each, not how long.
_EACH = re.compile(
    r"(?:一个?|1个?)(?:月|年)(?:也|就|大概|差不多|大约|要|得|能|才|只|都|下来|的){0,2}"
    rf"(?:还(?=多少|几|个?{COUNT})|交|走账|走帐|流水|收入|营业|进账|扣|是?(?:{COUNT})[块元])"
)
# Most messages name no span of time; whatever the patterns above take has one of these.
_HINT = re.compile(r"[年月天季期]")
_BETWEEN = re.compile(RANGE_WORD)
_STARTED = re.compile(
    r"(?:(?<!能)(?<!再)开(?!通|户)|开户(?:都|已经?|有|快)(?=$)|营业|执照|成立|注册|经营(?!.{0,2}贷)|创立|创办|开业|建厂|拿证|干了|做了|办了|运营)[^,，。?？!！]{0,6}$"
)
# 开户三年了 tells since when, 开户三年 may be an account to open for three years.
_OPENED = re.compile(r"开户$")
_BY_NOW = re.compile(r"了")
_OLD_SHOP = re.compile(r"(?:的)?(?:老店|老厂|老企业|老公司|老字号)")


def find_terms(text: str) -> Iterator[Found]:
    """Every span of time of the normal text, ranges whole. Role `in_business` when the age of a firm is meant."""
    if not _HINT.search(text):
        return
    singles = [one for match in _ONE.finditer(text) if (one := _term(text, match.span(), _read(match)))]
    yield from singles
    for low, high in pairwise(singles):
        if _BETWEEN.fullmatch(text[low.end : high.start]):
            yield _joined(low, high)
    for match in _SHARED_UNIT.finditer(text):
        unit = 12 if match["unit"] == "年" else 1
        span = _counted(match["low"], match["high"])
        if span and (one := _term(text, match.span(), span.times(unit))):
            yield one


def _read(match: re.Match[str]) -> Span | None:
    """Months, or nothing when the number cannot be read or asks (几年) rather than says."""
    if match["half"]:
        return Span(Fraction(6), Fraction(6 if not match["more_half"] else 8))
    if match["years"]:
        return _years(match)
    if match["days"]:
        days = _counted(match["days"], match["days"])
        return days and days.times(Fraction(1, 30))
    if match["quarters"]:
        quarters = _counted(match["quarters"], match["quarters"])
        return quarters and quarters.times(3)
    if match["about"]:
        return Span(Fraction(1), Fraction(1))
    number = match["months"] or match["spoken"] or match["instalments"]
    months = _counted(number, number)
    if months and match["half_month"]:
        return Span(months.low + Fraction(1, 2), months.high + Fraction(1, 2))
    return months


def _years(match: re.Match[str]) -> Span | None:
    years = _counted(match["years"], match["years"])
    if years is None or years.low >= 100:
        return None  # 2024年 is a date
    months = years.times(12)
    if match["half_year"]:
        return Span(months.low + 6, months.high + 6)
    if match["more_years"] or match["years"].endswith("多"):
        return Span(months.low, months.low + 11)
    return months


def _counted(low: str, high: str) -> Span | None:
    """The span from low to high; None for a bare 几, which is a question about time."""
    if low.startswith("几"):
        return None
    try:
        return Span(read_count(low).low, read_count(high).high)
    except ValueError:
        return None


def _term(text: str, place: tuple[int, int], months: Span | None) -> Found | None:
    if months is None or _EACH.match(text, place[0]) or not 1 <= months.high <= _MOST_MONTHS:
        return None
    value = {"low_months": math.floor(months.low), "high_months": math.ceil(months.high)}
    return Found("term", value, *place, role=_role(text, *place))


def _joined(low: Found, high: Found) -> Found:
    """半年到一年 as one term."""
    assert isinstance(low.value, dict)
    assert isinstance(high.value, dict)
    value = {"low_months": int(low.value["low_months"]), "high_months": int(high.value["high_months"])}
    return Found("term", value, low.start, high.end, role=low.role)


def _role(text: str, start: int, end: int) -> str | None:
    """The age of the firm: 开了 or 执照 stands shortly before, 老店 right after, or 开户 and 了 around it."""
    if _STARTED.search(text[max(0, start - 10) : start]) or _OLD_SHOP.match(text, end):
        return IN_BUSINESS
    if _OPENED.search(text[:start]) and _BY_NOW.match(text, end):
        return IN_BUSINESS
    return None
