"""Data requests in the chat: words decide, the bank must know who asks, a deletion is asked once more."""

import pytest

from bot.customers.rules import IdentityLevel, Purpose
from bot.dialogue.flows.privacy import find_request
from bot.privacy.model import RequestKind
from tests.unit.dialogue.chat import FIRM, Chat


@pytest.fixture
def bound(chat: Chat) -> Chat:
    chat.firm = FIRM
    return chat


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你们留了我哪些信息", RequestKind.SHOW),
        ("你们银行都存了我什么资料啊", RequestKind.SHOW),
        ("查一下我的个人信息", RequestKind.SHOW),
        ("收集了我多少个人信息？", RequestKind.SHOW),
        ("看看我的信息", RequestKind.SHOW),
        ("删掉我的信息", RequestKind.DELETE),
        ("注销我的资料", RequestKind.DELETE),
        ("把我的资料都删了", RequestKind.DELETE),
        ("请删除我在你们这里的所有数据", RequestKind.DELETE),
        ("我的聊天记录能不能清空", RequestKind.DELETE),
        ("不要再保存我的个人信息", RequestKind.DELETE),
        ("你们留了我哪些信息？删掉", RequestKind.DELETE),
        ("导出我的信息", RequestKind.EXPORT),
        ("给我一份我的个人信息", RequestKind.EXPORT),
        ("我的数据怎么导出", RequestKind.EXPORT),
        ("我要我的个人信息副本", RequestKind.EXPORT),
        ("不要删我的信息", None),
        ("我的信息没有删吧", None),
        ("怎么修改我的信息", None),
        ("注销我的账户", None),
        ("我的贷款资料要准备什么", None),
        ("导出流水", None),
        ("我公司的信息变了", None),
        ("删除操作员", None),
        ("电子回单怎么下载", None),
        ("注销网银", None),
    ],
)
def test_words_tell_what_is_asked_about_ones_own_data(text: str, kind: RequestKind | None) -> None:
    assert find_request(text) is kind


@pytest.mark.parametrize("level", [IdentityLevel.VISITOR, IdentityLevel.FOLLOWER])
@pytest.mark.parametrize("text", ["你们留了我哪些信息", "导出我的信息", "删掉我的信息"])
def test_whom_the_bank_has_not_checked_is_led_to_its_page_or_a_person_and_nothing_is_registered(
    chat: Chat, text: str, level: IdentityLevel
) -> None:
    chat.level = level

    chat.say(text)

    assert chat.said == ("privacy_identity",)
    assert chat.step.data_request is None
    assert list(chat.lines) == ["identity:bind", "human:start"]


def test_a_checked_phone_is_enough_without_any_firm(chat: Chat) -> None:
    chat.level = IdentityLevel.PHONE_VERIFIED

    assert chat.say("你们留了我哪些信息").step.data_request is RequestKind.SHOW
    assert chat.say("删掉我的信息").said == ("privacy_confirm",)
    assert chat.say("确定").step.data_request is RequestKind.DELETE


def test_whom_the_bank_unbinds_before_his_yes_proves_himself_again(bound: Chat) -> None:
    bound.say("删掉我的信息")
    bound.firm = None

    bound.say("确定")

    assert (bound.step.data_request, bound.said) == (None, ("privacy_identity",))


@pytest.mark.parametrize(
    ("text", "kind"), [("你们留了我哪些信息", RequestKind.SHOW), ("导出我的信息", RequestKind.EXPORT)]
)
def test_a_look_and_a_copy_are_registered_at_once(bound: Chat, text: str, kind: RequestKind) -> None:
    bound.say(text, "loan_apply")

    assert (bound.step.data_request, bound.said) == (kind, (f"privacy_{kind.value}",))
    assert not bound.step.withdraws
    assert bound.session.flow is None


@pytest.mark.parametrize(
    "yes",
    [
        "确定删除",
        "确定",
        "是的",
        "删吧",
        "确认，都删了吧",
        "对，删除我的信息",
        "我确定要删，谢谢",
        "嗯 删掉",
        "已经想好了，删吧",
    ],
)
def test_a_deletion_is_asked_once_more_and_ends_all_marketing(bound: Chat, yes: str) -> None:
    bound.say("删掉我的信息")
    assert (bound.step.data_request, bound.said) == (None, ("privacy_confirm",))

    bound.say(yes)

    assert (bound.step.data_request, bound.said) == (RequestKind.DELETE, ("privacy_delete",))
    assert set(bound.step.withdraws) == set(Purpose)


@pytest.mark.parametrize(
    "no",
    [
        *("先不删", "算了", "不要", "不删了", "不要删除", "先别删除", "不删除了", "还是别删除了吧", "不想删除了"),
        *("我不确定", "我再确认一下", "还没想好", "让我想想", "等一下再删", "没确定呢"),
    ],
)
def test_who_thinks_again_keeps_everything(bound: Chat, no: str) -> None:
    bound.say("删掉我的信息").say(no)

    assert (bound.step.data_request, bound.said) == (None, ("privacy_kept",))
    assert not bound.step.withdraws


@pytest.mark.parametrize(
    "words", ["确定删除以后还能恢复吗", "删除操作员怎么弄", "删掉的话贷款怎么办", "删除了网银的操作员", "已经删了"]
)
def test_words_beside_a_yes_are_none(bound: Chat, words: str) -> None:
    bound.say("删掉我的信息").say(words, "operator_permission")

    assert bound.step.data_request is None
    assert not bound.step.withdraws


def test_an_old_line_of_another_day_deletes_nothing(bound: Chat) -> None:
    bound.say("删掉我的信息").say("先不删")

    bound.tap_id("privacy:delete", "确定删除")

    assert bound.step.data_request is None


def test_another_question_in_between_is_answered(bound: Chat) -> None:
    bound.say("删掉我的信息").say("回单怎么打", "e_receipt")

    assert bound.step.data_request is None
    assert "e_receipt" in bound.said[0]


def test_a_look_instead_of_the_deletion_is_registered(bound: Chat) -> None:
    bound.say("删掉我的信息").say("导出我的信息")

    assert bound.step.data_request is RequestKind.EXPORT


def test_a_wish_for_a_person_wins(bound: Chat) -> None:
    bound.say("转人工，把我的信息删掉")

    assert bound.step.handoff is not None
