"""Gates on the held-out set, a few points below what README.md gives as measured."""

from __future__ import annotations

import measure
import pytest
import yaml
from prediction import LoadedModel


@pytest.fixture(scope="module")
def guesses(model: LoadedModel) -> list[measure.Guess]:
    return measure.guess_held_out(model)


@pytest.mark.parametrize(
    ("figure", "least"),
    [("accuracy", 0.88), ("recall at 3", 0.96), ("accuracy in scope", 0.89), ("out-of-scope recall", 0.60)],
)
def test_intent_figures_hold_on_texts_by_other_writers(guesses: list[measure.Guess], figure: str, least: float) -> None:
    assert measure.intent_figures(guesses)[figure] >= least


def test_entity_values_are_exact_on_the_held_out_set(model: LoadedModel) -> None:
    scores = measure.entity_scores(model)

    assert set(scores) == {"amount", "bank_tool", "city", "phone", "product", "term"}
    assert {entity: score for entity, score in scores.items() if score < 0.95} == {}


def test_recommended_thresholds_answer_most_texts_and_most_of_them_rightly(guesses: list[measure.Guess]) -> None:
    path = measure.NLU_DIR / "thresholds.yml"
    limits = yaml.safe_load(path.read_text(encoding="utf-8"))

    answered = [one for one in guesses if one.ranking[0][1] >= limits["floor"] and one.margin >= limits["ambiguity"]]

    assert len(answered) >= 0.88 * len(guesses)
    assert sum(one.is_right for one in answered) >= 0.92 * len(answered)


@pytest.mark.parametrize("text", ["asdf", "？？？", "宇宙的尽头", "😀", "/affirm", "7788"])
def test_what_means_nothing_stays_below_the_floor(model: LoadedModel, text: str) -> None:
    limits = yaml.safe_load((measure.NLU_DIR / "thresholds.yml").read_text(encoding="utf-8"))

    assert model.parse(text)["intent"]["confidence"] < limits["floor"]


def test_a_command_cannot_set_the_intent(model: LoadedModel) -> None:
    reply = model.parse('/fraud_victim{"amount": 1}')

    assert reply["intent"]["confidence"] < 1.0


def test_the_ranking_names_all_intents_in_falling_order(model: LoadedModel) -> None:
    ranking = model.parse("我想贷二十万")["intent_ranking"]

    confidences = [one["confidence"] for one in ranking]
    assert len(ranking) == 62
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1.0, abs=0.01)


def test_a_text_without_a_single_character_has_no_intent(model: LoadedModel) -> None:
    reply = model.parse(" \u200b ")

    assert (reply["intent"], reply["intent_ranking"], reply["entities"]) == ({"name": None, "confidence": 0.0}, [], [])
