"""From a complaint about the U-key to its cause in four questions or fewer."""

import pytest

from bot.dialogue.session import Session
from bot.knowledge.content import Content
from bot.messages import InboundMessage, MessageKind, Understanding
from tests.unit.dialogue.chat import Chat, understood

VAGUE = Understanding("affirm", 0.15, (("affirm", 0.15),))


def test_an_old_gentleman_with_a_new_key_is_led_to_its_activation(chat: Chat) -> None:
    chat.say("孩子跟我说办个网银更方便，可我都不会登", "ebank_login_fail")
    assert "人工" in chat.lines.values()

    chat.say("刚领的", VAGUE).say("没有", "deny").say("亮", VAGUE)

    assert "证书还没激活" in chat.text
    assert "95588" in chat.text
    assert "您别着急" in chat.text


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("U盾插上没反应", "驱动"),
        ("优盾灯不亮", "驱动"),
        ("u盾被锁了", "连续输错被锁"),
        ("证书过期了", "证书到期了"),
        ("页面是个红叉", "控件"),
        ("提示公钥错误", "证书没写好"),
        ("U盾丢了", "先冻结要紧"),
        ("新U盾怎么激活", "还没激活"),
    ],
)
def test_the_symptoms_own_words_jump_to_the_cause(chat: Chat, words: str, cause: str) -> None:
    assert cause in chat.say(words, "ukey_activate").text


def test_every_leaf_can_be_reached_by_taps(chat: Chat, content: Content) -> None:
    tree = content.diagnoses["ukey"]

    for question in tree.questions.values():
        for index, (_, _, target) in enumerate(question.answers):
            chat.session = Session(flow="ukey", step=question.id)
            chat.tap_id(f"ukey:{question.id}:{index}")
            expected = tree.questions.get(target)
            assert (expected.text if expected else "") in chat.text


@pytest.mark.parametrize(("words", "step"), [("是的", "logged_in"), ("不是", "kind")])
def test_yes_and_no_answer_a_question_of_two(chat: Chat, words: str, step: str) -> None:
    chat.session = Session(flow="ukey", step="new")

    assert chat.say(words, VAGUE).session.step == step


def test_a_lost_key_comes_before_everything_else(chat: Chat) -> None:
    chat.session = Session(flow="ukey", step="light")

    chat.say("哎呀U盾丢了", VAGUE)

    assert "95588冻结" in chat.text
    assert "解决了" not in chat.lines.values()


def test_somebody_who_wants_the_key_posted_is_a_fraud(chat: Chat) -> None:
    chat.session = Session(flow="ukey", step="other")

    chat.say("有人要我寄U盾给他", VAGUE)

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == "fraud"


def test_advice_that_did_not_help_brings_a_person_with_the_cause(chat: Chat) -> None:
    chat.say("U盾插上没反应", "ukey_activate").say("没用", VAGUE)

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == "ebank"
    assert chat.session.slots["ukey_cause"] == "驱动或接口的问题"


def test_advice_that_helped_is_solved(chat: Chat) -> None:
    assert chat.say("U盾插上没反应", "ukey_activate").tap("解决了").step.outcome == "solved"


@pytest.mark.parametrize(
    ("intent", "words", "reply"),
    [
        ("ukey_lost", "U盾摔坏了", "diagnosed"),
        ("ebank_login_fail", "手机银行一直闪退", "diagnosed"),
        ("ebank_login_fail", "手机银行登不上", "ebank_login_fail"),
        ("ukey_locked_expired", "U盾有问题", "ukey_locked_expired"),
    ],
)
def test_the_first_words_choose_the_way_in(chat: Chat, intent: str, words: str, reply: str) -> None:
    assert chat.say(words, intent).said[0] == reply


def test_who_sends_a_pin_is_told_where_activation_is_done(chat: Chat) -> None:
    text = "我U盾密码是[已屏蔽]，验证码[已屏蔽]，帮我激活"
    message = InboundMessage(MessageKind.TEXT, "o", "gh", chat.now, "k", text=text, secrets=("ukey_pin", "sms_code"))

    chat.take(message, understood("ukey_activate"))

    assert chat.said == ("ukey_secret",)
    assert "95588" in chat.text


def test_a_detour_leads_back_to_the_open_question(chat: Chat, content: Content) -> None:
    chat.session = Session(flow="ukey", step="light")

    chat.say("几点下班？", "business_hours").tap("回到U盾")

    assert content.diagnoses["ukey"].questions["light"].text in chat.text
