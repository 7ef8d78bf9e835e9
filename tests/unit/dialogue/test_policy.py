"""Who has the word: taps, words that always count, the flow that waits, what was understood, and what was not."""

import pytest

from bot.customers.rules import MARKETING_STOP
from bot.dialogue.session import Session
from bot.knowledge.content import Content
from bot.messages import InboundMessage, MessageKind, Understanding
from tests.unit.dialogue.chat import Chat, understood

UNSURE = Understanding(
    "loan_rate", 0.3, (("loan_rate", 0.3), ("loan_limit", 0.25), ("greet", 0.2), ("account_fees", 0.1))
)
NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.1)))


def test_an_unsure_guess_is_asked_about_in_the_owners_words(chat: Chat) -> None:
    chat.say("利什么的", UNSURE)

    assert chat.said == ("fallback_pick",)
    assert list(chat.lines.values()) == ["贷款利率多少", "能贷多少额度", "账户怎么收费", "人工"]
    assert chat.tap("贷款利率多少").said == ("loan_rate",)


def test_two_close_guesses_are_asked_about(chat: Chat) -> None:
    close = Understanding("loan_rate", 0.5, (("loan_rate", 0.5), ("loan_limit", 0.45)))

    assert chat.say("那个呢", close).said == ("fallback_pick",)


def test_the_second_miss_in_a_row_offers_a_person(chat: Chat) -> None:
    chat.say("asdf", NOISE)
    assert chat.said == ("fallback_blank",)

    chat.say("qwer", NOISE)
    assert chat.said == ("fallback_again",)

    assert chat.say("好", "affirm").step.handoff is not None


def test_the_offer_may_be_declined(chat: Chat) -> None:
    chat.say("asdf", NOISE).say("qwer", NOISE)
    assert chat.say("不用了", "deny").said == ("fallback_declined",)

    chat.say("asdf", NOISE).say("qwer", NOISE)
    assert chat.tap("不用了").said == ("fallback_declined",)


def test_an_understood_turn_forgets_the_misses(chat: Chat) -> None:
    chat.say("asdf", NOISE).say("利率多少", "loan_rate").say("qwer", NOISE)

    assert chat.said == ("fallback_blank",)


def test_off_hours_the_second_miss_offers_a_call(night_chat: Chat) -> None:
    night_chat.say("asdf", NOISE).say("qwer", NOISE)
    assert night_chat.said == ("fallback_again_off_hours",)

    assert night_chat.tap("人工回电").step.callback_at is not None


def test_the_honest_limit_comes_with_a_person(chat: Chat) -> None:
    chat.say("信用卡怎么办", "out_of_scope")

    assert chat.said == ("out_of_scope",)
    assert "human:start" in chat.lines


def test_without_the_model_keywords_answer_and_the_rest_is_said_honestly(chat: Chat) -> None:
    assert chat.say("电子回单").said == ("e_receipt",)

    assert chat.knowing(flow=None, step=None).say("咕噜咕噜").said == ("understanding_down",)


def test_a_typed_label_is_a_tap(chat: Chat) -> None:
    chat.say("利什么的", UNSURE)

    assert chat.say("账户怎么收费", NOISE).said == ("account_fees",)


def test_the_first_answer_says_who_speaks_and_the_second_does_not(chat: Chat) -> None:
    assert chat.say("利率多少", "loan_rate").text.startswith("【智能客服】")
    assert "智能客服" not in chat.say("结清证明", "loan_settlement").text


@pytest.mark.parametrize("words", ["别再给我发营销了", "退订", "R", "不要再打电话了"])
def test_opting_out_works_at_once_and_everywhere(chat: Chat, words: str) -> None:
    chat.session = Session(flow="loan", step="amount")

    chat.say(words, "account_close")

    assert chat.step.withdraws == MARKETING_STOP
    assert "停止所有营销联系" in chat.text
    assert chat.session.flow == "loan"


@pytest.mark.parametrize(
    "words", ["别再打电话骚扰我，再打我就投诉你们", "不要再打电话了，我要投诉", "退订，不然我要投诉"]
)
def test_a_no_beside_a_complaint_counts_and_both_are_said(chat: Chat, words: str) -> None:
    step = chat.say(words, "complaint").step

    assert (step.withdraws, step.withdrawn_by, step.complains) == (MARKETING_STOP, "opted_out@1", True)
    assert step.handoff is not None
    assert step.handoff.skill == "complaint"
    assert chat.said == ("opted_out", "complaint")
    assert chat.text.startswith("【智能客服】")


def test_a_no_beside_a_wish_for_a_person_counts_and_both_are_said(chat: Chat) -> None:
    step = chat.say("不要再给我打电话推销了，转人工", "human_agent").step

    assert step.withdraws == MARKETING_STOP
    assert step.handoff is not None
    assert chat.said == ("opted_out", "human_agent")


def test_a_no_to_advice_beside_a_wish_for_a_person_forgets_the_need(chat: Chat) -> None:
    chat.session = Session(slots={"amount": [1, 1]})

    chat.say("不要根据我的情况给我推荐，转人工", "human_agent")

    assert chat.step.handoff is not None
    assert "amount" not in chat.session.slots
    assert chat.step.withdrawn_by == "profiling_refused@1"


