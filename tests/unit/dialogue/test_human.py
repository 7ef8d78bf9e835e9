"""A person at the first ask, in every state, with what is known."""

import pytest

from bot.dialogue.session import Session
from bot.messages import InboundMessage, MessageKind
from tests.unit.dialogue.chat import FIRM, Chat, fen, understood

A1 = "你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款"
STATES = [
    Session(),
    Session(flow="loan", step="purpose"),
    Session(flow="loan", step="cards", slots={"cards": ["jingying_kuaidai"], "card": "jingying_kuaidai"}),
    Session(flow="guide", step="stuck", guide=("loan_apply", 4)),
    Session(flow="ukey", step="light"),
    Session(flow="receipts", step="channel"),
    Session(flow="callback", step="phone"),
    Session(flow="calculator", step="amount"),
    Session(flow="fallback", step="offer_human", misses=2),
    Session(paused=("loan", "term"), offered=(("loan:continue", "回到贷款"),)),
]


def test_a_restaurant_owner_who_wants_his_own_rep_for_a_loan_is_handed_over_at_once(chat: Chat) -> None:
    chat.say(A1, "loan_apply")

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == "loan"
    assert chat.step.handoff.facts["industry"] == "catering"
    assert chat.step.handoff.facts["purpose"] == "复工复产"
    assert chat.step.handoff.facts["amount"] is None
    assert "智能客服" in chat.text
    assert "已为您转接普惠专属服务代表" in chat.text
    assert "请勿在聊天中发送密码、验证码" in chat.text


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("words", ["人工", "转人工", "我要找真人", "帮我转客服", "我想联系专属客服", "给我找个人来说"])
def test_the_word_for_a_person_works_in_every_state(chat: Chat, state: Session, words: str) -> None:
    chat.session = state

    chat.say(words, "loan_rate")

    assert chat.step.handoff is not None


@pytest.mark.parametrize("state", STATES)
def test_the_line_for_a_person_works_in_every_state(chat: Chat, state: Session) -> None:
    chat.session = state

    assert chat.tap_id("human:start", "人工").step.handoff is not None


@pytest.mark.parametrize("words", ["人工费怎么算", "你是人工还是机器", "不用转人工", "客服电话是多少"])
def test_words_that_only_contain_the_word_are_no_wish_for_a_person(chat: Chat, words: str) -> None:
    assert chat.say(words, "hotline").step.handoff is None


@pytest.mark.parametrize(
    ("before", "words", "desk"),
    [
        (Session(last_intent="e_receipt"), "人工", "ebank"),
        (Session(last_intent="loan_rate"), "人工", "loan"),
        (Session(slots={"amount": [1, 1]}), "人工", "loan"),
        (Session(last_intent="points_balance"), "人工", "general"),
        (Session(), "U盾的事找人工", "ebank"),
        (Session(last_intent="e_receipt"), "贷款的事转人工", "loan"),
    ],
)
def test_the_desk_follows_the_topic(chat: Chat, before: Session, words: str, desk: str) -> None:
    chat.session = before

    handoff = chat.say(words).step.handoff

    assert handoff is not None
    assert handoff.skill == desk


def test_what_was_told_earlier_is_in_the_hand_over(chat: Chat) -> None:
    chat.say("想贷20万", understood("loan_apply", amount=fen(200_000))).say("人工")

    assert chat.step.handoff is not None
    assert chat.step.handoff.facts["amount"] == [20_000_000, 20_000_000]


def test_an_elderly_follower_is_served_earlier(chat: Chat) -> None:
    chat.say("我年纪大不会弄", understood("chitchat", 0.2))
    assert chat.said == ("elder_offer",)

    handoff = chat.tap("人工").step.handoff

    assert handoff is not None
    assert handoff.priority > 0
    assert handoff.facts["elder"] is True


def test_off_hours_a_call_is_promised_and_a_number_asked_for(night_chat: Chat) -> None:
    night_chat.say("转人工")

    assert night_chat.step.handoff is None
    assert night_chat.step.callback_phone == ""
    assert night_chat.step.callback_skill == "general"
    assert "明天9:30前给您回电" in night_chat.text

    night_chat.say("13800001234")

    assert night_chat.step.callback_phone == "13800001234"
    assert night_chat.step.callback_reason == "客户要求人工（约11月25日9:00）"
    assert "尾号1234" in night_chat.text
    assert "13800001234" not in night_chat.text


def test_off_hours_a_bound_firm_is_called_on_the_banks_number(night_chat: Chat) -> None:
    night_chat.firm = FIRM

    night_chat.say("转人工")

    assert night_chat.step.callback_phone == ""
    assert "预留" in night_chat.text
    assert night_chat.session.flow is None


def test_who_gives_no_number_is_answered_in_the_chat(night_chat: Chat) -> None:
    night_chat.say("转人工").say("不用了", "deny")

    assert night_chat.said == ("callback_by_chat",)


def test_a_complaint_is_registered_and_goes_ahead_of_ordinary_waits(chat: Chat) -> None:
    chat.say("你们客服踢皮球，我要投诉！", "complaint")

    assert chat.step.handoff is not None
    assert (chat.step.handoff.skill, chat.step.handoff.priority) == ("complaint", 80)
    assert chat.step.complains
    assert "很抱歉" in chat.text


@pytest.mark.parametrize(
    "words",
    [
        "我要投诉你们",
        "再不管我打12378了",
        "我要去银保监会投诉",
        "把钱退给我",
        "我要找媒体曝光",
        "投诉客服态度差",
        "要你们赔偿损失",
    ],
)
@pytest.mark.parametrize("state", STATES)
def test_a_complaint_is_filed_in_every_state_whatever_the_model_thinks(chat: Chat, state: Session, words: str) -> None:
    chat.session = state

    assert chat.say(words, "loan_rate").step.complains


@pytest.mark.parametrize("words", ["我不是要投诉", "投诉电话是多少", "别投诉了", "怎么举报诈骗", "客服电话是多少"])
def test_words_that_only_name_a_complaint_file_none(chat: Chat, words: str) -> None:
    assert not chat.say(words, "hotline").step.complains


def test_a_number_we_hold_is_not_asked_for_again(night_chat: Chat) -> None:
    night_chat.phone = "13800001234"

    night_chat.say("我要投诉", "complaint")

    assert night_chat.said == ("complaint_off_hours",)
    assert night_chat.step.callback_phone == "13800001234"


def test_the_number_of_whom_he_complains_is_not_his_own(night_chat: Chat) -> None:
    night_chat.say("客户经理13812345678态度太差，我要投诉", understood("complaint", phone="13812345678"))

    assert (night_chat.said, night_chat.step.callback_phone) == (("complaint_off_hours_no_phone",), "")


def test_a_number_told_with_the_wish_where_one_was_asked_for_is_his(night_chat: Chat) -> None:
    night_chat.say("转人工").say("转人工，13800001234")

    assert night_chat.step.callback_phone == "13800001234"


def test_a_complaint_off_hours_gets_a_promised_call(night_chat: Chat) -> None:
    night_chat.say("我要投诉", "complaint")

    assert night_chat.step.callback_skill == "complaint"
    assert "明天9:30前" in night_chat.text


def test_a_picture_changes_nothing_for_the_flow_that_waits(chat: Chat) -> None:
    chat.session = Session(flow="loan", step="amount")

    chat.take(InboundMessage(MessageKind.IMAGE, "o", "gh", chat.now, "k"))

    assert chat.said == ("media_refused",)
    assert (chat.session.flow, chat.session.step) == ("loan", "amount")
