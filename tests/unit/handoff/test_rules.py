"""The order of a line, who is asked next, how long it may take."""

from datetime import timedelta

import pytest

from bot.handoff.rules import Candidate, choose_rep, expected_minutes, may_be_asked, rank
from tests.factories import MORNING


def rep(name: str, *, idle_min: int = 0, load: int = 0, has_offer: bool = False, silent_s: float = 0.0) -> Candidate:
    idle_since = MORNING - timedelta(minutes=idle_min)
    return Candidate(name, ("loan",), 2, load, idle_since, has_offer, silent_s)


@pytest.mark.parametrize(
    ("candidate", "skill", "can"),
    [
        (rep("a"), "loan", True),
        (rep("a"), "ebank", False),
        (rep("a", load=2), "loan", False),
        (rep("a", has_offer=True), "loan", False),
        (rep("a", silent_s=31), "loan", False),
        (rep("a", silent_s=29), "loan", True),
    ],
)
def test_who_can_be_asked(candidate: Candidate, skill: str, can: bool) -> None:
    assert may_be_asked(candidate, skill) is can


@pytest.mark.parametrize(
    ("candidates", "preferred", "declined", "again", "chosen"),
    [
        ([rep("a", idle_min=1), rep("b", idle_min=9)], [], [], False, "b"),
        ([rep("a", idle_min=1), rep("b", idle_min=9)], [None, "a"], [], False, "a"),
        ([rep("a", idle_min=1), rep("b", idle_min=9)], ["c", "a"], [], False, "a"),
        ([rep("a", idle_min=1), rep("b", idle_min=9)], [], ["b"], False, "a"),
        ([rep("a")], [], ["a"], False, None),
        ([rep("a")], [], ["a"], True, "a"),
        ([rep("a"), rep("b", load=2)], [], ["a"], True, "a"),
        ([rep("a"), rep("b")], [], ["a"], True, "b"),
        ([], [], [], True, None),
    ],
)
def test_who_is_asked_next(
    candidates: list[Candidate], preferred: list[str | None], declined: list[str], again: bool, chosen: str | None
) -> None:
    found = choose_rep(candidates, "loan", preferred=preferred, declined_by=declined, may_ask_again=again)

    assert (found.username if found else None) == chosen


def test_a_point_of_priority_is_worth_a_minute() -> None:
    assert rank(MORNING, 5) == rank(MORNING - timedelta(minutes=5), 0)


@pytest.mark.parametrize(("ahead", "reps", "minutes"), [(0, 0, 3), (0, 3, 1), (3, 2, 6), (9, 1, 30)])
def test_the_guess_of_the_wait(ahead: int, reps: int, minutes: int) -> None:
    assert expected_minutes(ahead, reps) == minutes
