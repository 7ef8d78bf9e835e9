"""The order of a line, who is asked next, who is waited for, how long it may take."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.desks.model import DeskRules, Order, Strategy
from bot.handoff.rules import (
    Candidate,
    Priority,
    Waiting,
    choose_rep,
    expected_minutes,
    may_be_asked,
    rank,
    rank_in,
    weight_for,
)
from tests.factories import DESK_RULES, MORNING

LOAN = DESK_RULES["loan"]
LINE = replace(LOAN, dedicated_wait_s=60, last_rep_wait_s=40, overflow_to="general", overflow_after_s=90)


def rep(
    name: str,
    *,
    idle_min: float = 0,
    load: int = 0,
    capacity: int = 2,
    skills: tuple[str, ...] = ("loan",),
    offered_min_ago: float | None = None,
    **more: Any,
) -> Candidate:
    offered_at = None if offered_min_ago is None else MORNING - timedelta(minutes=offered_min_ago)
    idle_since = MORNING - timedelta(minutes=idle_min)
    usual = Candidate(
        name, skills, capacity, load, idle_since, has_offer=False, silent_s=0.0, last_offered_at=offered_at
    )
    return replace(usual, **more)


def chat(waited_s: float = 0, **more: Any) -> Waiting:
    queued_at = MORNING - timedelta(seconds=waited_s)
    return replace(Waiting(1, "loan", 1, 0, queued_at, 0.0, may_ask_again=False), **more)


def chosen(asked: Waiting, reps: list[Candidate], desk: DeskRules = LINE, deputies: dict[str, str] | None = None):
    found = choose_rep(asked, {one.username: one for one in reps}, desk, deputies or {}, MORNING)
    return found.username if found else None


@pytest.mark.parametrize(
    ("candidate", "skill", "weight", "can"),
    [
        (rep("a"), "loan", 1, True),
        (rep("a"), "ebank", 1, False),
        (rep("a", load=2), "loan", 1, False),
        (rep("a", load=1), "loan", 2, False),
        (rep("a", load=0), "loan", 2, True),
        # A chat heavier than all of him takes all of him.
        (rep("a", capacity=1), "loan", 2, True),
        (rep("a", capacity=1, load=1), "loan", 2, False),
        (rep("a", capacity=0), "loan", 1, False),
        (rep("a", has_offer=True), "loan", 1, False),
        (rep("a", is_on_shift=False), "loan", 1, False),
        (rep("a", silent_s=31), "loan", 1, False),
        (rep("a", silent_s=29), "loan", 1, True),
    ],
)
def test_who_can_be_asked(candidate: Candidate, skill: str, weight: int, can: bool) -> None:
    assert may_be_asked(candidate, skill, weight) is can


@pytest.mark.parametrize(("weight", "capacity", "weighs"), [(1, 3, 1), (2, 3, 2), (2, 1, 1), (5, 0, 1)])
def test_a_chat_weighs_no_more_than_all_of_its_rep(weight: int, capacity: int, weighs: int) -> None:
    assert weight_for(weight, capacity) == weighs


@pytest.mark.parametrize(
    ("candidates", "declined", "again", "name"),
    [
        ([rep("a", idle_min=1), rep("b", idle_min=9)], [], False, "b"),
        ([rep("a", idle_min=1), rep("b", idle_min=9)], ["b"], False, "a"),
        ([rep("b"), rep("a")], [], False, "a"),
        ([rep("a")], ["a"], False, None),
        ([rep("a")], ["a"], True, "a"),
        ([rep("a"), rep("b", load=2)], ["a"], True, "a"),
        ([rep("a"), rep("b")], ["a"], True, "b"),
        ([], [], True, None),
    ],
)
def test_who_of_the_desk_is_asked_next(
    candidates: list[Candidate], declined: list[str], again: bool, name: str | None
) -> None:
    assert chosen(chat(declined_by=declined, may_ask_again=again), candidates) == name


@pytest.mark.parametrize(
    ("strategy", "name"),
    [(Strategy.LONGEST_IDLE, "idle"), (Strategy.LEAST_BUSY, "roomy"), (Strategy.ROUND_ROBIN, "forgotten")],
)
def test_each_strategy_prefers_another(strategy: Strategy, name: str) -> None:
    reps = [
        rep("idle", idle_min=30, load=1, offered_min_ago=1),
        rep("roomy", idle_min=2, load=1, capacity=8, offered_min_ago=2),
        rep("forgotten", idle_min=1, load=1, offered_min_ago=20),
    ]

    assert chosen(chat(), reps, replace(LINE, strategy=strategy)) == name


def test_round_robin_begins_with_who_was_never_offered_anything() -> None:
    reps = [rep("a", offered_min_ago=99), rep("new")]

    assert chosen(chat(), reps, replace(LINE, strategy=Strategy.ROUND_ROBIN)) == "new"


KNOWN: dict[str, Any] = {"dedicated": "ded", "last_rep": "last"}


@pytest.mark.parametrize(
    ("waited_s", "who", "reps", "name"),
    [
        # Whoever knows the customer comes first, in the order of the chain.
        (0, {**KNOWN, "wished": "wish"}, [rep("wish"), rep("ded"), rep("last"), rep("any")], "wish"),
        (0, KNOWN, [rep("ded"), rep("last"), rep("any")], "ded"),
        (0, KNOWN, [rep("last"), rep("any")], "last"),
        # With full hands he is waited for, each for his time, and is still preferred afterwards.
        (59, KNOWN, [rep("ded", load=2), rep("last"), rep("any")], None),
        (61, KNOWN, [rep("ded", load=2), rep("last"), rep("any")], "last"),
        (61, KNOWN, [rep("ded", load=2), rep("last", load=2), rep("any")], None),
        (101, KNOWN, [rep("ded", load=2), rep("last", load=2), rep("any")], "any"),
        (101, KNOWN, [rep("ded"), rep("any", idle_min=99)], "ded"),
        (39, KNOWN, [rep("last", load=2), rep("any")], None),
        (41, KNOWN, [rep("last", load=2), rep("any")], "any"),
        # Who cannot be asked is not waited for: gone, silent, off shift, of another desk, or he said no.
        (0, KNOWN, [rep("any")], "any"),
        (0, KNOWN, [rep("ded", silent_s=40, load=2), rep("any")], "any"),
        (0, KNOWN, [rep("ded", is_on_shift=False), rep("any")], "any"),
        (0, KNOWN, [rep("ded", skills=("ebank",)), rep("any")], "any"),
        (0, {**KNOWN, "declined_by": ["ded", "last"]}, [rep("ded", load=2), rep("last"), rep("any")], "any"),
        # A complaint never reaches whom it is about, however well he knows the customer.
        (0, {**KNOWN, "barred": "ded"}, [rep("ded"), rep("any")], "any"),
        (0, {"barred": "any"}, [rep("any")], None),
        # One person in two places of the chain is waited for once.
        (61, {"dedicated": "ded", "last_rep": "ded"}, [rep("ded", load=2), rep("any")], "any"),
    ],
)
def test_the_chain(waited_s: float, who: dict[str, Any], reps: list[Candidate], name: str | None) -> None:
    assert chosen(chat(waited_s, **who), reps) == name


def test_the_deputy_stands_in_for_the_dedicated_rep() -> None:
    reps = [rep("ded"), rep("deputy"), rep("any", idle_min=99)]

    assert chosen(chat(dedicated="ded"), reps, deputies={"ded": "deputy"}) == "deputy"
    assert chosen(chat(dedicated="ded"), [rep("deputy", load=2), rep("any")], deputies={"ded": "deputy"}) is None


def test_a_time_of_zero_leaves_a_step_out() -> None:
    desk = replace(LINE, dedicated_wait_s=0, last_rep_wait_s=0)
    reps = [rep("ded"), rep("last"), rep("wish", load=2), rep("any", idle_min=9)]

    assert chosen(chat(**KNOWN), reps, desk) == "any"
    # Whom a colleague named is preferred all the same, but nobody waits for him.
    assert chosen(chat(**KNOWN, wished="wish"), reps, desk) == "any"
    assert chosen(chat(**KNOWN, wished="ded"), reps, desk) == "ded"


HELPER = rep("helper", skills=("general",))


@pytest.mark.parametrize(
    ("waited_s", "desk", "reps", "name"),
    [
        (89, LINE, [HELPER], None),
        (90, LINE, [HELPER], "helper"),
        (90, LINE, [HELPER, rep("own", idle_min=0)], "own"),
        (90, replace(LINE, overflow_after_s=0), [HELPER], None),
        (90, replace(LINE, overflow_to=None), [HELPER], None),
        # Somebody fresh of the other desk goes before one of the own who said no.
        (90, LINE, [HELPER, rep("no")], "helper"),
        (90, LINE, [replace(HELPER, load=2), rep("no")], "no"),
    ],
)
def test_overflow(waited_s: float, desk: DeskRules, reps: list[Candidate], name: str | None) -> None:
    assert chosen(chat(waited_s, declined_by=["no"], may_ask_again=True), reps, desk) == name


def test_a_point_of_priority_is_worth_a_minute() -> None:
    assert rank(MORNING, 5) == rank(MORNING - timedelta(minutes=5), 0)


def in_hours(hours: float) -> datetime:
    return MORNING + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        # (minutes waited, priority, hours until the window ends)
        ((0, 0, 1), (0, 0, 2)),
        ((0, 0, 3.9), (60, 0, 30)),
        ((0, Priority.COMPLAINT, 1), (0, Priority.COMPLAINT, 3)),
        ((0, 0, 1), (0, Priority.COMPLAINT, 40)),
        ((0, Priority.URGENT, 40), (0, 0, 0.1)),
        # Nobody starves: who waited longer than the last hours are worth is still first.
        ((91, 0, 40), (0, 0, 0.1)),
        # A window that has ended, or none at all, hurries nobody.
        ((1, 0, 40), (0, 0, -1)),
        ((1, 0, None), (0, 0, None)),
    ],
)
def test_the_order_by_the_window(
    sooner: tuple[float, int, float | None], later: tuple[float, int, float | None]
) -> None:
    def place(told: tuple[float, int, float | None], order: Order = Order.WINDOW) -> float:
        waited, priority, hours = told
        closes_at = None if hours is None else in_hours(hours)
        return rank_in(order, MORNING - timedelta(minutes=waited), priority, closes_at, MORNING)

    assert place(sooner) < place(later)
    assert place(later, Order.WAITING) == rank(MORNING - timedelta(minutes=later[0]), later[1])


@pytest.mark.parametrize(("ahead", "reps", "minutes"), [(0, 0, 3), (0, 3, 1), (3, 2, 6), (9, 1, 30)])
def test_the_guess_of_the_wait(ahead: int, reps: int, minutes: int) -> None:
    assert expected_minutes(ahead, reps) == minutes
