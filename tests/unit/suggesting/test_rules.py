"""Which answers are suggested for which words, over the content the product ships with."""

from datetime import date

import pytest

from bot.dialogue.session import Session
from bot.dialogue.understanding import by_keywords
from bot.knowledge.content import Content
from bot.knowledge.edition import Kind
from bot.messages import Understanding
from bot.suggesting.looking_up import guide_at, look_up, unfit_for
from bot.suggesting.rules import SHOWN, Case, Ground, Risk, suggest
from config.content import load_content

TODAY = date(2026, 11, 24)
NEED = {"amount": [20_000_000, 30_000_000], "term": 6, "years": 3.0, "collateral": False}


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content().with_pages(bind_url="https://bank.example/bind")


def read_as(intent: str, confidence: float = 0.95) -> Understanding:
    return Understanding(intent, confidence, ((intent, confidence),))


UNKNOWN = Understanding("out_of_scope", 0.1, (("out_of_scope", 0.1),))


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("电子回单怎么下载", "e_receipt"),
        ("网银密码忘了怎么办", "ebank_password_reset"),
        ("公章换了要去变更吗", "account_change_info"),
        ("逾期了怎么办", "loan_overdue"),
    ],
)
def test_the_answer_the_bot_would_give_stands_among_the_three(content: Content, words: str, intent: str) -> None:
    found = suggest(Case(words, Session()), read_as(intent), content, TODAY)

    assert 1 <= len(found) <= SHOWN
    assert f"answer.{intent}" in [one.source for one in found]
    assert all("{" not in one.text and one.text for one in found)


def test_a_question_known_word_for_word_comes_first(content: Content) -> None:
    entry = next(one for one in content.entries if one.kind is Kind.FAQ)

    found = suggest(Case(entry.questions[0], Session()), UNKNOWN, content, TODAY)

    assert (found[0].source, found[0].why, found[0].version) == (entry.id, Ground.KNOWN, entry.version)


def test_keyword_rules_suggest_while_the_model_is_away(content: Content) -> None:
    words = "电子回单怎么下载"

    found = suggest(Case(words, Session()), by_keywords(words, content), content, TODAY)

    assert "answer.e_receipt" in [one.source for one in found]


def test_a_wish_for_money_brings_products_that_suit_with_the_reason(content: Content) -> None:
    found = suggest(Case("想贷二三十万", Session(slots=NEED)), read_as("loan_apply"), content, TODAY)

    products = [one for one in found if one.kind is Kind.PRODUCT]
    assert products
    assert all(one.card == f"product:{one.key}" and one.about and one.why is Ground.FITS for one in products)
    assert all("年化" in one.text for one in products)


def test_a_sum_told_without_a_clear_wish_is_a_wish(content: Content) -> None:
    words = "二三十万，周转半年，没有抵押"
    told = by_keywords("30万周转半年", content)
    unsure = Understanding("out_of_scope", 0.1, (("out_of_scope", 0.1),), told.entities)

    found = suggest(Case(words, Session(slots=NEED)), unsure, content, TODAY)

    assert found[0].kind is Kind.PRODUCT


def test_what_only_begins_the_bots_own_talk_is_no_answer(content: Content) -> None:
    found = suggest(Case("想贷二三十万", Session(slots=NEED)), read_as("loan_apply"), content, TODAY)

    assert "answer.loan_apply" not in [one.source for one in found]


def test_the_faults_of_the_customers_step_come_first(content: Content) -> None:
    guide = next(one for one in content.guides.values() if any(step.faults for step in one.steps))
    number = next(index for index, step in enumerate(guide.steps, 1) if step.faults)
    fault = guide.steps[number - 1].faults[0]

    found = suggest(Case(f"提示{fault.words[0]}", Session(guide=(guide.id, number))), UNKNOWN, content, TODAY)

    assert (found[0].text, found[0].why) == (content.fill(fault.answer), Ground.STEP)
    assert found[0].about == f"{guide.title} 第{number}步"


def test_whoever_is_stuck_gets_the_words_for_being_stuck(content: Content) -> None:
    guide = content.guides["loan_drawdown"]
    stuck = Session(flow="guide", step="stuck", guide=(guide.id, 2))

    found = suggest(Case("弄不了", stuck), UNKNOWN, content, TODAY)

    assert found[0].text == content.fill(guide.steps[1].stuck)


