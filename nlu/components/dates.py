"""Days as customers name them (上个月, 4月30号, 月底, 昨天下午, 近半年) as a range of local dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from components.found import Found, without_overlaps
from components.numbers import RANGE_WORD, read_plain

_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_DAY_PART = r"(?:一?大?早上?|凌晨|早晨|上午|中午|下午|傍晚|晚上|夜里|晚)?"
_DAYS = {"大前天": -3, "前天": -2, "前儿": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨儿": -1, "今天": 0, "今日": 0}
_DAYS |= {"今早": 0, "今晚": 0, "今儿": 0, "明天": 1, "明日": 1, "明早": 1, "明儿": 1, "后天": 2, "大后天": 3}
_SHIFT = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_YEAR_SHIFT = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_WEEKDAY = {name: index for index, name in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_PARTS_OF_MONTH = {
    "初": (1, 10),
    "上旬": (1, 10),
    "中旬": (11, 20),
    "中": (11, 20),
    "下旬": (21, 31),
    "底": (31, 31),
    "末": (31, 31),
}
_FROM_TO = re.compile(RANGE_WORD)
Range = tuple[date, date]


def find_dates(text: str, today: date) -> Iterator[Found]:
    """Every day or range of days of the normal text, seen from `today`. Words that name no real day are passed over."""
    singles = without_overlaps(_single_dates(text, today))
    yield from singles
    for early, late in pairwise(singles):
        first, last = _bounds(early)[0], _bounds(late)[1]
        if _FROM_TO.fullmatch(text[early.end : late.start]) and first <= last:
            yield Found("date", {"from": first, "to": last}, early.start, late.end)


def _bounds(found: Found) -> tuple[str, str]:
    assert isinstance(found.value, dict)
    return str(found.value["from"]), str(found.value["to"])


def _single_dates(text: str, today: date) -> Iterator[Found]:
    if not _HINT.search(text):
        return
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            try:
                first, last = read(match, today)
            except ValueError:
                continue  # 2月30号
            yield Found("date", {"from": first.isoformat(), "to": last.isoformat()}, *match.span())


def _named_day(match: re.Match[str], today: date) -> Range:
    day = today + timedelta(days=_DAYS[match[1]])
    return day, day


def _days_away(match: re.Match[str], today: date) -> Range:
    count = int(read_plain(match[1].replace("两", "二")))
    days = count * (7 if "周" in match[2] or "星期" in match[2] else 1)
    day = today + timedelta(days=-days if match[3] == "前" else days)
    return day, day


def _weekday(match: re.Match[str], today: date) -> Range:
    """A day of this, the last or the next week; 周末 is Saturday and Sunday."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_SHIFT[match[1] or "这"])
    day = monday + timedelta(days=_WEEKDAY[match[2]])
    return day, day + timedelta(days=1 if match[2] == "末" else 0)


def _week(match: re.Match[str], today: date) -> Range:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_SHIFT[match[1]])
    return monday, monday + timedelta(days=6)


def _relative_month(match: re.Match[str], today: date) -> Range:
    year, month = _add_months(today, _SHIFT[match[1]])
    if match[3]:
        return _one_day(year, month, int(read_plain(match[3])))
    return _part(year, month, match[2])


def _part_of_this_month(match: re.Match[str], today: date) -> Range:
    return _part(today.year, today.month, match[1])


def _calendar_day(match: re.Match[str], today: date) -> Range:
    """4月30号, 去年8月, 2024年4月: without a year the one nearest to today is meant."""
    month = int(read_plain(match[3]))
    if not 1 <= month <= 12:
        raise ValueError(match[3])
    year = _year(match[1], match[2], today) or _nearest_year(month, today)
    if match[4]:
        return _one_day(year, month, int(read_plain(match[4])))
    return _part(year, month, match[5])


def _numeric_day(match: re.Match[str], _: date) -> Range:
    return _one_day(int(match[1]), int(match[2]), int(match[3]))


def _day_of_this_month(match: re.Match[str], today: date) -> Range:
    return _one_day(today.year, today.month, int(read_plain(match[1])))


