"""Dealing a day out anew: what a rule changes shows in the figures."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.board.what_if import Asking, Dealt, Seat, deal, total
from bot.desks.model import DeskRules, Strategy
from bot.desks.rules import Span
from config.desks import load_desk_rules
from tests.factories import MORNING

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RULES = load_desk_rules(("loan", "ebank", "general", "complaint", "fraud"))
PLAIN = replace(RULES["loan"], overflow_to=None, overflow_after_s=0, dedicated_wait_s=0, wrap_up_s=0)


def came(after_s: float, *, took_s: float = 100, left_s: float | None = None, **more: object) -> Asking:
    facts = {"skill": "loan", "priority": 0, "dedicated": None} | more
    left = None if left_s is None else SECOND * left_s
    return Asking(asked_at=MORNING + SECOND * after_s, took=SECOND * took_s, left_after=left, **facts)  # type: ignore[arg-type]


def seat(
    username: str = "ann", skill: str = "loan", capacity: int = 1, ready_s: tuple[float, float] = (0, 9999)
) -> Seat:
    start, end = ready_s
    return Seat(
        username, frozenset({skill}), capacity, [Span(username, MORNING + SECOND * start, MORNING + SECOND * end)]
    )


def loan(askings: list[Asking], seats: list[Seat], rules: DeskRules = PLAIN) -> Dealt:
    return deal(askings, seats, {**RULES, "loan": rules})["loan"]


@pytest.mark.parametrize(
    ("askings", "seats", "found"),
    [
        ([], [seat()], Dealt(0, 0, 0, 0, 0, 0)),
        ([came(0)], [seat()], Dealt(1, 1, 1, 0, 0, 0)),
        ([came(0)], [], Dealt(1, 0, 0, 1, 0, 0)),
        ([came(0), came(10)], [seat()], Dealt(2, 2, 1, 0, 45, 90)),
        ([came(0), came(10)], [seat(capacity=2)], Dealt(2, 2, 2, 0, 0, 0)),
        ([came(0), came(10, left_s=30)], [seat()], Dealt(2, 1, 1, 1, 0, 0)),
        ([came(0)], [seat(ready_s=(30, 99))], Dealt(1, 1, 0, 0, 30, 30)),
        ([came(0)], [seat(ready_s=(601, 700))], Dealt(1, 0, 0, 1, 0, 0)),
    ],
)
def test_a_line_is_served(askings: list[Asking], seats: list[Seat], found: Dealt) -> None:
    assert loan(askings, seats) == found


def test_an_urgent_case_goes_before_one_who_came_earlier() -> None:
    askings = [came(0), came(5, took_s=300, left_s=120), came(10, took_s=300, priority=5, left_s=120)]

    assert loan(askings, [seat()]).longest_wait_s == 90


def test_wrap_up_and_weight_take_time_and_room() -> None:
    askings = [came(0), came(10)]

    assert loan(askings, [seat()], replace(PLAIN, wrap_up_s=30)).longest_wait_s == 120
    assert loan(askings, [seat(capacity=3)], replace(PLAIN, weight=2)).longest_wait_s == 90


def test_a_line_overflows_into_the_other_desk_after_its_time() -> None:
    rules = replace(PLAIN, overflow_to="general", overflow_after_s=60)

    assert loan([came(0)], [seat(skill="general")], rules).longest_wait_s == 60
    assert loan([came(0)], [seat(skill="general")]).answered == 0


def test_the_dedicated_rep_is_waited_for_only_while_he_is_there() -> None:
    rules = replace(PLAIN, dedicated_wait_s=60)
    askings = [came(0, took_s=500), came(1, dedicated="ann")]
    # The first takes ann, who has been idle as long as ben and comes before him.
    assert loan(askings, [seat("ann"), seat("ben")], rules).longest_wait_s == 60
    assert loan([came(1, dedicated="ann")], [seat("ben")], rules).longest_wait_s == 0


@pytest.mark.parametrize(
    ("strategy", "wait_s"), [(Strategy.LEAST_BUSY, 0), (Strategy.LONGEST_IDLE, 30), (Strategy.ROUND_ROBIN, 30)]
)
def test_the_least_busy_by_share_keeps_the_smaller_seat_free(strategy: Strategy, wait_s: int) -> None:
    rules = replace(PLAIN, strategy=strategy, dedicated_wait_s=30)
    askings = [*(came(after, took_s=5000) for after in range(4)), came(4, dedicated="ben")]

    # The last one waits for ben, who has two places, unless ann, who has four, got three of the others.
    assert loan(askings, [seat("ann", capacity=4), seat("ben", capacity=2)], rules).longest_wait_s == wait_s


@pytest.mark.parametrize(("strategy", "wait_s"), [(Strategy.LONGEST_IDLE, 30), (Strategy.ROUND_ROBIN, 0)])
def test_a_chat_that_ended_counts_for_idleness_and_not_for_turns(strategy: Strategy, wait_s: int) -> None:
    rules = replace(PLAIN, strategy=strategy, dedicated_wait_s=30)
    askings = [came(0, took_s=10), came(1, took_s=5000), came(20, took_s=5000), came(21, dedicated="ben")]

    assert loan(askings, [seat("ann", capacity=2), seat("ben", capacity=2)], rules).longest_wait_s == wait_s


def test_all_desks_together() -> None:
    found = total({"loan": Dealt(2, 2, 1, 0, 30, 60), "ebank": Dealt(3, 1, 1, 2, 0, 0)})

    assert found == Dealt(5, 3, 2, 2, 20, 60)
    assert total({}) == Dealt(0, 0, 0, 0, 0, 0)


def test_a_chat_weighs_no_more_than_all_of_its_rep() -> None:
    assert loan([came(0)], [seat(capacity=1)], replace(PLAIN, weight=2)).answered == 1


def test_a_dedicated_rep_of_another_desk_is_not_waited_for_and_not_asked() -> None:
    rules = replace(PLAIN, dedicated_wait_s=60)
    askings = [came(0, dedicated="ann"), came(1)]

    assert loan(askings, [seat("ann", skill="ebank"), seat("ben")], rules) == Dealt(2, 2, 1, 0, 50, 99)
