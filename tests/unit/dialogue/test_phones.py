"""Whose a phone number in a text is."""

import pytest

from bot.dialogue.phones import find_given, find_own

NUMBER = "13812345678"


@pytest.mark.parametrize(
    "text",
    [
        f"我的手机是{NUMBER}",
        f"我电话：{NUMBER}",
        "我手机138-1234-5678",
        f"我被骗了，打我{NUMBER}",
        f"我要投诉，给我回电{NUMBER}",
        f"转人工，请联系我{NUMBER}",
        f"{NUMBER}是我的手机",
        f"我要投诉，联系电话{NUMBER}",
        f"我要人工，电话{NUMBER}",
    ],
)
def test_a_number_offered_as_ones_own_is_the_followers(text: str) -> None:
    assert find_own(text) == find_given(text) == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        f"刚才{NUMBER}打电话说我涉嫌洗钱，让我把钱转到安全账户",
        f"客户经理{NUMBER}天天打我电话，我要投诉",
        f"有人打我电话{NUMBER}说我账户有问题",
        f"骗子的电话是{NUMBER}",
        f"对方号码{NUMBER}",
        f"打我电话{NUMBER}的是骗子",
        f"有人说是银行的，电话{NUMBER}，让我转账",
        f"{NUMBER}叫我把钱转到安全账户",
    ],
)
def test_a_number_that_is_only_told_of_is_nobody_to_call(text: str) -> None:
    assert find_own(text) is None
    assert find_given(text) is None


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"{NUMBER} 下午打",
        f"就打{NUMBER}",
        f"{NUMBER}给我打电话",
        "138 1234 5678",
        f"{NUMBER}直接打",
        f"{NUMBER}打电话就行",
        f"{NUMBER}叫我小李",
        f"{NUMBER}打来前说一声",
        f"{NUMBER}让李会计接",
        f"打{NUMBER}的",
    ],
)
def test_a_bare_number_is_his_where_one_was_asked_for(text: str) -> None:
    assert find_own(text) is None
    assert find_given(text) == NUMBER


def test_a_number_beside_somebody_else_is_not_taken_unasked() -> None:
    assert find_own(f"我要投诉你们经理，电话{NUMBER}") is None


def test_words_without_a_number_give_none() -> None:
    assert find_given("我的手机丢了") is None
