"""One working day, by the Chinese calendar."""

from datetime import datetime

import pytest

from bot.clock import BANK_ZONE, local
from bot.referrals import rules


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANK_ZONE)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24 10:00", "2026-11-25 10:00"),
        ("2026-11-27 16:30", "2026-11-30 16:30"),  # Friday to Monday
        ("2026-11-28 11:00", "2026-12-01 09:00"),  # Saturday: the clock starts on Monday
        ("2026-11-24 20:00", "2026-11-26 09:00"),  # after hours: it starts the next morning
        ("2026-11-24 07:30", "2026-11-25 09:00"),
        ("2026-09-30 10:00", "2026-10-08 10:00"),  # over the National Day
        ("2026-10-09 10:00", "2026-10-10 10:00"),  # a made-up Saturday works
    ],
)
def test_a_step_is_due_one_working_day_later(now: str, due: str) -> None:
    assert local(rules.due_after(at(now))) == at(due)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24 10:00", "2026-11-24 17:00"),
        ("2026-11-24 15:00", "2026-11-24 17:00"),
        ("2026-11-24 16:00", "2026-11-25 16:00"),
        ("2026-11-27 18:00", "2026-11-30 17:00"),
    ],
)
def test_a_customer_is_called_today_if_there_is_time(now: str, until: str) -> None:
    assert local(rules.contact_by(at(now))) == at(until)
