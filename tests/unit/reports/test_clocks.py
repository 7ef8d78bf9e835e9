"""Opening hours, days, and time without overlaps."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.reports.clocks import by_hour, common, open_ms, seconds, union
from config.content import load_content
from tests.factories import MORNING

LOAN = load_content().skills["loan"]  # 9:00 to 17:30 on working days
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("11-24 10:00", "11-24 10:05", 5),
        ("11-24 08:30", "11-24 09:10", 10),
        ("11-24 17:20", "11-25 09:05", 15),
        ("11-24 18:00", "11-24 19:00", 0),
        ("11-27 17:29", "11-30 09:01", 2),  # a Friday, and the Monday after
        ("11-24 10:05", "11-24 10:00", 0),
    ],
)
def test_only_opening_hours_count(start: str, end: str, minutes: int) -> None:
    assert open_ms(at(start), at(end), LOAN) == minutes * 60_000


def test_a_desk_nobody_knows_is_always_open() -> None:
    assert open_ms(at("11-24 22:00"), at("11-24 22:01"), None) == 60_000


def test_time_is_counted_once() -> None:
    spans = [
        (MORNING, MORNING + HOUR),
        (MORNING + HOUR / 2, MORNING + 2 * HOUR),
        (MORNING + 3 * HOUR, MORNING + 4 * HOUR),
    ]

    found = union(spans)

    assert found == [(MORNING, MORNING + 2 * HOUR), (MORNING + 3 * HOUR, MORNING + 4 * HOUR)]
    assert seconds(common(found, [(MORNING + HOUR, MORNING + 3.5 * HOUR)])) == 5400
    assert by_hour([(MORNING - HOUR / 4, MORNING + HOUR / 2)]) == {9: 900, 10: 1800}
