"""Days and hours as owners name them (明天下午三点, 周五上午, 半小时后), read as a window of the bank's time.

The model's date entity names the day when it heard one; the rules here read the rest, and the day as well while the
model is away. Used by the call-back flow and by the question whether the desk works on a day.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clock import BANK_ZONE, local, local_day
from bot.messages import Understanding

HALF_DAY = 12 * 60
WHOLE_DAY = 24 * 60
# Without 上午 or 下午: nobody asks for a call at three in the morning.
LATEST_AFTERNOON_HOUR = 6
PARTS = {
    "早上": (0, HALF_DAY), "上午": (0, HALF_DAY), "中午": (11 * 60, 14 * 60), "下午": (HALF_DAY, 18 * 60),
    "傍晚": (17 * 60, 19 * 60), "晚上": (18 * 60, WHOLE_DAY), "晚": (18 * 60, WHOLE_DAY), "早": (0, HALF_DAY),
    "下班": (17 * 60 + 30, WHOLE_DAY),
}  # fmt: skip
_DAYS = (
    ("大后天", 3), ("后天", 2), ("明天", 1), ("明日", 1), ("明早", 1), ("明晚", 1), ("明儿", 1), ("今天", 0),
    ("今早", 0), ("今晚", 0), ("今儿", 0),
)  # fmt: skip
_N = r"\d{1,2}|[一二三四五六七八九十两]{1,3}"
_WEEKDAY = re.compile(r"(下个?)?(?:周|星期|礼拜)([一二三四五六日天])")
_DAY_OF_MONTH = re.compile(rf"(?:({_N})月)?({_N})[号日](?!线)")
_CLOCK = re.compile(
    rf"(?P<part>早上|上午|中午|下午|傍晚|晚上)?(?P<hour>{_N})(?:点|时(?!候)|[:：])(?P<half>半)?(?:(?P<quarter>[一三])刻|(?P<minute>\d{{1,2}})分?)?"
)
_PART = re.compile(r"早上|上午|中午|下午|傍晚|晚上|今晚|明晚|今早|明早|下班")
# 两个钟头了, 三小时前: what has lasted or is past is no wish.
_LATER = re.compile(
    rf"(?:(?P<half>半)个?|(?P<hours>{_N})个?(?P<and>半)?)(?:小时|钟头)(?!多?了|[以之]?前)(?:以?后|之后|再)?"
    rf"|(?P<minutes>{_N})分钟(?:以?后|之后|再)"
)
# 回头聊 and 待会见 are a goodbye.
_BIT_LATER = re.compile(r"(晚一?点|过(一?会儿?|阵)|等(一?会儿?|下)|待会儿?|回头)(?!再?聊|再说|见)")
_SOON = re.compile(r"马上|立刻|立即|尽快|现在|赶紧|赶快|越快越好|随时|有空的?时候|都(行|可以|有空)|什么时候都")
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2}
A_BIT = timedelta(hours=1)


@dataclass(frozen=True)
class Wish:
    """A time somebody named: any instant from `first` on and before `end` will do. `is_exact` when he named the hour,
    `is_soon` when the next one will do.
    """

    first: datetime
    end: datetime
    is_exact: bool = False
    is_soon: bool = False


def find_wish(text: str, understanding: Understanding, now: datetime) -> Wish | None:
    """When the follower would like something; None when he names no time, or only one that is over."""
    if _SOON.search(text):
        return Wish(now, now + timedelta(days=1), is_soon=True)
    later = _LATER.search(text)
    if later is not None:
        at = now + _span(later)
        return Wish(at, at + timedelta(minutes=30), is_exact=True)
    if _BIT_LATER.search(text):
        return Wish(now + A_BIT, _instant(local_day(now), WHOLE_DAY))
    days = find_days(text, understanding, local_day(now))
    clock, part = _CLOCK.search(text), _PART.search(text)
    if clock is not None and (minutes := _minutes(clock, part)) is not None:
        return _at(days[0] if days else _day_of_hour(minutes, now), minutes, now)
    if days is None and part is None:
        return None
    first, last = days or (local_day(now), local_day(now))
    opens, closes = PARTS[part[0].removeprefix("今").removeprefix("明")] if part else (0, WHOLE_DAY)
    window = Wish(_instant(first, opens), _instant(last, closes))
    return window if window.end > now else None


def find_days(text: str, understanding: Understanding, today: date) -> tuple[date, date] | None:
    """The day or days a text names, none of them over; None when it names none."""
    named = _named_day(text, today)
    if named is not None:
        return (named, named) if named >= today else None
    entity = understanding.entity("date")
    if entity is None:
        return None
    first, last = (date.fromisoformat(entity.value[end]) for end in ("from", "to"))
    return (max(first, today), last) if last >= today else None


def _named_day(text: str, today: date) -> date | None:
    for word, away in _DAYS:
        if word in text:
            return today + timedelta(days=away)
    weekday = _WEEKDAY.search(text)
    if weekday is not None:
        number = "一二三四五六日".find(weekday[2].replace("天", "日"))
        monday = today - timedelta(days=today.weekday())
        if weekday[1]:
            return monday + timedelta(days=7 + number)
        return today + timedelta(days=(number - today.weekday()) % 7)
    day = _DAY_OF_MONTH.search(text)
    return _calendar_day(day, today) if day else None


def _calendar_day(found: re.Match[str], today: date) -> date | None:
    day, month = _number(found[2]), _number(found[1]) if found[1] else None
    year, at = today.year, month or today.month
    if month is None and day < today.day:
        at += 1
    if at > 12 or (month is not None and (month, day) < (today.month, today.day)):
        year, at = year + 1, at if at <= 12 else 1
    try:
        return date(year, at, day)
    except ValueError:
        return None


def _minutes(clock: re.Match[str], part: re.Match[str] | None) -> int | None:
    """The minute of the day; None for 25点."""
    hour = _number(clock["hour"])
    named = clock["part"] or (part[0] if part else None)
    is_late = named in ("下午", "傍晚", "晚上", "今晚", "明晚", "下班") or (named == "中午" and hour < 11)
    if (is_late or (named is None and hour <= LATEST_AFTERNOON_HOUR)) and 0 < hour < 12:
        hour += 12
    minute = 30 if clock["half"] else 15 * _number(clock["quarter"]) if clock["quarter"] else int(clock["minute"] or 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def _day_of_hour(minutes: int, now: datetime) -> date:
    """Today while that hour is ahead, else tomorrow."""
    today = local_day(now)
    return today if _instant(today, minutes) > now else today + timedelta(days=1)


def _at(day: date, minutes: int, now: datetime) -> Wish | None:
    first = _instant(day, minutes)
    return Wish(first, first + timedelta(minutes=30), is_exact=True) if first > now else None


def _span(later: re.Match[str]) -> timedelta:
    if later["minutes"]:
        return timedelta(minutes=_number(later["minutes"]))
    if later["half"]:
        return timedelta(minutes=30)
    return timedelta(hours=_number(later["hours"]), minutes=30 if later["and"] else 0)


def _number(digits: str) -> int:
    """12, 十二, 二十, 两."""
    if digits[0].isdigit():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    if not ten:
        return _DIGITS.get(digits[-1], 0)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + _DIGITS.get(ones, 0)


def _instant(day: date, minutes: int) -> datetime:
    return local(datetime.combine(day, time(), BANK_ZONE) + timedelta(minutes=minutes))
