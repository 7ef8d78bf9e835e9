"""What the platform lets us send."""

import itertools
from datetime import timedelta

import pytest

from bot.delivery.model import DeliveryState, Sender
from bot.delivery.rules import Grant, after_unknown, choose_grant, refusal, retry_at, room
from tests.factories import MORNING as NOW

HOUR = timedelta(hours=1)


def grant(number: int, left: int, hours: float) -> Grant:
    return Grant(number, left, NOW + hours * HOUR)


@pytest.mark.parametrize(
    ("grants", "chosen"),
    [
        ([], None),
        ([grant(1, 5, 48)], 1),
        ([grant(1, 5, 48), grant(2, 3, 0.01)], 2),
        ([grant(1, 5, 48), grant(2, 0, 0.01)], 1),
        ([grant(1, 5, -1)], None),
        ([grant(1, 5, 0)], None),
        ([grant(2, 1, 1), grant(1, 1, 1)], 1),
    ],
)
def test_the_allowance_that_lapses_first_is_used_first(grants: list[Grant], chosen: int | None) -> None:
    found = choose_grant(grants, NOW)

    assert (found.id if found else None) == chosen


def test_room_adds_up_open_allowances_and_names_the_last_end() -> None:
    found = room([grant(1, 4, 47), grant(2, 3, 0.01), grant(3, 2, -1), grant(4, 0, 50)], NOW)

    assert found.left == 7
    assert found.closes_at == NOW + 47 * HOUR


def test_no_room_has_no_end() -> None:
    assert room([grant(1, 0, 3)], NOW).closes_at is None


def test_used_up_and_closed_are_told_apart() -> None:
    assert refusal([grant(1, 0, 3)], NOW) == "allowance_spent"
    assert refusal([grant(1, 2, -3)], NOW) == "window_closed"


@pytest.mark.parametrize(
    ("sender", "attempts", "becomes"),
    [
        (Sender.BOT, 1, DeliveryState.QUEUED),
        (Sender.BOT, 2, DeliveryState.UNKNOWN),
        (Sender.REP, 1, DeliveryState.UNKNOWN),
        (Sender.NOTICE, 1, DeliveryState.UNKNOWN),
    ],
)
def test_only_the_bots_own_words_are_said_again_after_a_timeout(
    sender: Sender, attempts: int, becomes: DeliveryState
) -> None:
    assert after_unknown(sender, attempts) is becomes


def test_retries_grow_and_end() -> None:
    delays = [retry_at(NOW, attempt) for attempt in range(1, 7)]

    assert delays[0] == NOW + timedelta(seconds=2)
    assert all(later > sooner for sooner, later in itertools.pairwise(delays[:-1]) if sooner and later)
    assert delays[-1] is None