@pytest.mark.parametrize("words", ["好的", "谢谢", "嗯嗯", ""])
def test_words_that_want_no_answer_bring_none(content: Content, words: str) -> None:
    intent = {"谢谢": "thanks"}.get(words, "affirm")

    assert suggest(Case(words, Session(slots=NEED)), read_as(intent), content, TODAY) == ()


def test_a_fragment_leans_on_what_was_talked_about(content: Content) -> None:
    found = suggest(Case("那个呢", Session(last_intent="e_receipt")), UNKNOWN, content, TODAY)

    assert ("answer.e_receipt", Ground.TOPIC) in [(one.source, one.why) for one in found]


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("想贷二三十万", "loan_apply"),
        ("他让我刷流水", "fraud_suspicious"),
        ("电子回单怎么下载", "e_receipt"),
        ("好的", "affirm"),
    ],
)
@pytest.mark.parametrize("is_victim", [True, False])
def test_nothing_but_help_against_fraud_in_a_fraud_case(
    content: Content, words: str, intent: str, is_victim: bool
) -> None:
    case = Case(words, Session(slots=NEED), Risk.FRAUD, is_victim)

    found = suggest(case, read_as(intent), content, TODAY)

    assert found
    assert all(one.kind in (Kind.TIP, Kind.ANSWER) for one in found)
    assert all(
        one.kind is Kind.TIP or content.intent_flows[one.key] == "fraud" or one.key == "hotline" for one in found
    )
    assert ("110" in found[0].text) is True


def test_nothing_to_buy_for_whoever_complains(content: Content) -> None:
    found = suggest(Case("想贷二三十万", Session(slots=NEED), Risk.COMPLAINT), read_as("loan_apply"), content, TODAY)

    assert all(one.kind is not Kind.PRODUCT for one in found)
    assert all(content.intent_flows.get(one.key) not in ("loan", "eligibility") for one in found)


# ---- looking up ----------------------------------------------------------------------------------------------------


def test_products_come_with_whether_they_suit_those_first_that_do(content: Content) -> None:
    found = look_up(content, Session(slots=NEED), "", Kind.PRODUCT, TODAY)

    verdicts = [one.verdict.verdict.value for one in found if one.verdict]
    assert len(found) == len(content.products)
    assert verdicts == sorted(verdicts, key=["fits", "maybe", "no"].index)
    assert all(one.verdict and one.verdict.reason for one in found)


def test_words_find_texts_and_a_kind_narrows_them(content: Content) -> None:
    found = look_up(content, Session(), "提款步骤", None, TODAY)
    guides = look_up(content, Session(), "提款步骤", Kind.GUIDE, TODAY)

    assert len({one.kind for one in found}) > 1
    assert {one.kind for one in guides} == {Kind.GUIDE}
    assert guides[0].card == f"guide:{guides[0].key}"


def test_a_text_with_blanks_is_shown_but_not_ready_to_be_said(content: Content) -> None:
    found = [
        one
        for name in content.intent_labels
        for one in look_up(content, Session(), content.intent_labels[name], Kind.ANSWER, TODAY)
    ]

    assert all(("〔" in one.text) <= (not one.is_ready) for one in found)
    assert any(not one.is_ready for one in found)


def test_nothing_to_look_up_without_words_and_kind(content: Content) -> None:
    assert look_up(content, Session(), " ", None, TODAY) == []


@pytest.mark.parametrize("risk", list(Risk))
def test_products_are_withheld_where_nothing_is_sold(content: Content, risk: Risk) -> None:
    product, guide = (look_up(content, Session(), "", kind, TODAY)[0] for kind in (Kind.PRODUCT, Kind.GUIDE))

    assert (unfit_for(product, risk), unfit_for(guide, risk), unfit_for(product, None)) == (True, False, False)


@pytest.mark.parametrize("guide", [None, ("gone", 1), ("loan_drawdown", 99)])
def test_a_step_that_is_not_there_is_no_step(content: Content, guide: tuple[str, int] | None) -> None:
    assert guide_at(content, Session(guide=guide)) is None
