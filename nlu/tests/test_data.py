"""The training data, the gold sets, and their lint."""

from __future__ import annotations

from pathlib import Path

import lint_data
import pytest
import yaml
from evaluation.gold import DEV, NLU_DIR, SETS, GoldText, read_texts
from evaluation.near_texts import near_pairs, near_pairs_within, nearest_ratios
from evaluation.utterances import Example, key_of, read_examples


def example(intent: str, written: str, file: str = "a.yml") -> Example:
    return Example(intent, written, written, file)


def gold(intent: str, text: str) -> GoldText:
    return GoldText(text, intent, "plain", "a")


def test_data_and_gold_sets_have_no_problems() -> None:
    assert lint_data.find(list(read_examples())).problems == []


def test_domain_names_the_62_intents_that_have_examples() -> None:
    with_examples = {one.intent for one in read_examples()}

    assert len(lint_data.domain_intents()) == 62
    assert lint_data.domain_intents() == with_examples


def test_an_intent_must_be_known_well_named_and_big_enough() -> None:
    examples = [example("greet", "你好"), example("No__such", "x")]

    lines = list(lint_data.wrong_intents(examples, {"greet", "out_of_scope"}))

    assert lines == [
        "No__such: not in domain.yml",
        "No__such: a name is small letters and single underscores",
        "No__such: 1 examples, at least 150 wanted",
        "greet: 1 examples, at least 150 wanted",
        "out_of_scope: 0 examples, at least 1500 wanted",
    ]


def test_a_gold_set_holds_all_intents_and_no_other() -> None:
    lines = list(lint_data.wrong_gold_intents({"dev": [gold("greet", "你好"), gold("other", "x")]}, {"greet", "deny"}))

    assert lines == ["dev.yml other: not in domain.yml", "dev.yml: no text of deny"]


def test_one_text_twice_is_found_through_signs_and_spellings() -> None:
    examples = [example("greet", "你好"), example("thanks", "你好！", "b.yml"), example("greet", "您好")]
    again = [example("transfer", "转帐失败"), example("transfer", "轉賬 失敗。")]

    assert list(lint_data.repeated_texts(examples)) == [
        "a.yml greet, b.yml thanks: one text under two labels: 你好 | 你好！"
    ]
    assert len(list(lint_data.repeated_texts(again))) == 1


def test_nearly_one_text_under_two_labels_is_told_and_under_one_label_is_not() -> None:
    long = "我们公司上个月申请的那笔经营快贷到现在还没有批下来"
    other = long.replace("批", "放")

    assert len(list(lint_data.near_conflicts([example("loan_progress", long), example("loan_drawdown", other)]))) == 1
    assert list(lint_data.near_conflicts([example("loan_progress", long), example("loan_progress", other)])) == []
    assert list(lint_data.near_conflicts([example("loan_progress", long), example("loan_drawdown", long)])) == []


@pytest.mark.parametrize(
    ("trained", "measured", "leaks"),
    [
        ("网银登陆密码忘了怎么找回", "网银的登陆密码忘了怎么找回", True),
        ("你好", "你好。", True),
        ("查积分", "查积分吧", False),
        ("网银登陆密码忘了怎么找回", "贷款利息怎么算", False),
    ],
)
def test_a_training_text_that_nearly_stands_in_a_gold_set_is_a_leak(trained: str, measured: str, leaks: bool) -> None:
    lines = list(lint_data.leaked_texts([example("greet", trained)], [gold("greet", measured)], DEV))

    assert bool(lines) is leaks


def test_more_pairs_between_the_gold_sets_than_were_frozen_are_a_problem() -> None:
    known = [f"pair {number}" for number in range(lint_data.KNOWN_DEV_TEST_PAIRS)]

    assert lint_data.judge_near_gold(known) == lint_data.Findings([], known)
    assert lint_data.judge_near_gold([*known, "new"]) == lint_data.Findings([*known, "new"], [])


def test_a_text_in_both_gold_sets_is_found() -> None:
    dev = [gold("account_open", "公司搬家了 印鉴要重新弄吗")]

    assert len(list(lint_data.near_gold(dev, [gold("account_open", "公司搬家了印鉴要重新留吗")]))) == 1
    assert list(lint_data.near_gold(dev, [gold("account_open", "贷款利息怎么算")])) == []


def test_a_changed_gold_set_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = lint_data.FROZEN_FILE.read_text(encoding="utf-8").splitlines()
    changed = [f"{'0' * 64}  test.yml" if line.endswith("  test.yml") else line for line in known]
    frozen = tmp_path / "frozen.sha256"
    frozen.write_text("\n".join(changed), encoding="utf-8")
    monkeypatch.setattr(lint_data, "FROZEN_FILE", frozen)

    assert list(lint_data.changed_sets()) == ["test.yml: not what frozen.sha256 froze"]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("[合肥](city", "broken annotation"),
        ("[20万](amount)", "entity amount is not annotated by hand"),
        ('[某地]{"entity":"city","value":"999999"}', "no table city/999999"),
        ("[ 某某公司](company)", "span has spaces around it"),
        ('[合肥]{"entity":"city","value":"340100"}', None),
    ],
)
def test_annotation_is_checked(written: str, problem: str | None) -> None:
    lines = list(lint_data.annotation_problems(example("greet", written)))

    assert [line.split(": ")[1] for line in lines] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("place", "text", "is_found"),
    [
        ("a.yml", "打我 13812345678", True),
        ("a.yml", "打我 138-1234-5678", True),
        ("a.yml", "打我 １３８１２３４５６７８", True),
        ("a.yml", "身份证 34010419900307123X", True),
        ("a.yml", "卡号 6222 0212 3456 7890 123", True),
        ("a.yml", "打我 13800001234", False),
        ("learned.yml greet", "打我 13800001234", True),
        ("a.yml", "借 20000000 一年", False),
    ],
)
def test_a_number_that_may_be_somebodys_is_found_and_not_repeated(place: str, text: str, is_found: bool) -> None:
    lines = list(lint_data.personal_numbers([(place, text)]))

    assert bool(lines) is is_found
    assert not any(char.isdigit() for line in lines for char in line.rsplit(": ", 1)[1])


def test_near_pairs_are_those_that_comparing_all_with_all_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    from rapidfuzz import fuzz  # noqa: PLC0415 - the plain way, only here

    monkeypatch.setattr("evaluation.near_texts.ROWS", 7)
    first = [key_of(one.text) for one in read_texts(SETS[0])[::25]]
    second = [text[:-1] for text in first] + [key_of(one.text) for one in read_texts(SETS[1])[::25]]

    for least in (60, 88):
        found = {(pair.first, pair.second) for pair in near_pairs(first, second, least)}
        plain = {(i, j) for i, one in enumerate(first) for j, two in enumerate(second) if fuzz.ratio(one, two) >= least}
        assert found == plain
        assert found
    assert all(pair.first < pair.second for pair in near_pairs_within(first, 50))
    assert list(near_pairs([], second, 88)) == []


def test_the_nearest_ratio_is_that_of_the_most_alike_text() -> None:
    assert nearest_ratios(["你好", "贷款"], ["你好", "天气"]) == [100.0, 0.0]
    assert nearest_ratios(["你好"], []) == [0.0]


def test_the_products_thresholds_are_those_of_the_model() -> None:
    ours = yaml.safe_load((NLU_DIR / "thresholds.yml").read_text(encoding="utf-8"))
    products = yaml.safe_load((NLU_DIR.parent / "config" / "intents.yml").read_text(encoding="utf-8"))

    assert {name: products[name] for name in ("floor", "ambiguity")} == ours
