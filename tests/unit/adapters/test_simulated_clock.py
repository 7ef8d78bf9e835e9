"""The product's clock in demo and test follows the simulator's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.simulated_clock import RefreshableClock, SimulatedClock
from bot.clock import FixedClock
from tests.unit.adapters.platform_server import Answer, Platform

PATH = "/sim/clock"
A_SECOND = timedelta(seconds=1)


def ahead(clock: SimulatedClock) -> timedelta:
    return clock.now() - datetime.now(UTC)


@pytest.fixture
def simulator() -> Iterator[Platform]:
    found = Platform()
    stop = found.start()
    yield found
    stop()


@pytest.fixture
def clock(simulator: Platform) -> Iterator[SimulatedClock]:
    simulator.says(PATH, Answer(b'{"offset_s": 60}'))
    found = SimulatedClock(simulator.url)
    yield found
    found.close()


def test_a_clock_is_right_from_its_first_moment(clock: SimulatedClock) -> None:
    assert abs(ahead(clock) - timedelta(minutes=1)) < A_SECOND


def test_a_refreshed_clock_tells_the_simulators_time_at_once(simulator: Platform, clock: SimulatedClock) -> None:
    simulator.says(PATH, Answer(json.dumps({"offset_s": 3600}).encode()))

    clock.refresh()

    assert abs(ahead(clock) - timedelta(hours=1)) < A_SECOND


@pytest.mark.parametrize("answer", [Answer(b"no json"), Answer(b"[]"), Answer(b"{}"), Answer(b"", status=500)])
def test_an_unreadable_simulator_changes_nothing(simulator: Platform, clock: SimulatedClock, answer: Answer) -> None:
    simulator.says(PATH, answer)

    clock.refresh()

    assert abs(ahead(clock) - timedelta(minutes=1)) < A_SECOND


def test_only_a_clock_that_follows_another_can_be_refreshed() -> None:
    assert not isinstance(FixedClock(datetime.now(UTC)), RefreshableClock)
