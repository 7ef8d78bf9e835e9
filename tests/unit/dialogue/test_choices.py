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


@pytest.mark.parametrize("text", ["转账到对方账户", "消息收到了", "推荐一款贷款", "no"])
def test_ordinary_words_do_not_opt_out(text: str) -> None:
    assert not choices.opts_out(text)
