"""Short questions without a subject are about what was talked about last."""

import pytest

from bot.dialogue.session import Session
from bot.messages import Understanding
from tests.unit.dialogue.chat import Chat, understood

UNSURE = Understanding("branch_location", 0.22, (("branch_location", 0.22), ("out_of_scope", 0.16)))


def _after(chat: Chat, intent: str) -> Chat:
    return chat.knowing(last_intent=intent, introduced=True)


@pytest.mark.parametrize(
    ("topic", "words", "guess", "said"),
    [
        ("loan_apply", "利息呢", None, "loan_rate"),
        ("loan_apply", "要带什么", "account_open", "loan_documents"),
        ("loan_apply", "多少钱", "account_fees", "loan_rate"),
        ("loan_eligibility", "要多久", "account_open", "loan_progress"),
        ("loan_rate", "怎么还", None, "loan_repayment"),
        ("loan_apply", "网上能办吗", "ebank_open", "loan_online"),
        ("loan_apply", "会计能去办吗", "account_open", "loan_proxy"),
        ("account_open", "要带什么", "loan_documents", "account_open_papers"),
        ("account_open", "要多久", "loan_progress", "account_open_time"),
        ("account_open", "在哪弄", None, "account_open_where"),
        ("account_change_info", "要什么材料", "loan_documents", "account_papers"),
        ("account_close", "那大概要多久啊", "loan_progress", "account_time"),
        ("ukey_lost", "多少钱", "account_fees", "ukey_cost"),
        ("ukey_lost", "去哪补", "branch_location", "ukey_where"),
        ("ukey_locked_expired", "一定要老板本人吗", None, "ukey_proxy"),
        ("ebank_open", "你好，要带什么，谢谢", "loan_documents", "ebank_papers"),
        ("points_balance", "怎么换", "out_of_scope", "points_redeem"),
        ("transfer", "要手续费吗", "account_fees", "transfer_cost"),
        ("payroll", "多久到账", "transfer", "payroll_time"),
        ("e_receipt", "要钱吗", "account_fees", "receipts_cost"),
        ("account_statement", "上个月的", "e_receipt", "account_statement_period"),
    ],
)
def test_a_fragment_is_read_with_the_last_topic(
    chat: Chat, topic: str, words: str, guess: str | None, said: str
) -> None:
    _after(chat, topic).say(words, guess or UNSURE)

    assert chat.said[0] == said


@pytest.mark.parametrize(
    ("topic", "words", "guess", "said"),
    [
        ("account_open", "贷款要带什么", "loan_documents", "loan_documents"),
        ("e_receipt", "怎么开户", "account_open", "account_open"),
        ("loan_apply", "网点在哪", "branch_location", "branch_location"),
        ("loan_apply", "你们在哪", "branch_location", "branch_location"),
        ("loan_apply", "提前还要手续费吗", "loan_early_repayment", "loan_early_repayment"),
    ],
)
def test_a_question_with_its_own_noun_stands_for_itself(
    chat: Chat, topic: str, words: str, guess: str, said: str
) -> None:
    assert _after(chat, topic).say(words, guess).said[0] == said


def test_a_guess_that_fits_the_topic_is_kept(chat: Chat) -> None:
    assert _after(chat, "loan_apply").say("怎么申请", "loan_eligibility").said[0] == "loan_eligibility"


def test_without_a_topic_a_fragment_is_what_the_model_makes_of_it(chat: Chat) -> None:
    assert chat.say("要带什么", "loan_documents").said == ("loan_documents",)


def test_what_stays_with_the_topic_counts_for_nothing_in_learning(chat: Chat) -> None:
    assert _after(chat, "account_open").say("要带什么", "loan_documents").step.read_as is None


def test_the_open_question_is_put_again_behind_the_detail(chat: Chat) -> None:
    chat.session = Session(flow="ukey", step="new", last_intent="ukey_activate", introduced=True)

    assert chat.say("要多久", "loan_progress").said == ("ukey_time", "diagnosis.ukey")
    assert chat.session.step == "new"


def test_the_open_loan_question_is_put_again_behind_the_answer(chat: Chat) -> None:
    chat.session = Session(
        flow="loan", step="amount", slots={"purpose": "进货"}, last_intent="loan_apply", introduced=True
    )

    assert chat.say("要带什么", "account_open").said == ("loan_documents", "loan_ask_amount")


def test_in_a_guide_a_fragment_is_about_the_guide(chat: Chat) -> None:
    chat.session = Session(
        flow="guide", step="step", guide=("points_redeem", 2), last_intent="loan_rate", introduced=True
    )

    chat.say("在哪换", UNSURE)

    assert chat.session.guide == ("points_redeem", 2)


def test_whether_it_helped_may_still_be_said_after_a_detail(chat: Chat) -> None:
    chat.say("回单怎么下", "e_receipt").say("要钱吗", "account_fees")
    assert {"receipts:solved", "receipts:unsolved"} <= chat.lines.keys()

    assert chat.say("解决了", understood("thanks")).step.outcome == "solved"


@pytest.mark.parametrize("words", ["上个月的", "去年的", "要3月份的"])
def test_a_period_answers_the_receipt_how_to(chat: Chat, words: str) -> None:
    chat.say("回单怎么下", "e_receipt").say(words, "account_annual_check")

    assert chat.said == ("e_receipt_period",)
    assert words.removeprefix("要").removesuffix("的") in chat.text
    assert chat.session.flow == "receipts"


def test_a_period_is_told_with_its_days_when_the_model_knows_them(chat: Chat) -> None:
    span = understood("e_receipt", date={"from": "2026-10-01", "to": "2026-10-31"})

    assert "上个月（2026年10月1日到2026年10月31日）" in chat.say("回单怎么下", "e_receipt").say("上个月的", span).text
