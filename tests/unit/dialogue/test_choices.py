"""What typed words mean as an answer."""

import pytest

from bot.dialogue import choices


@pytest.mark.parametrize("text", ["是的", "对", "好的", "可以", "嗯嗯", "OK", "要"])
def test_yes(text: str) -> None:
    assert choices.is_yes(text)
    assert not choices.is_no(text)


@pytest.mark.parametrize("text", ["不", "不是", "没有", "不用了", "算了", "不需要"])
def test_no(text: str) -> None:
    assert choices.is_no(text)
    assert not choices.is_yes(text)


@pytest.mark.parametrize("text", ["没解决", "还是没有", "还是不行", "找不到", "没用"])
def test_not_solved(text: str) -> None:
    assert choices.is_unsolved(text)
    assert not choices.is_solved(text)


@pytest.mark.parametrize("text", ["解决了", "好了，谢谢", "搞定", "下到了"])
def test_solved(text: str) -> None:
    assert choices.is_solved(text)


@pytest.mark.parametrize("text", ["〔没解决〕", "没解决。", " 没解决 "])
def test_a_label_may_be_typed_with_its_brackets(text: str) -> None:
    assert choices.typed(text, (("receipts:unsolved", "没解决"),)) == "receipts:unsolved"


def test_other_words_are_no_label() -> None:
    assert choices.typed("没", (("receipts:unsolved", "没解决"),)) is None


@pytest.mark.parametrize(
    "text", ["不要打电话，直接转人工", "别打电话了，我要人工客服", "我不想收到余额变动短信，转人工"]
)
def test_how_one_wants_to_be_served_is_no_opt_out(text: str) -> None:
    assert not choices.opts_out(text)


@pytest.mark.parametrize(
    "text", ["不要再给我打电话推销了，转人工", "别再打电话骚扰我，转人工", "退订，转人工", "别打电话了"]
)
def test_a_no_to_marketing_counts_beside_a_wish_for_a_person(text: str) -> None:
    assert choices.opts_out(text)


@pytest.mark.parametrize("text", ["转账到对方账户", "消息收到了", "推荐一款贷款", "no"])
def test_ordinary_words_do_not_opt_out(text: str) -> None:
    assert not choices.opts_out(text)
