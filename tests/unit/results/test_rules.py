from datetime import timedelta

import pytest

from bot.results.rules import Difference, Part, Scene, difference, next_look, scene_in, wilson
from tests.factories import MORNING


@pytest.mark.parametrize(
    ("code", "scene"),
    [
        ("m12v1", Scene(12, 1)),
        ("m1v10", Scene(1, 10)),
        ("m0v1", None),
        ("m1v0", None),
        ("m1v100", None),
        ("xm1v1", None),
        ("m1v1 ", None),
        ("a7", None),
        ("", None),
        (None, None),
    ],
)
def test_a_scene_code_names_a_variant_and_nothing_else_does(code: str | None, scene: Scene | None) -> None:
    assert scene_in(code) == scene


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe 1998, table II, example a: 56/70 against 48/80, method 10: 0.0524 to 0.3339.
    found = difference(Part(56, 70), Part(48, 80), least=50)

    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=1e-4)
    assert found.high == pytest.approx(0.3339, abs=1e-4)
    assert found.is_enough
    assert found.is_clear


def test_a_share_of_nobody_stays_between_nought_and_one() -> None:
    low, high = wilson(Part(0, 10))
    assert low == 0.0
    assert high == pytest.approx(0.2775, abs=1e-4)
    assert wilson(Part(10, 10))[1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("first", "second", "is_enough"),
    [
        (Part(30, 1000), Part(5, 500), True),
        (Part(30, 1000), Part(5, 499), False),
        (Part(30, 499), Part(5, 500), False),
        (Part(6, 1000), Part(4, 500), True),
        (Part(5, 1000), Part(4, 500), False),
    ],
)
def test_too_few_followers_or_events_say_nothing(first: Part, second: Part, is_enough: bool) -> None:
    assert difference(first, second, least=500).is_enough is is_enough


def test_an_interval_that_holds_nought_is_not_clear() -> None:
    assert not difference(Part(20, 1000), Part(10, 500), least=500).is_clear
    assert difference(Part(10, 1000), Part(40, 1000), least=500).is_clear


@pytest.mark.parametrize(("first", "second"), [(Part(1, 2), Part(0, 0)), (Part(0, 0), Part(1, 2))])
def test_nothing_is_compared_with_nobody(first: Part, second: Part) -> None:
    assert difference(first, second, least=1) == Difference(None, None, None, is_enough=False)
    assert not difference(first, second, least=1).is_clear


@pytest.mark.parametrize(
    ("after", "is_over", "next_in"),
    [
        (timedelta(hours=1), False, timedelta(minutes=1)),
        (timedelta(days=2), True, timedelta(minutes=10)),
        (timedelta(days=8), True, timedelta(hours=1)),
        (timedelta(days=40), False, timedelta(hours=1)),
        (timedelta(days=31), True, timedelta(hours=1)),
        (timedelta(days=31, seconds=1), True, None),
    ],
)
def test_a_campaign_is_gathered_less_often_as_it_grows_old(
    after: timedelta,
    is_over: bool,
    next_in: timedelta | None,
) -> None:
    now = MORNING + after

    found = next_look(now, MORNING, MORNING, is_over=is_over)

    assert found == (None if next_in is None else now + next_in)
