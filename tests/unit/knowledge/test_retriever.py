"""The long tail: a question is answered only when it is surely one of the known ones."""

from dataclasses import replace
from datetime import date

import pytest

from bot.knowledge.edition import Kind
from bot.knowledge.entries import Entry
from bot.knowledge.retriever import FLOOR, Retriever
from config.content import load_content
from tests.long_tail.measure import WANTED, choose, judge, load_questions, measure

RETRIEVER = load_content().retriever
NOTE = Entry(
    Kind.POLICY,
    "rent",
    2,
    "房租补贴",
    ("有什么房租补贴",),
    "可申请房租补贴。",
    "区政府",
    "普惠部",
    "reviewer",
    date(2026, 1, 1),
)


def test_enough_of_the_answers_are_right_on_questions_that_did_not_choose_the_floor() -> None:
    chooses, measures = (judge(RETRIEVER, half) for half in load_questions())

    assert choose(chooses) == FLOOR
    result = measure(measures, FLOOR)
    assert result.precision >= WANTED
    assert result.recall >= 0.7


def test_the_test_set_is_large_enough_to_tell() -> None:
    questions = [question for half in load_questions() for question in half]

    assert len(questions) >= 150
    assert sum(not question.right for question in questions) >= 60


def test_no_entry_holds_a_figure() -> None:
    entries = load_content().entries

    assert len(entries) >= 60
    figures = {entry.key for entry in entries if any(char.isdigit() for char in _without_numbers_to_call(entry.text))}
    assert figures == set()


def _without_numbers_to_call(text: str) -> str:
    for number in ("96110", "12366", "110"):
        text = text.replace(number, "")
    return text


@pytest.mark.parametrize("text", ["手续费怎么开发票", "手续费怎么开发票？！", "手续费 怎么开发票"])
def test_a_question_of_an_entry_is_known_whatever_its_signs(text: str) -> None:
    found = RETRIEVER.find_known(text)

    assert found is not None
    assert found.key == "invoice_fees"


@pytest.mark.parametrize("text", ["", "？？", "怎么开", "今天天气怎么样"])
def test_signs_fragments_and_other_matters_are_not_answered(text: str) -> None:
    assert RETRIEVER.find_known(text) is None
    assert RETRIEVER.find_answer(text) is None


def test_notes_that_answer_the_same_question_stand_beside_each_other() -> None:
    other = replace(NOTE, key="wages", title="用工补贴", questions=("有什么用工补贴",))
    far = replace(NOTE, key="far", title="高温停工", questions=("高温天气停工怎么算",))

    found = Retriever([NOTE, other, far]).beside(NOTE, "有什么补贴", 3)

    assert [entry.key for entry in found] == ["wages"]


def test_a_policy_note_tells_whose_word_it_is_and_how_long_it_holds() -> None:
    said = replace(NOTE, effective_until=date(2026, 12, 31)).said("可申请房租补贴。")

    assert said.text.endswith("（来源：区政府，2026年1月1日起，有效期至2026年12月31日）")
    assert said.source == "policy.rent@2"
