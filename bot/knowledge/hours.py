"""When a desk is open, on the bank's wall clock: statutory holidays and make-up working days (调休) included."""

from datetime import date, datetime, time, timedelta

import chinese_calendar

from bot.clock import BANK_ZONE, local
from bot.knowledge.content import Skill

SATURDAY = 5
WEEKDAYS = "一二三四五六日"
LONGEST_REST = timedelta(days=30)


def is_working_day(day: date) -> bool:
    """True on working days; in years whose holidays are not published yet, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def is_open(now: datetime, skill: Skill) -> bool:
    """True while reps of this desk are on duty."""
    here = local(now)
    return _is_duty_day(here.date(), skill) and skill.opens <= here.hour * 60 + here.minute < skill.closes


def next_opening(now: datetime, skill: Skill) -> datetime:
    """The next instant the desk opens, strictly after `now`, on the bank's wall clock. Raises ValueError if it
    never does.
    """
    day = local(now).date()
    last = day + LONGEST_REST
    while day <= last:
        opens = datetime.combine(day, time(), BANK_ZONE) + timedelta(minutes=skill.opens)
        if opens > now and skill.opens < skill.closes and _is_duty_day(day, skill):
            return opens
        day += timedelta(days=1)
    raise ValueError(f"desk {skill.id} does not open within {LONGEST_REST.days} days")


def moment_text(moment: datetime, now: datetime) -> str:
    """今天9:00, 明天9:00, 周三（11月25日）9:00: as one says it on the phone."""
    there, today = local(moment), local(now).date()
    days = (there.date() - today).days
    dated = f"周{WEEKDAYS[there.weekday()]}（{there.month}月{there.day}日）"
    day = {0: "今天", 1: "明天"}.get(days, dated)
    return f"{day}{there.hour}:{there.minute:02d}"


def _is_duty_day(day: date, skill: Skill) -> bool:
    return skill.every_day or is_working_day(day)
