"""When a shift is, who is not at work, who stands in for whom."""

from datetime import date, datetime, time, timedelta

import pytest

from bot.desks.rules import ShiftTemplate, Span, has_overlap, monday_of, off_shift, span_of, standing_in
from tests.factories import MORNING

HOUR = timedelta(hours=1)


def span(rep: str, start: float, end: float) -> Span:
    return Span(rep, MORNING + HOUR * start, MORNING + HOUR * end)


def test_a_shift_is_on_the_banks_wall_clock() -> None:
    found = span_of(ShiftTemplate("day", "常日班", time(9), time(17, 30)), "ann", date(2026, 11, 24))

    assert (found.starts_at, found.ends_at) == (MORNING - HOUR, MORNING + 7.5 * HOUR)


def test_a_night_shift_ends_the_next_day() -> None:
    found = span_of(ShiftTemplate("night", "夜班", time(22), time(6)), "ann", date(2026, 11, 24))

    assert found.ends_at - found.starts_at == 8 * HOUR


def test_the_week_begins_on_the_banks_monday() -> None:
    # Sunday evening in UTC is Monday in Shanghai.
    assert monday_of(datetime.fromisoformat("2026-11-22T17:00:00Z")) == date(2026, 11, 23)
    assert monday_of(datetime.fromisoformat("2026-11-22T15:00:00Z")) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("shifts", "absences", "off"),
    [
        ([], [], set()),
        ([span("ann", -1, 7)], [], set()),
        ([span("ann", 0, 7)], [], set()),
        ([span("ann", -8, 0)], [], {"ann"}),
        ([span("ann", 24, 32)], [], {"ann"}),
        ([span("ann", -1, 7), span("ben", 5, 9)], [], {"ben"}),
        ([span("ann", -1, 7)], [span("ann", -1, 3)], {"ann"}),
        ([], [span("ann", -1, 3)], {"ann"}),
        ([span("ann", -1, 7)], [span("ann", -5, 0)], set()),
    ],
)
def test_who_is_off_shift(shifts: list[Span], absences: list[Span], off: set[str]) -> None:
    assert off_shift(shifts, absences, MORNING) == off


@pytest.mark.parametrize(
    ("spans", "is_overlap"),
    [
        ([], False),
        ([span("ann", 0, 8), span("ann", 8, 9)], False),
        ([span("ann", 8, 9), span("ann", 0, 8.5)], True),
    ],
)
def test_shifts_overlap(spans: list[Span], is_overlap: bool) -> None:
    assert has_overlap(spans) == is_overlap


@pytest.mark.parametrize(
    ("deputy_of", "found"),
    [
        ({}, {}),
        ({"ann": "ben"}, {"ann": "ben"}),
        ({"ann": None}, {}),
        ({"ann": "ben", "ben": "cat"}, {"ann": "cat", "ben": "cat"}),
        ({"ann": "ben", "ben": None}, {}),
        ({"ann": "ben", "ben": "ann"}, {}),
        ({"ann": "ben", "ben": "cat", "cat": "ben"}, {}),
    ],
)
def test_a_deputy_who_is_away_is_followed_to_his_own(deputy_of: dict[str, str | None], found: dict[str, str]) -> None:
    assert standing_in(deputy_of) == found
