"""Numbered steps with 完成 and 卡住了; they work whoever sent them."""

import pytest

from bot.dialogue.flow import Turn
from bot.dialogue.flows.guide import guide_tap
from bot.dialogue.session import Session
from bot.knowledge.content import Content
from bot.messages import InboundMessage, MessageKind, Picture
from config.content import read_picture
from tests.factories import MORNING
from tests.fakes import FakeBank
from tests.unit.dialogue.chat import EVENT, Chat


def _tap(content: Content, choice: str, session: Session | None = None) -> Turn:
    message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text="完成", menu_choice=choice)
    return Turn(message, EVENT, session or Session(), content, FakeBank(), None, MORNING, in_hours=True, choice=choice)


def test_a_tap_under_a_card_the_rep_sent_leads_on_from_an_empty_session(content: Content) -> None:
    step = guide_tap(_tap(content, "guide:loan_apply:1:done"))

    assert step is not None
    assert "2/7" in step.replies[0].text
    assert [choice.id for choice in step.replies[0].choices] == [
        "guide:loan_apply:2:done",
        "guide:loan_apply:2:stuck",
        "guide:loan_apply:2:look",
        "guide:loan_apply:2:back",
    ]
    assert step.session.guide == ("loan_apply", 2)


def test_stuck_keeps_the_step_for_the_rep(content: Content) -> None:
    step = guide_tap(_tap(content, "guide:loan_apply:4:stuck"))

    assert step is not None
    assert "第4步" in step.replies[0].text
    assert step.session.guide == ("loan_apply", 4)


def test_a_step_with_a_picture_offers_it_and_sends_it_when_asked(content: Content) -> None:
    step = guide_tap(_tap(content, "guide:loan_apply:2:look"))

    assert step is not None
    [said] = step.replies
    assert said.picture == Picture("loan_apply_menu", "第2步：点“贷款”，找到“经营快贷”，点“申请”。")
    assert [choice.text for choice in said.choices] == ["完成", "卡住了", "上一步"]
    assert step.session.guide == ("loan_apply", 2)


def test_a_step_without_a_picture_is_said_again(content: Content) -> None:
    step = guide_tap(_tap(content, "guide:loan_apply:1:look"))

    assert step is not None
    assert (step.replies[0].picture, "1/7" in step.replies[0].text) == (None, True)


@pytest.mark.parametrize("words", ["看图", "有图吗", "发张图片"])
def test_a_picture_asked_for_in_words_is_sent(chat: Chat, words: str) -> None:
    chat.session = Session(flow="guide", step="step", guide=("points_redeem", 2))

    chat.say(words, "nlu_fallback")

    [said] = chat.step.replies
    assert said.picture is not None
    assert said.picture.name == "points_redeem_menu"
    assert [choice.text for choice in said.choices] == ["完成", "卡住了", "上一步", "人工"]


def test_a_picture_may_be_asked_for_again(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="step", guide=("points_redeem", 2))

    for _ in range(2):
        chat.tap_id("guide:points_redeem:2:look", "看图")
        assert chat.step.replies[0].picture is not None


def test_every_guide_shows_where_to_tap(content: Content) -> None:
    for guide in content.guides.values():
        shown = [step.picture for step in guide.steps if step.picture]
        assert shown, guide.id
        for name in shown:
            assert read_picture(name).startswith(b"\x89PNG")
            assert len(read_picture(name)) < 200_000


def test_back_shows_the_step_before(content: Content) -> None:
    step = guide_tap(_tap(content, "guide:loan_apply:4:back"))

    assert step is not None
    assert "3/7" in step.replies[0].text


def test_the_last_step_ends_solved(content: Content) -> None:
    step = guide_tap(_tap(content, "guide:loan_apply:7:done"))

    assert step is not None
    assert step.outcome == "solved"
    assert step.session.guide is None
    assert "申请已提交" in step.replies[0].text


@pytest.mark.parametrize("choice", ["guide:loan_apply:99:done", "guide:loan_apply:0:done", "guide:no_such:1:done"])
def test_a_step_that_is_no_more_is_said_to_be_gone(content: Content, choice: str) -> None:
    step = guide_tap(_tap(content, choice))

    assert step is not None
    assert step.replies[0].source == "guide_gone@1"


@pytest.mark.parametrize(
    "choice", ["guide:continue", "guide:loan_apply:x:done", "guide:loan_apply:1:jump", "loan:start"]
)
def test_other_lines_are_no_guide_taps(content: Content, choice: str) -> None:
    assert guide_tap(_tap(content, choice)) is None


def test_words_do_what_the_lines_do(chat: Chat) -> None:
    chat.say("怎么提款", "loan_drawdown")
    assert chat.said == ("loan_drawdown", "guide.loan_drawdown")

    assert "2/5" in chat.say("弄好了", "affirm").text
    assert "卡在第2步" in chat.say("不行", "deny").text


def test_what_the_screen_says_gets_the_steps_own_answer(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="stuck", guide=("loan_apply", 4))

    assert "电子税务局" in chat.say("一直说没授权", "operator_permission").text


def test_words_that_belong_to_another_step_are_answered_too(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="step", guide=("loan_drawdown", 3))

    assert "线下核实" in chat.say("看不到额度", "loan_limit").text


def test_trouble_with_words_of_a_later_step_stays_in_the_guide(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="step", guide=("loan_drawdown", 1))

    assert "换成人脸确认" in chat.say("提不了款，显示证书有问题", "ukey_locked_expired").text


def test_an_unknown_fault_is_no_guess(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="stuck", guide=("loan_apply", 2))

    chat.say("屏幕一片绿", "chitchat")

    assert chat.said == ("guide_unknown_fault",)
    assert "human:start" in chat.lines


def test_another_question_leads_back_to_the_step(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="step", guide=("loan_apply", 3))

    chat.say("你们几点下班？", "business_hours")
    assert chat.said[-1] == "back_to"

    assert "3/7" in chat.tap("回到操作步骤").text


def test_the_same_wish_again_goes_on_where_the_follower_is(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="step", guide=("points_redeem", 3))

    assert "3/5" in chat.say("加油卡", "points_redeem").text


def test_a_guide_that_is_gone_from_the_content_waits_for_nothing(chat: Chat) -> None:
    chat.session = Session(flow="guide", step="step", guide=("old_guide", 1))

    assert chat.say("几点下班", "business_hours").said[0] == "business_hours"
