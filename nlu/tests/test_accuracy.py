"""The release targets on the test set, with the model of the present data and code."""

from __future__ import annotations

import pytest
from evaluation.measuring import Measured, measure, read_limits
from evaluation.targets import TARGETS, Target
from serving.prediction import LoadedModel


@pytest.fixture(scope="module")
def measured(model: LoadedModel) -> Measured:
    return measure(model, "test", lambda _: None)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.figure)
def test_the_release_target_is_met_on_the_test_set(measured: Measured, target: Target) -> None:
    value = measured.figures[target.figure]

    assert target.is_met(value), f"{target.words}: {value:.4f}, wanted {target.sign}"


def test_every_entity_of_the_gold_is_found_again(measured: Measured) -> None:
    assert {"amount", "bank_tool", "city", "phone", "product", "term"} <= {score.kind for score in measured.entities}
    assert all(score.recall > 0 for score in measured.entities)


@pytest.mark.parametrize("text", ["asdf", "？？？", "宇宙的尽头", "😀", "/affirm", "7788"])
def test_what_means_nothing_is_not_answered(model: LoadedModel, text: str) -> None:
    intent = model.parse(text)["intent"]

    assert intent["confidence"] < read_limits().floor or intent["name"] == "out_of_scope"


def test_a_command_cannot_set_the_intent(model: LoadedModel) -> None:
    reply = model.parse('/fraud_victim{"amount": 1}')

    assert reply["intent"]["confidence"] < 1.0


def test_the_ranking_names_the_ten_likeliest_in_falling_order(model: LoadedModel) -> None:
    ranking = model.parse("我想贷二十万")["intent_ranking"]

    confidences = [one["confidence"] for one in ranking]
    assert len(ranking) == 10
    assert confidences == sorted(confidences, reverse=True)
    assert 0.9 < sum(confidences) <= 1.001


def test_a_text_without_a_single_character_has_no_intent(model: LoadedModel) -> None:
    reply = model.parse(" \u200b ")

    assert (reply["intent"], reply["intent_ranking"], reply["entities"]) == ({"name": None, "confidence": 0.0}, [], [])
