"""Elder mode: recognised once, kept for the contact, one step at a time, plain words, a person first."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bot.dialogue.flows.slowly import in_large_print
from bot.dialogue.session import IDLE, Session, load
from bot.knowledge.content import Content
from bot.messages import Choice, Reply, Understanding
from tests.factories import MORNING
from tests.unit.dialogue.chat import Chat

NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.11)))
ELDER = {"elder": True}


def test_who_says_he_is_old_gets_short_words_one_step_and_a_person_first(chat: Chat) -> None:
    chat.say("我年纪大，回单怎么下", "e_receipt")

    assert chat.session.slots["elder"] is True
    assert "e_receipt_plain" in chat.said
    assert "①" in chat.text
    assert "②" not in chat.text
    assert list(chat.lines.values()) == ["人工", "下一步"]


def test_the_steps_follow_one_by_one_and_end_with_the_verdict(chat: Chat) -> None:
    chat.knowing(slots=ELDER, introduced=True).say("回单怎么下", "e_receipt")

    told = [chat.text]
    while "下一步" in chat.lines.values():
        told.append(chat.tap("下一步").text)

    assert [sum(text.count(mark) for mark in "①②③④") for text in told] == [1, 1, 1, 1]
    assert list(chat.lines.values()) == ["人工", "解决了", "没解决"]
    assert chat.tap("解决了").step.outcome == "solved"


@pytest.mark.parametrize("words", ["好了", "好的", "嗯", "然后呢", "下一步", "弄好了"])
def test_the_next_step_comes_at_a_word(chat: Chat, words: str) -> None:
    chat.knowing(slots=ELDER, introduced=True).say("回单怎么下", "e_receipt").say(words, NOISE)

    assert "②" in chat.text


def test_another_question_leaves_the_rest_unsaid(chat: Chat) -> None:
    chat.knowing(slots=ELDER, introduced=True).say("回单怎么下", "e_receipt").say("几点上班", "business_hours")

    assert chat.said == ("business_hours_plain",)
    assert "rest" not in chat.session.slots


def test_a_step_that_is_gone_is_no_answer(chat: Chat) -> None:
    assert chat.tap_id("slowly:next", "下一步").said != ()


def test_a_person_comes_at_once_with_the_mark_and_before_others(chat: Chat) -> None:
    chat.knowing(slots=ELDER, introduced=True).say("回单怎么下", "e_receipt").tap("人工")

    handoff = chat.step.handoff
    assert handoff is not None
    assert handoff.priority == 20
    assert handoff.facts["elder"] is True


def test_a_promised_call_says_it_to_the_rep(night_chat: Chat) -> None:
    night_chat.knowing(slots=ELDER, introduced=True).say("转人工")

    assert "操作不熟" in night_chat.step.callback_reason


@pytest.mark.parametrize(("words", "intent"), [("怎么防骗", "fraud_tips"), ("利率多少", "loan_rate")])
def test_a_warning_and_a_price_are_never_cut(chat: Chat, words: str, intent: str) -> None:
    chat.knowing(slots=ELDER, introduced=True).say(words, intent)

    assert "下一步" not in chat.lines.values()


def test_the_mark_outlives_a_pause() -> None:
    before = Session(slots={"elder": True, "hinted": True, "amount": [1, 1]}, flow="loan", step="term")

    after = load(before.to_json(), MORNING, MORNING + IDLE + timedelta(minutes=1))

    assert after == Session(slots={"elder": True, "hinted": True})


def test_every_plain_answer_stands_for_an_answer(content: Content) -> None:
    plain = [name for name in content.replies if name.endswith("_plain")]

    assert len(plain) >= 10
    assert all(name.removesuffix("_plain") in content.replies for name in plain)


def test_nobody_else_is_spoken_to_like_that(chat: Chat) -> None:
    assert chat.say("回单怎么下", "e_receipt").said == ("e_receipt",)
    assert "②" in chat.text


@pytest.mark.parametrize(("slots", "query"), [(ELDER, "size=large"), ({}, "")])
def test_the_banks_page_opens_in_large_letters_for_him_only(chat: Chat, slots: dict[str, bool], query: str) -> None:
    chat.knowing(slots=slots, introduced=True).say("绑定企业")

    pages = [urlsplit(line.url) for reply in chat.step.replies for line in reply.choices if line.url]
    assert [page.query for page in pages] == [query]


def test_a_page_with_a_query_keeps_it() -> None:
    line = Choice("identity:bind", "去绑定企业", "https://bank.example/bind?from=wx#top")

    (reply,) = in_large_print([Reply("点下面。", (line, Choice("human:start", "人工")))])

    assert [one.url for one in reply.choices] == ["https://bank.example/bind?from=wx&size=large#top", None]
