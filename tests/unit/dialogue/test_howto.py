"""Receipts, reconciliation, payroll: steps, 解决了吗, one look at rights, then a person."""

import pytest

from bot.messages import InboundMessage, MessageKind, Understanding
from tests.unit.dialogue.chat import Chat

VAGUE = Understanding("loan_rejected", 0.16, (("loan_rejected", 0.16),))
FLOWS = [("e_receipt", "receipts"), ("reconciliation", "reconciliation"), ("payroll", "payroll")]


@pytest.mark.parametrize("words", ["上个月给供应商转的那笔，回单在哪下", "打回单", "灰单咋弄"])
def test_odd_spellings_get_the_receipt_steps(night_chat: Chat, words: str) -> None:
    night_chat.say(words)

    assert night_chat.said == ("e_receipt",)
    assert "智能客服" in night_chat.text
    assert list(night_chat.lines.values()) == ["解决了", "没解决", "人工"]


def test_a_clerk_at_night_goes_through_all_steps_to_a_promised_call(night_chat: Chat) -> None:
    night_chat.say("回单在哪下", "e_receipt").tap("没解决")
    assert night_chat.said == ("howto_ask_channel",)

    night_chat.say("没有这个菜单", "deny")
    assert night_chat.said == ("e_receipt_menu",)

    night_chat.say("还是没有", VAGUE)
    assert night_chat.step.callback_skill == "ebank"
    assert night_chat.step.callback_reason == "电子回单没解决"
    assert "明天9:30前给您回电" in night_chat.text


@pytest.mark.parametrize(("intent", "flow"), FLOWS)
def test_in_hours_the_second_no_brings_a_person(chat: Chat, intent: str, flow: str) -> None:
    chat.say("怎么弄", intent).tap("没解决").tap("企业网银").tap("没解决")

    assert chat.step.handoff is not None
    assert chat.step.handoff.skill == "ebank"


@pytest.mark.parametrize(("intent", "flow"), FLOWS)
def test_solved_is_the_followers_word(chat: Chat, intent: str, flow: str) -> None:
    chat.say("怎么弄", intent)

    assert chat.say("好了", "affirm").step.outcome == "solved"


def test_naming_the_channel_at_once_saves_the_question(chat: Chat) -> None:
    assert chat.say("回单怎么下", "e_receipt").say("手机银行上找不到", "deny").said == ("e_receipt_menu",)


def test_a_question_about_something_else_leaves_the_how_to(chat: Chat) -> None:
    chat.say("回单怎么下", "e_receipt").tap("没解决")

    assert chat.say("你们几点下班？", "business_hours").said == ("business_hours",)


def test_a_line_tapped_much_later_still_works(chat: Chat) -> None:
    assert chat.tap_id("receipts:unsolved", "没解决").said == ("howto_ask_channel",)


def test_failed_wages_are_explained_and_no_list_is_taken(chat: Chat) -> None:
    chat.say("明天发工资，批量代发失败12笔怎么办，我把表发你", "payroll")

    assert chat.said == ("payroll_failed", "diagnosis.payroll")
    assert "失败明细" in chat.text
    assert "请不要在聊天中发送员工名单" in chat.text


@pytest.mark.parametrize("kind", [MessageKind.FILE, MessageKind.IMAGE])
def test_a_payroll_file_is_declined(chat: Chat, kind: MessageKind) -> None:
    chat.say("怎么代发工资", "payroll")

    assert chat.take(InboundMessage(kind, "o", "gh", chat.now, "k")).said == ("payroll_no_file",)


def test_an_offered_payroll_file_is_declined(chat: Chat) -> None:
    assert chat.say("我把工资表发给你", "payroll").said == ("payroll_no_file",)
