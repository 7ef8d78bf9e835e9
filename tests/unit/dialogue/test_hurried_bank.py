"""All a turn asks the bank fits one time limit, however many questions it has."""

from collections.abc import Callable

import pytest

from bot.dialogue.hurried_bank import TURN_BUDGET_S, HurriedBank
from bot.errors import BankUnavailable, NotFound
from bot.ports import CoreBank, Points
from tests.fakes import FakeBank


class SlowBank(FakeBank):
    """Takes so long for every answer."""

    def __init__(self, takes_s: float) -> None:
        super().__init__()
        self.now, self.takes_s = 100.0, takes_s
        self.points |= {"F1": Points(1, ()), "F2": Points(2, ())}

    def get_points(self, firm_id: str, *, timeout_s: float = 9.0) -> Points:
        self.now += self.takes_s
        return super().get_points(firm_id, timeout_s=timeout_s)


def test_each_question_gets_what_the_ones_before_it_left() -> None:
    slow = SlowBank(0.6)
    bank = HurriedBank(slow, monotonic=lambda: slow.now)

    for firm_id in ("F1", "F2"):
        bank.get_points(firm_id)

    assert [round(timeout_s, 3) for _, timeout_s in slow.asked] == [TURN_BUDGET_S, TURN_BUDGET_S - 0.6]


def test_what_takes_no_time_costs_none_and_a_shorter_limit_holds() -> None:
    slow = SlowBank(0.0)
    bank = HurriedBank(slow, monotonic=lambda: slow.now)
    bank.get_points("F1")
    slow.now += 60

    bank.get_points("F2", timeout_s=0.4)

    assert [timeout_s for _, timeout_s in slow.asked] == [TURN_BUDGET_S, 0.4]


def test_when_the_time_is_over_nobody_is_asked() -> None:
    slow = SlowBank(TURN_BUDGET_S)
    bank = HurriedBank(slow, monotonic=lambda: slow.now)
    bank.get_points("F1")

    with pytest.raises(BankUnavailable):
        bank.get_points("F2")

    assert len(slow.asked) == 1


def test_the_same_question_is_asked_once_a_turn() -> None:
    slow = SlowBank(0.1)
    bank = HurriedBank(slow, monotonic=lambda: slow.now)

    assert [bank.get_points("F1"), bank.get_points("F1")] == [Points(1, ()), Points(1, ())]
    assert len(slow.asked) == 1
    HurriedBank(slow).get_points("F1")
    assert len(slow.asked) == 2, "the next turn asks anew"


def test_a_bank_that_was_away_a_moment_ago_is_not_asked_again() -> None:
    slow = SlowBank(0.0)
    slow.is_down = True
    bank = HurriedBank(slow, monotonic=lambda: slow.now)
    with pytest.raises(BankUnavailable):
        bank.get_points("F1")
    slow.is_down = False

    with pytest.raises(BankUnavailable):
        bank.get_points("F2")

    assert len(slow.asked) == 1


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("profile", lambda bank: bank.get_profile("F1")),
        ("accounts", lambda bank: bank.get_bank_accounts("F1")),
        ("limits", lambda bank: bank.get_limits("F1")),
        ("applications", lambda bank: bank.get_applications("F1")),
        ("loans", lambda bank: bank.get_loans("F1")),
        ("certificates", lambda bank: bank.get_certificates("F1")),
        ("operators", lambda bank: bank.get_operators("F1")),
        ("fees", lambda bank: bank.get_fees("F1")),
    ],
)
def test_every_question_reaches_the_bank_with_its_time(name: str, ask: Callable[[CoreBank], object]) -> None:
    asked = FakeBank()

    with pytest.raises(NotFound):
        ask(HurriedBank(asked))

    assert asked.asked == [(name, TURN_BUDGET_S)]


def test_who_somebody_is_may_be_asked_as_well() -> None:
    assert HurriedBank(FakeBank()).find_firm("o") is None
