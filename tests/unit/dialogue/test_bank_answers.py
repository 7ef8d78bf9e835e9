"""What a bound owner hears about his own points and loans, and what is said when the bank is silent."""

from datetime import date

import pytest

from bot.ports import LoanCase, Points
from tests.unit.dialogue.chat import FIRM, Chat

POINTS = Points(12_800, ((3_000, date(2026, 11, 30)),))


@pytest.fixture
def bound(chat: Chat) -> Chat:
    chat.firm = FIRM
    chat.bank.points["F1"] = POINTS
    chat.bank.loans["F1"] = (LoanCase("jingying_kuaidai", "approved", 50_000_000, 30_000_000, date(2026, 12, 20)),)
    return chat


@pytest.mark.parametrize("intent", ["points_balance", "points_expiry"])
def test_a_bound_owner_hears_his_points(bound: Chat, intent: str) -> None:
    bound.say("我的积分", intent)

    assert "12,800积分" in bound.text
    assert "3,000分11月30日到期" in bound.text


def test_points_that_do_not_lapse_soon_are_said_so(bound: Chat) -> None:
    bound.bank.points["F1"] = Points(100, ())

    assert "近期没有要到期的" in bound.say("积分到期吗", "points_expiry").text


def test_a_visitor_learns_how_to_look_and_how_to_bind(chat: Chat) -> None:
    chat.say("我的积分", "points_balance")

    assert "我的权益" in chat.text
    assert "微信绑定" in chat.text


def test_redeeming_is_a_guide(chat: Chat) -> None:
    chat.say("我的积分", "points_balance").tap("兑换积分")

    assert chat.said == ("points_redeem", "guide.points_redeem")
    assert "加油卡" in chat.text


@pytest.mark.parametrize(
    ("intent", "reply"),
    [
        ("points_balance", "points_unavailable"),
        ("loan_progress", "loan_case_unavailable"),
        ("loan_repayment", "loan_case_unavailable"),
    ],
)
def test_a_silent_bank_is_admitted(bound: Chat, intent: str, reply: str) -> None:
    bound.bank.is_down = True

    assert bound.say("查一下", intent).said[0] == reply


@pytest.mark.parametrize(
    ("intent", "reply"), [("points_balance", "points_no_account"), ("loan_progress", "loan_none_bound")]
)
def test_what_the_bank_does_not_have_is_said_so(chat: Chat, intent: str, reply: str) -> None:
    chat.firm = FIRM

    assert chat.say("查一下", intent).said[0] == reply


@pytest.mark.parametrize(
    ("intent", "words"),
    [("loan_progress", "已批准"), ("loan_repayment", "12月20日"), ("loan_limit", "能用30万元")],
)
def test_a_bound_owner_hears_of_his_own_loan(bound: Chat, intent: str, words: str) -> None:
    assert words in bound.say("查一下", intent).text


@pytest.mark.parametrize("intent", ["loan_progress", "loan_repayment", "loan_limit"])
def test_a_visitor_learns_where_to_look(chat: Chat, intent: str) -> None:
    assert chat.say("查一下", intent).said == (intent,)


@pytest.mark.parametrize("stage", ["enquiry", "applied", "approved", "drawn", "repaid", "rejected", "new_stage"])
@pytest.mark.parametrize("intent", ["loan_progress", "loan_repayment", "loan_limit"])
def test_every_stage_has_words(bound: Chat, stage: str, intent: str) -> None:
    bound.bank.loans["F1"] = (LoanCase("old_product", stage, None, None, None),)

    assert bound.say("查一下", intent).step.replies