def _whole_year(match: re.Match[str], today: date) -> Range:
    year = _year(match[1], match[2], today) or today.year
    first, last = {"初": (1, 1), "底": (12, 12), "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}.get(
        match[3] or "", (1, 12)
    )
    return date(year, first, 1), _last_day(year, last)


def _part_of_this_year(match: re.Match[str], today: date) -> Range:
    first, last = {"年初": (1, 1), "年底": (12, 12), "年末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}[match[1]]
    return date(today.year, first, 1), _last_day(today.year, last)


def _quarter(match: re.Match[str], today: date) -> Range:
    if match[1]:
        year, month = _add_months(today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1), 3 * _SHIFT[match[1]])
    else:
        year, month = today.year, 3 * (int(read_plain(match[2])) - 1) + 1
    return date(year, month, 1), _last_day(year, month + 2)


def _recent(match: re.Match[str], today: date) -> Range:
    """近三个月 and 最近半年 end today."""
    months = 6 if match[1] == "半年" else int(read_plain(match[2])) * (12 if match[3] == "年" else 1)
    year, month = _add_months(today, -months)
    first = date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return first, today


def _year(named: str | None, digits: str | None, today: date) -> int | None:
    if named:
        return today.year + _YEAR_SHIFT[named]
    if digits:
        return int(digits) + (2000 if len(digits) == 2 else 0)
    return None


def _nearest_year(month: int, today: date) -> int:
    return min((today.year - 1, today.year, today.year + 1), key=lambda year: abs((date(year, month, 15) - today).days))


def _add_months(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1


def _one_day(year: int, month: int, day: int) -> Range:
    exact = date(year, month, day)
    return exact, exact


def _part(year: int, month: int, part: str | None) -> Range:
    """初, 中旬, 底 and their like; no part means the whole month."""
    first, last = _PARTS_OF_MONTH.get(part or "", (1, 31))
    length = calendar.monthrange(year, month)[1]
    return date(year, month, min(first, length)), date(year, month, min(last, length))


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


_PART_WORD = r"(初|上旬|中旬|下旬|底|末)"
_YEAR_WORD = r"(?:(去年|今年|明年|前年)|(20\d{2}|[12]\d)年)"
# Most messages name no day; whatever a reader below takes has one of these.
_HINT = re.compile(r"[天日儿早晚周期拜月年号季]|\d[-/.]\d")
_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Range]]] = [
    (re.compile(rf"({'|'.join(sorted(_DAYS, key=len, reverse=True))}){_DAY_PART}"), _named_day),
    (re.compile(r"(\d{1,3}|[一二两三四五六七八九十]{1,3})(天|个?星期|周)(前|后|以前|以后)"), _days_away),
    (
        re.compile(
            rf"(?<![一二两三四几每\d])(?:(上上|上|这|本|下下|下)个?)?(?:周|星期|礼拜)([一二三四五六日天末]){_DAY_PART}"
        ),
        _weekday,
    ),
    (re.compile(r"(上上|上|这|本|下下|下)个?(?:周|星期|礼拜)(?![一二三四五六日天末])"), _week),
    (re.compile(rf"(上上|上|这|本|当|下下|下)个?月(?:份)?{_PART_WORD}?(?:({_N})[号日])?"), _relative_month),
    (re.compile(rf"(?<![个\d上下这本])月{_PART_WORD}"), _part_of_this_month),
    (re.compile(rf"{_YEAR_WORD}?(?<!\d)({_N})月(?:份)?(?:({_N})[号日]?|{_PART_WORD})?{_DAY_PART}"), _calendar_day),
    (re.compile(r"(?<!\d)(20\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), _numeric_day),
    (re.compile(rf"(?<![\d月第])({_N})[号日](?!线|楼|店|院){_DAY_PART}"), _day_of_this_month),
    (re.compile(rf"{_YEAR_WORD}(初|底|末|上半年|下半年)?(?!\d*月)"), _whole_year),
    (re.compile(r"(年初|年底|年末|上半年|下半年)"), _part_of_this_year),
    (re.compile(r"(?:(上|这|本|下)个?|第?([一二三四1-4]))季度"), _quarter),
    (re.compile(r"(?:最近|近)(半年|(\d{1,2}|[一二两三四五六七八九十]{1,2})个?(月|年))"), _recent),
]
