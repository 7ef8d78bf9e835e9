"""The clock: 15, 30, 60 days, and when somebody is reminded."""

from datetime import date

import pytest

from bot.complaints import rules
from bot.errors import ComplaintStateConflict


def test_a_ticket_names_its_day_and_its_number() -> None:
    assert rules.ticket_of(date(2026, 11, 24), 7) == "TS202611240007"


@pytest.mark.parametrize(("limit", "following"), [(15, 30), (30, 60)])
def test_an_extension_leads_to_the_next_clock(limit: int, following: int) -> None:
    assert rules.longer(limit) == following


def test_after_sixty_days_there_is_no_more_time() -> None:
    with pytest.raises(ComplaintStateConflict):
        rules.longer(60)


@pytest.mark.parametrize(
    ("days_left", "before", "due"),
    [
        (15, None, None),
        (6, None, None),
        (5, None, 5),
        (5, 5, None),
        (4, 5, None),
        (2, 5, 2),
        (1, 2, 1),
        (1, None, 1),
        (0, 1, None),
        (-1, 1, -1),
        (-9, -1, None),
    ],
)
def test_each_reminder_is_given_once_and_a_missed_one_with_the_next(
    days_left: int, before: int | None, due: int | None
) -> None:
    assert rules.reminder(days_left, before) == due