def test_off_hours_the_same_no_and_wish_again_still_promise_the_call(night_chat: Chat) -> None:
    night_chat.phone = "13800001234"
    for _ in range(2):
        night_chat.say("不要再给我打电话推销了，转人工", "human_agent")

    assert night_chat.said == ("opted_out", "human_off_hours")


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (MessageKind.IMAGE, "media_refused"),
        (MessageKind.FILE, "media_refused"),
        (MessageKind.VOICE, "media_voice"),
        (MessageKind.LINK, "media_link"),
        (MessageKind.LOCATION, "branch_location"),
        (MessageKind.MINIPROGRAM, "media_other"),
    ],
)
def test_what_is_not_text_is_answered_by_its_kind(chat: Chat, kind: MessageKind, reply: str) -> None:
    chat.take(InboundMessage(kind, "o", "gh", chat.now, "k"), Understanding("none", 1.0, by="event"))

    assert chat.said == (reply,)


def test_recognised_speech_is_text(chat: Chat) -> None:
    heard = InboundMessage(MessageKind.VOICE, "o", "gh", chat.now, "k", text="利率多少")

    assert chat.take(heard, understood("loan_rate")).said == ("loan_rate",)


@pytest.mark.parametrize(
    ("scene", "reply"),
    [("", "welcome"), ("qrscene_article_7", "welcome_article"), ("branch_310", "welcome_branch"), ("other", "welcome")],
)
def test_the_welcome_fits_the_way_in(chat: Chat, scene: str, reply: str) -> None:
    chat.follow(scene)

    assert chat.said == (reply,)
    assert "智能客服" in chat.text


def test_every_menu_line_is_answered(content: Content) -> None:
    for key in content.menu_keys:
        chat = Chat(content).click(key)

        assert chat.step.replies, key
        assert not chat.said[0].startswith("fallback"), key


def test_an_unknown_menu_key_is_answered_too(chat: Chat) -> None:
    assert chat.click("gone").said == ("fallback_blank",)


def test_every_intent_has_an_answer_with_a_way_to_a_person(content: Content) -> None:
    for intent in content.intent_flows:
        chat = Chat(content).say("请问", intent)

        assert chat.step.replies, intent
        reaches_person = chat.step.handoff is not None or "human:start" in chat.lines or "回复“人工”" in chat.text
        assert reaches_person, intent


def test_a_greeting_knows_the_time_of_day(chat: Chat, night_chat: Chat) -> None:
    assert "早上好" in chat.say("你好", "greet").text
    assert "晚上好" in night_chat.say("你好", "greet").text


def test_a_detour_of_a_detour_still_finds_its_way_back(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="term", slots={"purpose": "采购备货", "amount": [1_000_000, 1_000_000]})

    chat.say("回单怎么下？", "e_receipt")
    assert "loan:continue" not in chat.lines
    chat.say("好了", "affirm")

    assert chat.tap("回到贷款").said == ("loan_ask_term",)


def test_yes_to_the_way_back_goes_back(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="term", slots={"purpose": "采购备货", "amount": [1_000_000, 1_000_000]})

    assert chat.say("几点下班？", "business_hours").say("好", "affirm").said == ("loan_ask_term",)


def test_a_rating_tap_of_another_chat_disturbs_nothing(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="amount")

    chat.tap_id("rate:12:5", "非常满意")

    assert chat.session.flow == "loan"


def test_a_miss_while_a_question_is_open_can_call_it_up_again(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="amount", slots={"purpose": "采购备货"})

    assert chat.say("咿呀", NOISE).said == ("fallback_repeat",)
    assert chat.tap("回到贷款").said[-1] == "loan_ask_amount"


def test_no_way_back_is_offered_to_a_matter_that_was_dealt_with(chat: Chat) -> None:
    chat.say("U盾插上没反应", "ukey_activate").say("几点下班？", "business_hours")

    assert chat.said == ("business_hours",)


def test_a_sum_to_borrow_is_a_wish_even_when_the_model_hears_a_limit(chat: Chat) -> None:
    wish = understood("loan_limit", amount={"low_fen": 30_000_000, "high_fen": 30_000_000})

    assert chat.say("贷30万", wish).said == ("loan_noted", "loan_ask_purpose")
    assert chat.knowing(flow=None, step=None).say("能贷30万吗？", wish).said[0] == "loan_limit"


def test_the_time_for_a_call_is_asked_for_again_in_other_words(chat: Chat) -> None:
    chat.say("给我回个电话", "callback_request")
    first = chat.text

    chat.say("知道了", "affirm")

    assert chat.text != first
    assert chat.said == ("same_question", "callback_ask_time")


def test_a_second_place_while_a_question_is_open_gets_no_second_copy_of_the_answer(chat: Chat) -> None:
    place = InboundMessage(MessageKind.LOCATION, "o", "gh", chat.now, "k")
    chat.say("我想贷款", "loan_apply").take(place)

    chat.take(place)

    assert chat.said == ("same_answer",)
