"""The trees for signing in, transfers and wages: words jump, taps lead on, 上一步 goes back, no help leads to a person."""

import pytest

from bot.dialogue.session import Session
from bot.knowledge.content import Content
from bot.messages import Understanding
from tests.unit.dialogue.chat import Chat

VAGUE = Understanding("affirm", 0.15, (("affirm", 0.15),))
FLOW_OF_TREE = {"ukey": "ukey", "login": "login", "transfer": "transfer", "payroll": "payroll"}


def test_every_leaf_of_every_tree_can_be_reached_by_taps(content: Content) -> None:
    for tree in content.diagnoses.values():
        flow = FLOW_OF_TREE[tree.id]
        for question in tree.questions.values():
            for index, (_, _, target) in enumerate(question.answers):
                chat = Chat(content).knowing(flow=flow, step=question.id, introduced=True)
                chat.tap_id(f"{flow}:{question.id}:{index}")
                following, leaf = tree.questions.get(target), tree.symptoms.get(target)
                assert (following.text if following else leaf.cause if leaf else "?") in chat.text or (
                    target == "posted" and chat.step.handoff is not None
                ), (tree.id, question.id, index)


@pytest.mark.parametrize(
    ("words", "intent", "told"),
    [
        ("手机银行一直闪退", "ebank_login_fail", "更新到最新版"),
        ("换了手机，手机银行登不上", "ebank_login_fail", "重新绑定"),
        ("手机银行收不到验证码", "ebank_login_fail", "骚扰拦截"),
        ("转账显示户名不符退回来了", "transfer", "一个字都不能差"),
        ("转账没授权，对方没到账", "transfer", "待办任务"),
        ("我转错人了怎么办", "transfer", "95588"),
        ("代发失败，提示余额不足", "payroll", "总额和手续费"),
        ("代发工资上传报错，格式不对", "payroll", "最新模板"),
    ],
)
def test_words_jump_to_the_cause(chat: Chat, words: str, intent: str, told: str) -> None:
    assert told in chat.say(words, intent).text


def test_money_on_its_way_is_found_in_two_questions(chat: Chat) -> None:
    chat.say("给供应商转的钱没到账", "transfer")
    assert chat.said == ("transfer_missing", "diagnosis.transfer")

    chat.tap("处理中").tap("别的银行")

    assert "对方银行入账" in chat.text
    assert chat.session.slots["cause"] == "在等对方银行入账"
    assert {"解决了", "没解决", "人工"} <= set(chat.lines.values())


def test_steps_of_a_transfer_that_did_not_help_lead_into_the_tree(chat: Chat) -> None:
    chat.say("怎么转账", "transfer")
    assert chat.said == ("transfer",)

    assert chat.tap("没解决").said == ("transfer_missing", "diagnosis.transfer")
    assert chat.knowing(flow="transfer", step="solved").say("可以了", "affirm").step.outcome == "solved"


def test_failed_wages_are_narrowed_down_and_end_with_a_person(chat: Chat) -> None:
    chat.say("代发工资有几笔失败", "payroll").tap("户名账号不符")
    assert "只重发失败的那几笔" in chat.text

    chat.tap("没解决")

    assert chat.step.handoff is not None
    assert chat.step.handoff.reason == "代发失败没解决"


def test_a_how_to_of_wages_still_asks_for_the_channel(chat: Chat) -> None:
    assert chat.say("怎么代发工资", "payroll").tap("没解决").said == ("howto_ask_channel",)


def test_one_step_back_asks_the_question_before(chat: Chat) -> None:
    chat.say("给供应商转的钱没到账", "transfer").tap("失败或退回")

    chat.say("上一步", VAGUE)

    assert chat.said == ("step_back", "diagnosis.transfer")
    assert "什么状态" in chat.text
    assert chat.say("上一步", VAGUE).said == ("first_question", "diagnosis.transfer")


def test_a_wrong_answer_can_be_taken_back_behind_the_advice(chat: Chat) -> None:
    chat.say("给供应商转的钱没到账", "transfer").tap("失败或退回").tap("余额不足")

    assert "失败原因" in chat.say("选错了", VAGUE).text


def test_another_question_leads_back_to_the_open_one(chat: Chat) -> None:
    chat.say("给供应商转的钱没到账", "transfer").say("几点下班？", "business_hours")

    assert "什么状态" in chat.tap("回到转账").text


def test_a_tap_on_a_question_that_is_gone_is_no_answer(chat: Chat) -> None:
    chat.session = Session(flow="transfer", step="status", introduced=True)

    for choice in ("transfer:gone:1", "transfer:status:9", "transfer:status:x"):
        assert "diagnosed" not in chat.tap_id(choice, "x").said


def test_who_knows_none_of_it_is_offered_a_person(chat: Chat) -> None:
    chat.session = Session(flow="transfer", step="why", introduced=True)

    chat.say("不清楚", VAGUE)

    assert chat.said == ("howto_unsolved",)
