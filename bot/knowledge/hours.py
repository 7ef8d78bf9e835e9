"""When a desk is open, on the bank's wall clock: statutory holidays and make-up working days (调休) included.

The holidays of a year are published late in the year before. Until the library knows them, the days that the law fixes
to a date rest (元旦, 五一, 国庆), everything else goes by the week, and who is told a day hears that it is not certain.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import chinese_calendar

from bot.clock import BANK_ZONE, local
from bot.knowledge.content import Skill

SATURDAY = 5
WEEKDAYS = "一二三四五六日"
LONGEST_REST = timedelta(days=30)
# A call is booked for one of these; it begins somewhere within.
SLOT = timedelta(minutes=30)
# 全国年节及纪念日放假办法: those that no lunar calendar moves.
FIXED_HOLIDAYS = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节", (10, 1): "国庆", (10, 2): "国庆", (10, 3): "国庆"}
HOLIDAY_NAMES = {
    chinese_calendar.Holiday.new_years_day.value: "元旦",
    chinese_calendar.Holiday.spring_festival.value: "春节",
    chinese_calendar.Holiday.tomb_sweeping_day.value: "清明",
    chinese_calendar.Holiday.labour_day.value: "劳动节",
    chinese_calendar.Holiday.dragon_boat_festival.value: "端午",
    chinese_calendar.Holiday.national_day.value: "国庆",
    chinese_calendar.Holiday.mid_autumn_festival.value: "中秋",
}
# How owners call them.
HOLIDAY_WORDS = {
    **{name: name for name in HOLIDAY_NAMES.values()},
    "五一": "劳动节",
    "十一": "国庆",
    "过年": "春节",
    "除夕": "春节",
    "端阳": "端午",
}

# The beginnings of the free half hours of a desk, after the first instant and not after the second, soonest first.
FreeSlots = Callable[[Skill, datetime, datetime], Sequence[datetime]]


class DayKind(StrEnum):
    """What a day is at the bank."""

    WORKING = "working"
    MADE_UP = "made_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Day:
    """A day at the bank; `holiday` names the one it belongs to. Unless `is_certain`, its year is not published yet."""

    kind: DayKind
    holiday: str | None
    is_certain: bool

    @property
    def is_working(self) -> bool:
        """True when desks that keep working days are open."""
        return self.kind in (DayKind.WORKING, DayKind.MADE_UP)


def day_of(day: date) -> Day:
    """What this day is, and whether that is certain."""
    is_weekend = day.weekday() >= SATURDAY
    try:
        is_rest, named = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        fixed = FIXED_HOLIDAYS.get((day.month, day.day))
        rests = DayKind.HOLIDAY if fixed else DayKind.WEEKEND
        return Day(rests if fixed or is_weekend else DayKind.WORKING, fixed, is_certain=False)
    holiday = HOLIDAY_NAMES.get(named or "")
    if is_rest:
        return Day(DayKind.HOLIDAY if holiday else DayKind.WEEKEND, holiday, is_certain=True)
    return Day(DayKind.MADE_UP if is_weekend else DayKind.WORKING, holiday, is_certain=True)


def is_working_day(day: date) -> bool:
    """True on working days, made-up ones included."""
    return day_of(day).is_working


def find_holiday(name: str, today: date) -> tuple[date, date] | None:
    """First and last day of the next holiday of this name, the running one included; None when it is not published."""
    first: date | None = None
    day = today - timedelta(days=10)
    while day <= today + timedelta(days=366):
        found = day_of(day)
        belongs = found.is_certain and found.kind is DayKind.HOLIDAY and found.holiday == name
        if belongs:
            first = first or day
        elif first is not None and found.kind is not DayKind.WEEKEND:
            last = day - timedelta(days=1)
            if last >= today:
                return first, last
            first = None
        day += timedelta(days=1)
    return None


def is_open(now: datetime, skill: Skill) -> bool:
    """True while reps of this desk are on duty."""
    here = local(now)
    return is_duty_day(here.date(), skill) and skill.opens <= here.hour * 60 + here.minute < skill.closes


def next_opening(now: datetime, skill: Skill) -> datetime:
    """The next instant the desk opens, strictly after `now`, on the bank's wall clock. Raises ValueError if it
    never does.
    """
    day = local(now).date()
    last = day + LONGEST_REST
    while day <= last:
        opens = _instant(day, skill.opens)
        if opens > now and skill.opens < skill.closes and is_duty_day(day, skill):
            return opens
        day += timedelta(days=1)
    raise ValueError(f"desk {skill.id} does not open within {LONGEST_REST.days} days")


def working_day_after(now: datetime, skill: Skill) -> datetime:
    """One of the desk's days later, at the same time of day; it begins with the next opening while the desk is shut."""
    begins = local(now if is_open(now, skill) else next_opening(now, skill))
    day = begins.date() + timedelta(days=1)
    while not is_duty_day(day, skill):
        day += timedelta(days=1)
    return datetime.combine(day, begins.timetz())


def slots_of(skill: Skill, after: datetime, until: datetime) -> Iterator[datetime]:
    """The beginnings of the desk's half hours after one instant and not after another, soonest first."""
    day = local(after).date()
    while day <= local(until).date():
        slot = _instant(day, skill.opens)
        while is_duty_day(day, skill) and slot + SLOT <= _instant(day, skill.closes):
            if after < slot <= until:
                yield slot
            slot += SLOT
        day += timedelta(days=1)


def is_duty_day(day: date, skill: Skill) -> bool:
    """True when the desk is open on this day at all."""
    return skill.every_day or is_working_day(day)


def moment_text(moment: datetime, now: datetime) -> str:
    """今天9:00, 明天9:00, 周三（11月25日）9:00: as one says it on the phone."""
    there = local(moment)
    return f"{day_text(there.date(), local(now).date())}{there.hour}:{there.minute:02d}"


def slot_text(slot: datetime, now: datetime) -> str:
    """今天15:00-15:30."""
    ends = local(slot + SLOT)
    return f"{moment_text(slot, now)}-{ends.hour}:{ends.minute:02d}"


def day_text(day: date, today: date) -> str:
    """今天, 明天, 周三（11月25日）."""
    near = {0: "今天", 1: "明天"}.get((day - today).days)
    return near or f"周{WEEKDAYS[day.weekday()]}（{day.month}月{day.day}日）"


def _instant(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(), BANK_ZONE) + timedelta(minutes=minutes)
