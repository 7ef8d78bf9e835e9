"""When no product may be shown, every flow still answers: no rate of the past, no gap in a sentence, and a person."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core_bank import CreditLimit, LimitState
from bot.dialogue.flows import FLOWS
from bot.dialogue.session import Session
from bot.knowledge.content import Content
from bot.messages import Understanding
from config.content import load_content
from config.overlay import overlay
from tests.unit.dialogue.chat import FIRM, Chat, fen, months, understood

LATER = datetime(2028, 2, 1, 2, 0, tzinfo=UTC)
NOTHING = "loan_nothing_on_offer"
# What is left of a sentence whose list was empty.
GAP = re.compile(r"\n\n|（）|[：:][。；]")
KNOWN = {"amount": [20_000_000, 20_000_000], "term": 12, "collateral": False, "years": 4.0}
CARDS = Session(flow="loan", step="cards", slots={**KNOWN, "cards": ["jingying_kuaidai"], "card": "jingying_kuaidai"})
INTENTS = tuple(load_content().intent_flows)


@pytest.fixture
def chat(content: Content) -> Chat:
    """A Tuesday after the last day of every product of the files."""
    return Chat(overlay(content, [], LATER.date(), lambda _: True), now=LATER)


def check(chat: Chat) -> None:
    """He reads whole sentences without a rate."""
    for reply in chat.step.replies:
        assert "3.45%" not in reply.text
        assert GAP.search(reply.text) is None, reply


@pytest.mark.parametrize("intent", INTENTS)
def test_every_flow_answers_what_it_is_asked_and_what_is_tapped_under_it(chat: Chat, intent: str) -> None:
    told = understood(intent, amount=fen(200_000), term=months(12), product="jingying_kuaidai")

    for understanding in (understood(intent), told):
        chat.session = Session()
        check(chat.say("请问一下", understanding))
        asked = chat.session
        for choice_id, label in chat.lines.items():
            check(chat.knowing(**vars(asked)).tap_id(choice_id, label))


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    "words", ["20万", "一年", "有", "下一个", "第一个", "都要", "就办这个", "上一步", "是", "没解决"]
)
def test_no_flow_stumbles_over_a_talk_that_began_before(chat: Chat, flow: str, words: str) -> None:
    for step in ("amount", "years", "cards", "solved"):
        check(chat.knowing(flow=flow, step=step, slots=CARDS.slots).say(words))


@pytest.mark.parametrize(
    "asked",
    [
        understood("loan_apply"),
        understood("loan_product_info"),
        understood("loan_rate"),
        understood("loan_calculator"),
        understood("loan_calculator", amount=fen(200_000), term=months(12)),
        understood("loan_eligibility", in_business=months(48)),
        understood("loan_rate", product="jingying_kuaidai"),
        understood("loan_apply", product="jingying_kuaidai"),
    ],
)
def test_who_asks_about_products_is_told_the_truth_and_offered_a_person(chat: Chat, asked: Understanding) -> None:
    chat.say("我开店四年了，想问问贷款", asked)

    assert chat.said == (NOTHING,)
    assert "human:start" in chat.lines


@pytest.mark.parametrize("tap", ["start", "show", "card:x", "next:jingying_kuaidai", "take:jingying_kuaidai"])
def test_lines_of_an_older_answer_lead_to_the_same_truth(chat: Chat, tap: str) -> None:
    assert chat.knowing(**vars(CARDS)).tap_id(f"loan:{tap}").said == (NOTHING,)


def test_the_sum_is_done_with_the_first_product_that_may_be_shown(content: Content) -> None:
    ended, dearer = content.products[0], replace(content.products[1], annual_rate_bp=405)
    ended = replace(ended, effective_until=date(2026, 11, 23))
    chat = Chat(replace(content, products=(ended, dearer)))

    chat.say("20万用一年多少利息", understood("loan_calculator", amount=fen(200_000), term=months(12)))

    assert "4.05%" in chat.text


def test_his_own_loan_keeps_its_name(chat: Chat) -> None:
    chat.firm = FIRM
    chat.bank.limits["F1"] = (
        CreditLimit("jingying_kuaidai", LimitState.EFFECTIVE, 50_000_000, 30_000_000, date(2028, 5, 1)),
    )

    assert "经营快贷" in chat.say("我的额度", "loan_limit").text
