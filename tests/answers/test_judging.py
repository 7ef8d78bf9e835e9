"""The judge itself: what counts as wrong, and which figures it lets pass."""

import pytest

from config.content import load_content
from tests.answers.figures import approved_figures, figures, unapproved
from tests.answers.questions import Answer, Group, faults

GROUP = Group(answers=["loan_rate", "product.*"], says=["年化利率"], never=["最低"], questions=["几个点"])
RIGHT = Answer("年化利率3.45%起", ("loan_rate",), frozenset({"offered"}))


def wrong(answer: Answer, group: Group = GROUP) -> list[str]:
    return list(faults(group, answer))


def test_a_right_answer_has_no_fault() -> None:
    assert wrong(RIGHT) == []
    assert wrong(Answer(RIGHT.text, ("loan_reason", "product.shuiwudai"), RIGHT.human)) == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(RIGHT.text, ("loan_limit",), RIGHT.human), "says loan_limit"),
        (Answer(RIGHT.text, (), RIGHT.human), "says nothing"),
        (Answer("利率3.45%", RIGHT.sources, RIGHT.human), "lacks “年化利率”"),
        (Answer("年化利率全国最低", RIGHT.sources, RIGHT.human), "holds “最低”"),
        (Answer(RIGHT.text, RIGHT.sources, frozenset()), "human: offered wanted"),
    ],
)
def test_every_kind_of_fault_is_told(answer: Answer, fault: str) -> None:
    assert any(found.startswith(fault) for found in wrong(answer))


def test_a_person_at_once_is_more_than_an_offered_one_but_not_the_other_way_round() -> None:
    urgent = GROUP.model_copy(update={"human": "now"})

    assert wrong(Answer(RIGHT.text, RIGHT.sources, frozenset({"now"}))) == []
    assert wrong(RIGHT, urgent) != []


@pytest.mark.parametrize(
    ("question", "answer", "left"),
    [
        ("几个点", "年化利率（单利）：3.45%起", []),
        ("几个点", "年化利率3.15%起", ["3.15%"]),
        ("我要20万", "好的，20万元，记下了", []),
        ("我要20万", "可以给您31万元", ["31万元"]),
        ("算算", "按年化利率（单利）3.45%【示例】估算：\n20万元用1年，到期一次还本，利息约6,900元", []),
        ("算算20万", "按年化利率（单利）3.45%【示例】估算：\n20万元用1年，到期一次还本，利息约6,300元", ["6300元"]),
        (
            "100万三年",
            "按年化利率（单利）3.45%【示例】估算：\n100万元用3年，等额本息，每月还约29,279.95元，利息共约54,078.20元",
            [],
        ),
        (
            "100万三年",
            "按年化利率（单利）3.45%【示例】估算：\n100万元用3年，等额本息，每月还约28,279.95元，利息共约18,078.20元",
            ["18078.20元", "28279.95元"],
        ),
    ],
)
def test_a_figure_is_approved_the_customers_own_or_a_right_sum(question: str, answer: str, left: list[str]) -> None:
    approved = approved_figures(load_content())

    assert list(unapproved(question, answer, approved)) == left


def test_days_years_and_numbers_of_the_bank_are_no_figures() -> None:
    assert figures("7月到9月，满1年，95588，24小时，6到8位") == set()
