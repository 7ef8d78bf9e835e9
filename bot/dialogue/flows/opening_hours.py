"""When the desk works: on any day, on the day or the holiday that was named, and what is not published yet. Asked by
the flow of places.
"""

from datetime import date, datetime, time

from bot.clock import BANK_ZONE, local_day
from bot.dialogue.flow import Turn
from bot.dialogue.flows.human import GENERAL
from bot.dialogue.flows.saying import answer
from bot.dialogue.times import find_days
from bot.knowledge import hours
from bot.knowledge.hours import DayKind
from bot.messages import Reply


def hours_of(turn: Turn) -> Reply:
    """Whether the desk works on the day or the holiday that was named, else its hours."""
    today = local_day(turn.now)
    holiday = next((name for word, name in hours.HOLIDAY_WORDS.items() if word in turn.text), None)
    if holiday is not None:
        return _holiday(turn, holiday, today)
    days = find_days(turn.text, turn.understanding, today)
    if days is None or days[0] != days[1]:
        return answer(turn, "business_hours")
    return _day(turn, days[0], today)


def _day(turn: Turn, day: date, today: date) -> Reply:
    found, skill = hours.day_of(day), turn.content.skills[GENERAL]
    named = hours.day_text(day, today)
    if not found.is_certain and found.holiday is None:
        return answer(turn, "hours_uncertain", day=named, year=day.year)
    times = f"{_clock(skill.opens)}–{_clock(skill.closes)}"
    if hours.is_duty_day(day, skill):
        return answer(turn, "hours_made_up" if found.kind is DayKind.MADE_UP else "hours_open", day=named, times=times)
    reopens = hours.next_opening(_evening(day), skill)
    why = f"{found.holiday}放假" if found.holiday else "周末"
    return answer(turn, "hours_closed", day=named, why=why, open=hours.moment_text(reopens, turn.now))


def _holiday(turn: Turn, name: str, today: date) -> Reply:
    span = hours.find_holiday(name, today)
    if span is None:
        return answer(turn, "hours_unpublished", holiday=name)
    first, last = span
    reopens = hours.next_opening(_evening(last), turn.content.skills[GENERAL])
    days = f"{first.month}月{first.day}日" + (f"到{last.month}月{last.day}日" if last > first else "")
    return answer(turn, "hours_holiday", holiday=name, days=days, open=hours.moment_text(reopens, turn.now))


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), BANK_ZONE)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
