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
    ],
)
def test_a_number_that_is_only_told_of_is_nobody_to_call(text: str) -> None:
    assert find_own(text) is None
    assert find_given(text) is None


@pytest.mark.parametrize("text", [NUMBER, f"{NUMBER} 下午打", f"就打{NUMBER}", f"{NUMBER}给我打电话", "138 1234 5678"])
def test_a_bare_number_is_his_where_one_was_asked_for(text: str) -> None:
    assert find_own(text) is None
    assert find_given(text) == NUMBER


def test_words_without_a_number_give_none() -> None:
    assert find_given("我的手机丢了") is None
