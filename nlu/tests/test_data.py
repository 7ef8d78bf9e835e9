"""The training data and its lint."""

from __future__ import annotations

from pathlib import Path

import lint_data
import yaml

HELD_OUT = Path(__file__).resolve().parent / "held_out.yml"


def test_training_data_has_no_problems() -> None:
    assert lint_data.find_problems() == []


def test_domain_names_the_62_intents_that_have_examples() -> None:
    with_examples = {example.intent for example in lint_data.read_examples()}
    domain = yaml.safe_load((lint_data.NLU_DIR / "domain.yml").read_text(encoding="utf-8"))["intents"]

    assert len(domain) == 62
    assert set(domain) == with_examples


def test_lint_reports_each_kind_of_problem() -> None:
    examples = [
        lint_data.Example("greet", "你好", "你好", "a.yml"),
        lint_data.Example("thanks", "你好！", "你好！", "b.yml"),
        lint_data.Example("no_such", "x", "x", "a.yml"),
        lint_data.Example("greet", "[合肥](city", "[合肥](city", "a.yml"),
        lint_data.Example("greet", "[20万](amount)", "20万", "a.yml"),
        lint_data.Example("greet", '[某地]{"entity":"city","value":"999999"}', "某地", "a.yml"),
    ]

    repeated = list(lint_data._repeated_texts(examples))
    intents = list(lint_data._wrong_intents(examples))
    spans = [problem for example in examples for problem in lint_data._annotation_problems(example)]

    assert len(repeated) == 1
    assert "greet" in repeated[0]
    assert "thanks" in repeated[0]
    assert "no_such: not in domain.yml" in intents
    assert any(line.startswith("greet: 4 examples") for line in intents)
    assert [line.split(": ")[1].split(" ")[0] for line in spans] == ["broken", "entity", "no"]


def test_held_out_texts_cover_every_intent() -> None:
    blocks = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))["nlu"]

    assert {block["intent"] for block in blocks} == {example.intent for example in lint_data.read_examples()}
