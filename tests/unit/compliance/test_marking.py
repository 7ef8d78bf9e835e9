"""Where objections stand in a text; none gets lost."""

from functools import partial

import pytest

from bot.compliance.marking import Marked, find_advice, folded, mark
from bot.compliance.rules import Advice, Finding, Grade, Place, Requirement, Wording, WordRule, check_outbound

WORDING = Wording(
    rules=(
        WordRule("C5", ("必批", "必批贷"), Grade.BLOCK, "消保", "2026-11-01", unless=("不必批",)),
        WordRule("C5", ("免费",), Grade.WARN, "消保", "2026-11-01"),
        WordRule("C27", ("转发+红包", "转发+领"), Grade.BLOCK, "运营", "2026-11-01"),
    ),
    warnings=("谨防",),
    requirements=(
        Requirement("C5", ("贷款",), ("必批",), (("risk", ("风险",)),), frozenset({Place.ARTICLE}), "消保", "2026-11-01"),
        Requirement(
            "C5", ("贷款",), ("速来",), (("risk", ("风险",)),), frozenset({Place.ARTICLE}), "消保", "2026-11-01", unless=("火速来",)
        ),
    ),
    advice=(
        Advice("C5", "不得承诺", "删去", "消保", "2026-11-01", words=("必批",)),
        Advice("C5", "要有依据", "写清", "消保", "2026-11-01"),
    ),
)  # fmt: skip


def quotes(text: str, wording: Wording = WORDING) -> list[str]:
    found = mark(text, partial(check_outbound, wording=wording), wording, place=Place.ARTICLE)
    return [text[one.start : one.end] for one in found]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("这款必批。", ["必批"]),
        ("这款必批贷。", ["必批贷"]),
        ("不必批，但必批。", ["必批"]),
        ("必批。必批！", ["必批", "必批"]),
        ("谨防必批的骗局。", []),
        ("ＭＥＮＵ：必\u200b批", ["必\u200b批"]),
        ("转发给好友，领红包", ["转发给好友，领红包"]),
        ("转发。红包", []),
        ("日息万三，真便宜", ["日息万三"]),
        ("日息万三，月息三厘", ["日息万三", "月息三厘"]),
        ("请把验证码发给我", ["请把验证码发给我"]),
        ("贷款火速来，速来", ["速来"]),
        ("贷款必批", ["必批"]),
        ("对账单免费", ["免费"]),
        ("正常的话", []),
    ],
)
def test_the_words_are_found_in_the_text_as_it_was_written(text: str, marked: list[str]) -> None:
    assert quotes(text) == marked


def test_every_objection_of_the_rules_has_a_place() -> None:
    def invents(_text: str, *, place: Place) -> list[Finding]:
        return [Finding("X1", "这几个字不在里面")]

    assert mark("短文", invents, WORDING, place=Place.ARTICLE) == [Marked(Finding("X1", "这几个字不在里面"), 0, 2)]


def test_a_character_that_folds_into_several_keeps_its_place() -> None:
    seen = folded("㎞必批")

    assert seen.text == "km必批"
    assert seen.span(2, 4) == (1, 3)


@pytest.mark.parametrize(
    ("finding", "words", "why"),
    [
        (Finding("C5", "必批"), "必批", "不得承诺"),
        (Finding("C5", "免费", Grade.WARN), "免费", "要有依据"),
        (Finding("C9", "别的"), "别的", None),
    ],
)
def test_advice_for_the_words_comes_before_advice_for_the_rule(finding: Finding, words: str, why: str | None) -> None:
    found = find_advice(finding, words, WORDING)

    assert (found.why if found else None) == why
