"""Fraud: stop first, 110 and the hotline, a person ahead of everybody else."""

import pytest

from bot.messages import Understanding
from tests.unit.dialogue.chat import FIRM, Chat, understood

A7 = "有个贷款公司说帮我刷流水能提额到100万，让我把U盾和公章先寄过去"


def test_a_key_about_to_be_posted_stops_everything(chat: Chat) -> None:
    chat.say(A7, "fraud_suspicious")

    assert chat.said == ("fraud_ukey", "fraud_connecting")
    for word in ("先别寄", "110", "95588", "96110", "优先接入人工"):
        assert word in chat.text
    assert chat.step.handoff is not None
    assert (chat.step.handoff.skill, chat.step.handoff.priority) == ("fraud", 90)


def test_a_victim_reads_110_and_the_hotline_first(chat: Chat) -> None:
    chat.say("我被骗了，已经转了3万", "fraud_victim")

    first_line = chat.text.splitlines()[0]
    assert "110" in first_line
    assert "95588" in first_line
    assert chat.step.handoff is not None
    assert chat.step.handoff.priority == 100


@pytest.mark.parametrize(
    ("words", "warning"),
    [
        ("让我先交保证金才放款", "fraud_fee"),
        ("说帮我刷流水", "fraud_washing"),
        ("短信里有个链接让我点", "fraud_link"),
        ("让我共享屏幕念验证码", "fraud_code"),
        ("公安说我涉嫌洗钱要转到安全账户", "fraud_police"),
        ("有人想租我的对公账户", "fraud_rent"),
        ("老板在群里让我转钱", "fraud_boss"),
        ("感觉不对劲", "fraud_suspicious"),
    ],
)
def test_the_warning_fits_the_trick(chat: Chat, words: str, warning: str) -> None:
    assert chat.say(words, "fraud_suspicious").said[0] == warning


@pytest.mark.parametrize(
    ("intent", "reply"), [("fraud_victim", "fraud_victim_off_hours"), ("fraud_suspicious", "fraud_off_hours")]
)
def test_off_hours_nobody_is_told_to_wait_for_us(night_chat: Chat, intent: str, reply: str) -> None:
    night_chat.say("已经转了钱", intent)

    assert reply in night_chat.said
    assert night_chat.step.callback_skill == "fraud"
    assert "24小时" in night_chat.text


def test_no_product_is_shown_to_somebody_being_cheated(night_chat: Chat) -> None:
    night_chat.firm = FIRM
    night_chat.say(A7, "fraud_suspicious")

    night_chat.say("那经营快贷呢", understood("loan_product_info", product="jingying_kuaidai"))

    assert night_chat.said == ("loan_held_back",)


@pytest.mark.parametrize("intent", ["fraud_tips", "fraud_verify_caller"])
def test_questions_about_fraud_are_only_answered(chat: Chat, intent: str) -> None:
    chat.say("怎么防骗", intent)

    assert chat.said == (intent,)
    assert chat.step.handoff is None


def test_fraud_words_win_over_whatever_was_going_on(chat: Chat) -> None:
    chat.say("我想贷款", "loan_apply").say(A7 + "，转人工", Understanding("fraud_suspicious", 1.0, by="fraud_words"))

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == "fraud"


@pytest.mark.parametrize("stored", [None, "13900009999"])
def test_the_number_of_a_swindler_is_never_the_one_we_promise_to_call(night_chat: Chat, stored: str | None) -> None:
    night_chat.phone = stored
    alarm = understood("fraud_suspicious", phone="13812345678")

    night_chat.say("刚才13812345678打电话说我涉嫌洗钱，让我把钱转到安全账户", alarm)

    assert night_chat.step.callback_phone == (stored or "")
    assert night_chat.session.slots.get("phone") is None
    assert ("fraud_leave_phone" in night_chat.said) == (stored is None)


def test_who_was_cheated_may_name_his_own_number_in_the_alarm(night_chat: Chat) -> None:
    night_chat.say("我被骗了，刚转了3万，打我13800001234", "fraud_victim")

    assert night_chat.step.callback_phone == "13800001234"


def test_asked_for_his_number_a_swindlers_is_not_taken_for_it(night_chat: Chat) -> None:
    night_chat.say("已经转了钱", "fraud_victim").say("对方的电话是13812345678", "chitchat")
    assert (night_chat.said, night_chat.step.callback_phone) == (("callback_whose_phone",), None)

    assert night_chat.say("13800001234", "chitchat").step.callback_phone == "13800001234"
