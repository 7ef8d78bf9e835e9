"""Service hours in Shanghai: working days 9:00 to 17:30, moved holidays included."""

from datetime import datetime, timedelta

import pytest

from bot.clock import BANK_ZONE
from deploy.local.opening import seconds_to_opening


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24 10:00", None),
        ("2026-11-24 09:00", None),
        ("2026-11-24 17:29", None),
        ("2026-11-24 17:30", "2026-11-25 09:30"),
        ("2026-11-24 08:59", "2026-11-24 09:30"),
        ("2026-11-24 00:10", "2026-11-24 09:30"),
        ("2026-11-27 20:00", "2026-11-30 09:30"),  # Friday evening
        ("2026-10-02 11:00", "2026-10-08 09:30"),  # National Day
        ("2026-02-14 11:00", None),  # a Saturday worked in exchange for the Spring Festival
        ("2035-03-03 11:00", "2035-03-05 09:30"),  # beyond the published calendar: weekends only
    ],
)
def test_the_demo_opens_at_the_next_service_hour(now: str, opens: str | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BANK_ZONE)

    ahead_s = seconds_to_opening(moment)

    if opens is None:
        assert ahead_s == 0
    else:
        expected = datetime.fromisoformat(opens).replace(tzinfo=BANK_ZONE)
        assert timedelta(0) <= moment + timedelta(seconds=ahead_s) - expected <= timedelta(seconds=1)
