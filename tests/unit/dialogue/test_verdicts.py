"""Every answer about loans and accounts asks whether it helped, and a no leads somewhere else than the same answer."""

from datetime import date

import pytest

from bot.core_bank import Application, Stage
from bot.dialogue.session import Session
from bot.knowledge.content import Content
from bot.messages import Understanding
from tests.unit.dialogue.chat import FIRM, Chat, fen, months, understood

NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.11)))
VERDICTS = {"解决了", "没解决", "人工"}
ANSWERED = [
    "loan_documents", "loan_eligibility", "loan_rate", "loan_early_repayment", "loan_renewal", "loan_settlement",
    "loan_overdue", "supply_chain_finance", "loan_rejected", "loan_limit", "loan_progress", "loan_repayment",
    "account_open", "account_new_tips", "account_dormant", "account_annual_check", "account_freeze",
    "account_change_info", "account_fees", "account_close", "account_statement", "ebank_open",
]  # fmt: skip


@pytest.mark.parametrize("intent", ANSWERED)
def test_an_answer_ends_with_solved_not_solved_and_a_person(chat: Chat, intent: str) -> None:
    chat.say("请问", intent)

    assert set(chat.lines.values()) >= VERDICTS
    assert chat.tap("解决了").step.outcome == "solved"


@pytest.mark.parametrize("intent", ANSWERED)
def test_a_no_asks_one_thing_back_and_the_second_brings_a_person(chat: Chat, intent: str) -> None:
    first = chat.say("请问", intent).text

    chat.tap("没解决")
    assert chat.step.outcome == "unsolved"
    assert chat.text != first
    assert "human:start" in chat.lines

    assert chat.say("没解决", NOISE).step.handoff is not None


def test_the_neighbours_of_the_matter_are_offered(chat: Chat) -> None:
    chat.say("贷款要什么材料", "loan_documents").tap("没解决")

    assert chat.said == ("unsolved_more",)
    asked = [choice for choice in chat.lines if choice.startswith("ask:")]
    assert len(asked) == 2
    assert "ask:loan_documents" not in asked


def test_words_about_what_did_not_help_bring_a_person_who_reads_them(chat: Chat) -> None:
    chat.say("换法人怎么办", "account_change_info").tap("没解决").say("柜台说还要股东会决议", NOISE)

    assert chat.step.handoff is not None
    assert chat.step.handoff.reason == "换法人、改公司信息没解决"


def test_another_question_is_answered_instead(chat: Chat) -> None:
    chat.say("换法人怎么办", "account_change_info").tap("没解决")

    assert chat.say("年检什么时候", "account_annual_check").said == ("account_annual_check",)


@pytest.mark.parametrize("words", ["算了", "哦"])
def test_who_lets_it_be_is_not_handed_over(chat: Chat, words: str) -> None:
    chat.say("换法人怎么办", "account_change_info").tap("没解决")

    assert chat.say(words, NOISE).step.handoff is None


def test_while_another_question_is_open_it_is_put_again_instead_of_a_verdict(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="term", slots={"purpose": "采购备货", "amount": [1, 1]}, introduced=True)

    chat.say("要什么材料？", "loan_documents")

    assert "解决了" not in chat.lines.values()
    assert "打算用多久" in chat.text


def test_own_facts_of_a_loan_ask_whether_they_helped(chat: Chat) -> None:
    chat.firm = FIRM
    application = Application("jingying_kuaidai", Stage.APPROVED, 50_000_000, date(2026, 11, 20))
    chat.bank.applications = {FIRM.firm_id: (application,)}

    chat.say("我的贷款批到哪了", "loan_progress")

    assert chat.said == ("loan_progress_bound_approved",)
    assert set(chat.lines.values()) >= VERDICTS


def test_a_calculation_can_be_done_again_with_another_sum(chat: Chat) -> None:
    chat.say("20万用一年利息多少", understood("loan_calculator", amount=fen(200_000), term=months(12)))
    assert set(chat.lines.values()) >= VERDICTS

    chat.say("那30万呢", understood("loan_calculator", 0.3, amount=fen(300_000)))

    assert "30万元" in chat.text


def test_whether_he_can_borrow_is_weighed_against_what_he_told(chat: Chat) -> None:
    chat.say("执照四年了，没有房子，能贷款吗", understood("loan_eligibility", in_business=months(48)))

    assert chat.said == ("loan_eligibility_weighed",)
    assert "经营4年" in chat.text
    assert "可以看：\n· 经营快贷：不用抵押" in chat.text
    assert "不太合适：" in chat.text
    assert "需要房产抵押" in chat.text
    assert "以银行审批为准" in chat.text
    assert set(chat.lines.values()) >= {"帮我挑一款", *VERDICTS}


def test_facts_told_before_weigh_too(chat: Chat) -> None:
    chat.session = Session(slots={"years": 0.5}, introduced=True)

    assert "要经营满" in chat.say("我能贷吗", "loan_eligibility").text


def test_every_faq_answer_is_said_with_its_lines_in_one_message(content: Content) -> None:
    for intent, flow in content.intent_flows.items():
        if flow == "faq" and intent != "hotline":
            assert set(Chat(content).say("请问", intent).lines.values()) >= VERDICTS, intent
