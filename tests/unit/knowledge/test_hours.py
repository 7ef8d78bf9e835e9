"""Desks on the bank's wall clock, holidays and make-up days included."""

from datetime import date, datetime

import pytest

from bot.clock import BANK_ZONE
from bot.knowledge.content import Skill
from bot.knowledge.hours import (
    Day,
    DayKind,
    day_of,
    find_holiday,
    is_open,
    is_working_day,
    moment_text,
    next_opening,
    slot_text,
    slots_of,
)

WEEKDAYS = Skill("general", "人工", 9 * 60, 17 * 60 + 30, every_day=False)
ALWAYS = Skill("fraud", "风险", 8 * 60, 22 * 60, every_day=True)


def _at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BANK_ZONE)


@pytest.mark.parametrize(
    ("skill", "day", "clock", "expected"),
    [
        (WEEKDAYS, "2026-11-24", "09:00", True),
        (WEEKDAYS, "2026-11-24", "08:59", False),
        (WEEKDAYS, "2026-11-24", "17:29", True),
        (WEEKDAYS, "2026-11-24", "17:30", False),
        (WEEKDAYS, "2026-11-28", "10:00", False),
        (WEEKDAYS, "2026-10-01", "10:00", False),
        (WEEKDAYS, "2026-10-10", "10:00", True),  # a Saturday worked in exchange for the holiday
        (ALWAYS, "2026-10-01", "21:59", True),
        (ALWAYS, "2026-10-01", "22:00", False),
    ],
)
def test_a_desk_is_open_in_its_hours_on_its_days(skill: Skill, day: str, clock: str, expected: bool) -> None:
    assert is_open(_at(day, clock), skill) is expected


@pytest.mark.parametrize(
    ("skill", "now", "opening"),
    [
        (WEEKDAYS, _at("2026-11-24", "08:00"), _at("2026-11-24", "09:00")),
        (WEEKDAYS, _at("2026-11-24", "09:00"), _at("2026-11-25", "09:00")),
        (WEEKDAYS, _at("2026-11-27", "18:00"), _at("2026-11-30", "09:00")),
        (WEEKDAYS, _at("2026-09-30", "20:00"), _at("2026-10-08", "09:00")),
        (ALWAYS, _at("2026-11-27", "23:00"), _at("2026-11-28", "08:00")),
    ],
)
def test_the_next_opening_skips_rest_days(skill: Skill, now: datetime, opening: datetime) -> None:
    assert next_opening(now, skill) == opening


def test_a_desk_that_never_opens_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not open"):
        next_opening(_at("2026-11-24", "08:00"), Skill("none", "无", 600, 600, every_day=True))


def test_years_without_a_published_calendar_go_by_the_week() -> None:
    assert is_working_day(date(2090, 1, 2))  # a Monday
    assert not is_working_day(date(2090, 1, 1))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (_at("2026-11-24", "15:20"), "今天15:20"),
        (_at("2026-11-25", "09:30"), "明天9:30"),
        (_at("2026-11-30", "09:30"), "周一（11月30日）9:30"),
    ],
)
def test_a_moment_reads_as_one_says_it(moment: datetime, text: str) -> None:
    assert moment_text(moment, _at("2026-11-24", "10:00")) == text


@pytest.mark.parametrize(
    ("day", "kind", "holiday", "is_certain"),
    [
        ("2026-11-24", DayKind.WORKING, None, True),
        ("2026-11-28", DayKind.WEEKEND, None, True),
        ("2026-10-01", DayKind.HOLIDAY, "国庆", True),
        ("2026-10-10", DayKind.MADE_UP, "国庆", True),
        ("2090-01-02", DayKind.WORKING, None, False),
        ("2090-10-02", DayKind.HOLIDAY, "国庆", False),
        ("2090-01-01", DayKind.HOLIDAY, "元旦", False),
        ("2090-05-06", DayKind.WEEKEND, None, False),
    ],
)
def test_a_day_is_known_or_said_not_to_be(day: str, kind: DayKind, holiday: str | None, is_certain: bool) -> None:
    assert day_of(date.fromisoformat(day)) == Day(kind, holiday, is_certain)


def test_the_days_the_law_fixes_rest_in_unpublished_years_too() -> None:
    assert not is_open(_at("2090-10-03", "10:00"), WEEKDAYS)
    assert not is_open(_at("2090-05-01", "10:00"), WEEKDAYS)


@pytest.mark.parametrize(
    ("name", "today", "span"),
    [
        ("国庆", date(2026, 5, 1), (date(2026, 10, 1), date(2026, 10, 7))),
        ("国庆", date(2026, 10, 3), (date(2026, 10, 1), date(2026, 10, 7))),
        ("春节", date(2090, 1, 1), None),
    ],
)
def test_a_holiday_is_found_with_its_first_and_last_day(name: str, today: date, span: tuple[date, date] | None) -> None:
    assert find_holiday(name, today) == span


def test_half_hours_keep_to_the_desks_hours_and_days() -> None:
    slots = list(slots_of(WEEKDAYS, _at("2026-11-27", "16:30"), _at("2026-11-30", "09:30")))

    assert [moment_text(slot, _at("2026-11-27", "10:00")) for slot in slots] == [
        "今天17:00",
        "周一（11月30日）9:00",
        "周一（11月30日）9:30",
    ]


def test_a_half_hour_reads_with_its_end() -> None:
    assert slot_text(_at("2026-11-24", "15:30"), _at("2026-11-24", "10:00")) == "今天15:30-16:00"
