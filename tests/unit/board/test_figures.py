"""The board's formulas."""

from datetime import timedelta

import pytest

from bot.board.figures import Arrival, Figures, buckets_of, figures_of
from tests.factories import MORNING

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def came(*, asked: float, answered: float | None = None, left: float | None = None) -> Arrival:
    """An arrival `asked` seconds ago, answered or gone so many seconds after asking."""
    asked_at = MORNING - SECOND * asked
    return Arrival(
        "loan",
        asked_at,
        None if answered is None else asked_at + SECOND * answered,
        None if left is None else asked_at + SECOND * left,
    )


@pytest.mark.parametrize(
    ("arrivals", "found"),
    [
        ([], Figures(0, 0, 0, 0, None, None, None)),
        ([came(asked=60, answered=20)], Figures(1, 1, 1, 0, 100, 100, 0)),
        ([came(asked=60, answered=21)], Figures(1, 1, 0, 0, 0, 100, 0)),
        ([came(asked=60, left=5)], Figures(1, 0, 0, 1, 0, 0, 100)),
        ([came(asked=20)], Figures(1, 0, 0, 0, None, None, None)),
        ([came(asked=21)], Figures(1, 0, 0, 0, 0, None, None)),
        (
            [came(asked=60, answered=5), came(asked=60, answered=50), came(asked=60, left=9), came(asked=60)],
            Figures(4, 2, 1, 1, 25, 67, 33),
        ),
    ],
)
def test_figures(arrivals: list[Arrival], found: Figures) -> None:
    assert figures_of(arrivals, MORNING) == found


def test_the_chart_counts_each_thing_when_it_happened() -> None:
    start = MORNING - 2 * MINUTE
    arrivals = [came(asked=120, answered=70), came(asked=1, left=0), came(asked=500, answered=400), came(asked=0)]

    found = buckets_of(arrivals, start, MINUTE, 2)

    assert [(one.starts_at, one.arrivals, one.answered, one.abandoned) for one in found] == [
        (start, 1, 1, 0),
        (start + MINUTE, 1, 1, 1),
    ]
