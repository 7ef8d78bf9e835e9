"""What the platform lets us send."""

import itertools
from datetime import timedelta

import pytest

from bot.delivery.model import DeliveryState, Sender
from bot.delivery.rules import (
    HELD_AT_MOST,
    HELD_FOR,
    SHORT_LINE,
    Grant,
    Room,
    after_unknown,
    choose_grant,
    free,
    hold_longer,
    hold_until,
    joined,
    refusal,
    retry_at,
    room,
    why_not,
)
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


@pytest.mark.parametrize(
    ("sender", "takes_last", "reasons"),
    [
        # By what is left: none, one, two, three.
        (Sender.BOT, False, ("allowance_spent", None, None, None)),
        (Sender.REP, False, ("allowance_spent", "last_message", None, None)),
        (Sender.REP, True, ("allowance_spent", None, None, None)),
        (Sender.NOTICE, False, ("allowance_spent", "kept_for_answer", "kept_for_answer", None)),
        (Sender.NOTICE, True, ("allowance_spent", None, None, None)),
    ],
)
def test_each_sender_leaves_something_to_the_others(
    sender: Sender, takes_last: bool, reasons: tuple[str | None, ...]
) -> None:
    found = [why_not(sender, [grant(1, left, 3)], NOW, takes_last=takes_last) for left in range(4)]

    assert tuple(found) == reasons


def test_in_a_closed_window_nobody_sends_whatever_is_left() -> None:
    assert why_not(Sender.BOT, [grant(1, 5, -1)], NOW, takes_last=True) == "window_closed"


@pytest.mark.parametrize(("left", "is_free"), [(0, 0), (1, 0), (2, 1), (5, 4)])
def test_a_rep_is_free_to_send_all_but_the_one_that_is_kept(left: int, is_free: int) -> None:
    assert free(Room(left, NOW + HOUR)) == is_free


@pytest.mark.parametrize(
    ("left", "length", "closes_s", "waits"),
    [
        (5, 2, 3600, False),
        (4, 2, 3600, False),
        (3, 2, 3600, True),
        (1, 2, 3600, True),
        (3, SHORT_LINE, 3600, True),
        (3, SHORT_LINE + 1, 3600, False),
        (3, 2, 6, False),
        (3, 2, 7, True),
    ],
)
def test_a_short_line_waits_for_the_next_when_little_is_left(
    left: int, length: int, closes_s: int, waits: bool
) -> None:
    until = hold_until("字" * length, Room(left, NOW + timedelta(seconds=closes_s)), NOW)

    assert until == (NOW + HELD_FOR if waits else None)


def test_nothing_waits_in_a_closed_window() -> None:
    assert hold_until("您好", Room(0, None), NOW) is None


def test_a_line_waits_longer_with_each_one_that_joins_but_not_for_ever() -> None:
    assert hold_longer(NOW, NOW + timedelta(seconds=4)) == NOW + timedelta(seconds=4) + HELD_FOR
    assert hold_longer(NOW, NOW + timedelta(seconds=18)) == NOW + HELD_AT_MOST


@pytest.mark.parametrize(("more", "fits"), [(2041, True), (2042, False)])
def test_lines_are_joined_as_far_as_the_platform_takes_them(more: int, fits: bool) -> None:
    text = joined("您好", "x" * more)

    assert text == ("您好\n" + "x" * more if fits else None)
