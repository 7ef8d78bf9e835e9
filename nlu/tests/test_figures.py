"""Figures, thresholds, targets and gate on guesses small enough to count by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from evaluation import figures
from evaluation.entity_figures import entity_scores
from evaluation.gold import GoldEntities, GoldText
from evaluation.guesses import Guess
from evaluation.learning_curve import Point, part_of, read_points, write_points
from evaluation.measuring import Limits, count, read_limits
from evaluation.targets import TARGETS, missed
from evaluation.thresholds import choose, cost, mean_cost, write_thresholds
from evaluation.utterances import Example
from publishing.gate import comparison, reasons_against

GOOD = {target.figure: target.least if target.least > -math.inf else target.most for target in TARGETS}


def guess(gold: str, first: str, confidence: float = 0.9, second: str = "z", part: str = "plain") -> Guess:
    ranking = ((first, confidence), (second, round((1 - confidence) / 2, 4)))
    return Guess(GoldText("…", gold, part, "a"), ranking)


UNREAD = Guess(GoldText("…", "a", "plain", "a"), ())


def test_macro_f1_counts_small_intents_as_much_as_big_ones() -> None:
    guesses = [guess("a", "a"), guess("a", "a"), guess("a", "b"), guess("b", "b")]

    scores = {score.intent: score for score in figures.intent_scores(guesses)}

    assert (scores["a"].precision, scores["a"].recall, scores["a"].f1) == pytest.approx((1.0, 2 / 3, 0.8))
    assert (scores["b"].precision, scores["b"].recall, scores["b"].f1) == pytest.approx((0.5, 1.0, 2 / 3))
    assert figures.macro_f1(guesses) == pytest.approx((0.8 + 2 / 3) / 2)
    assert figures.accuracy(guesses) == 0.75


def test_a_text_the_model_cannot_read_is_wrong_and_asked_back() -> None:
    assert not UNREAD.is_right
    assert figures.outcome([UNREAD], 0.0, 0.0) == figures.Outcome(0.0, 0.0, 1.0)
    assert figures.confusions([UNREAD]) == [("a", "", 1)]


def test_shares_of_nothing_are_not_a_number_and_miss_their_target() -> None:
    assert math.isnan(figures.recall_of([guess("a", "a")], "fraud_victim"))
    assert "fraud_victim_recall" in {one.figure for one in missed({**GOOD, "fraud_victim_recall": math.nan})}


def test_the_floor_accepts_95_percent_of_the_in_scope_texts() -> None:
    guesses = [guess("a", "a", confidence / 100) for confidence in range(1, 101)]
    outside = [
        guess("out_of_scope", "a", 0.055),
        guess("out_of_scope", "a", 0.06),
        guess("out_of_scope", "out_of_scope"),
    ]

    floor = figures.acceptance_threshold([*guesses, *outside])

    assert floor == 0.06
    assert figures.caught(guesses, floor) == pytest.approx(0.05)
    assert [figures.is_caught(one, floor) for one in outside] == [True, False, True]


def test_no_floor_is_chosen_when_too_many_in_scope_texts_are_guessed_outside() -> None:
    guesses = [*(guess("a", "a") for _ in range(9)), guess("a", "out_of_scope")]

    assert figures.acceptance_threshold(guesses) == 0.0
    assert figures.caught(guesses, 0.0) == pytest.approx(0.1)


def test_calibration_error_is_the_gap_between_claim_and_truth() -> None:
    guesses = [guess("a", "a", 0.95), guess("a", "b", 0.95), guess("a", "a", 1.0), guess("a", "b", 0.15)]

    bins = figures.bins(guesses)

    assert [(one.texts, one.accuracy) for one in bins] == [(1, 0.0), (3, pytest.approx(2 / 3))]
    assert figures.calibration_error(guesses) == pytest.approx((0.15 + 3 * abs(2.9 / 3 - 2 / 3)) / 4)


def test_slices_and_outcomes_reach_the_named_figures() -> None:
    guesses = [
        guess("a", "a"),
        guess("a", "b", part="typo"),
        guess("fraud_victim", "fraud_victim"),
        guess("human_agent", "a", 0.3),
        guess("out_of_scope", "out_of_scope", part="near"),
        guess("out_of_scope", "a", 0.9, part="far"),
    ]

    counted = count(guesses, Limits(0.5, 0.0), 0.8, [])

    assert counted["accuracy"] == 0.5
    assert counted["typo_gap"] == 0.5
    assert (counted["oos_recall"], counted["oos_recall_near"], counted["oos_recall_far"]) == (0.5, 1.0, 0.0)
    assert (counted["fraud_victim_recall"], counted["human_agent_recall"]) == (1.0, 0.0)
    assert (counted["right_after_fallback"], counted["asked_back"]) == pytest.approx((0.5, 1 / 6))
    assert counted["wrong_after_fallback"] == pytest.approx(1 / 3)
    assert counted["in_scope_accepted"] == 0.75


def entity(kind: str, value: Any, role: str | None = None) -> dict[str, Any]:
    return {"entity": kind, "value": value, **({"role": role} if role else {})}


def test_an_entity_is_right_when_kind_value_and_role_are() -> None:
    messages = [GoldEntities("…", (entity("term", {"low_months": 12, "high_months": 12}, "in_business"),))]
    same = [[entity("term", {"high_months": 12, "low_months": 12}, "in_business")]]
    without_role = [[entity("term", {"low_months": 12, "high_months": 12})]]

    assert [(score.kind, score.f1) for score in entity_scores(messages, same)] == [("term", 1.0)]
    assert [(score.kind, score.f1) for score in entity_scores(messages, without_role)] == [("term", 0.0)]


def test_a_gold_file_without_roles_does_not_count_found_ones() -> None:
    messages = [GoldEntities("…", (entity("term", 6),))]

    (score,) = entity_scores(messages, [[entity("term", 6), entity("term", 48, "in_business"), entity("term", 7)]])

    assert (score.gold, score.precision, score.recall) == (1, 0.5, 1.0)


LIMITS = Limits(0.5, 0.2)


@pytest.mark.parametrize(
    ("one", "price"),
    [
        (guess("a", "a", 0.9), 0.0),
        (guess("a", "b", 0.9), 3.0),
        (guess("a", "b", 0.4), 1.0),
        (guess("fraud_victim", "b", 0.9), 10.0),
        (guess("fraud_victim", "b", 0.4), 10.0),
        (guess("fraud_victim", "b", 0.4, second="fraud_victim"), 1.0),
        (guess("fraud_victim", "fraud_victim", 0.4), 1.0),
        (UNREAD, 1.0),
    ],
)
def test_mistakes_have_their_price(one: Guess, price: float) -> None:
    assert cost(one, LIMITS) == price


def test_the_cheapest_thresholds_are_chosen_and_of_equal_ones_the_highest_floor() -> None:
    guesses = [*(guess("a", "a", 0.72) for _ in range(5)), *(guess("a", "b", 0.42) for _ in range(5))]

    chosen = choose(guesses)

    assert chosen.limits == Limits(0.7, 0.0)
    assert chosen.cost == pytest.approx(0.5)
    assert chosen.cost < mean_cost(guesses, Limits(0.3, 0.0))


def test_written_thresholds_are_read_again(tmp_path: Path) -> None:
    write_thresholds(LIMITS, tmp_path / "thresholds.yml")

    assert read_limits(tmp_path / "thresholds.yml") == LIMITS


def test_a_model_that_just_meets_every_target_is_released() -> None:
    assert missed(GOOD) == []
    assert reasons_against(GOOD, None) == []
    assert reasons_against(GOOD, GOOD) == []


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.figure)
def test_each_missed_target_refuses(target: Any) -> None:
    worse = GOOD[target.figure] + (-0.001 if target.most == math.inf else 0.001)

    assert len(reasons_against({**GOOD, target.figure: worse}, None)) == 1
    assert len(reasons_against({name: value for name, value in GOOD.items() if name != target.figure}, None)) == 1


@pytest.mark.parametrize(
    ("name", "fall", "is_refused"),
    [
        ("accuracy", 0.003, False),
        ("accuracy", 0.0031, True),
        ("macro_f1", 0.0031, True),
        ("oos_recall", 0.0031, True),
        ("fraud_victim_recall", 0.001, True),
        ("human_agent_recall", 0.001, True),
        ("recall_at_3", 0.01, False),
        ("accuracy", -0.05, False),
    ],
)
def test_a_fall_against_the_published_model_refuses(name: str, fall: float, is_refused: bool) -> None:
    old = {**GOOD, **dict.fromkeys(("accuracy", "macro_f1", "oos_recall", "recall_at_3"), 0.995)}
    old |= {"fraud_victim_recall": 0.995, "human_agent_recall": 0.995}

    assert bool(reasons_against({**old, name: old[name] - fall}, old)) is is_refused


def test_the_table_shows_old_and_new_and_the_change() -> None:
    lines = list(comparison({**GOOD, "accuracy": 0.95}, GOOD))

    assert any(line.split() == ["accuracy", "0.900", "0.950", "+0.050", "≥", "0.900"] for line in lines)


def test_a_smaller_part_of_the_data_lies_within_a_larger_one() -> None:
    examples = [Example(intent, f"{intent}{n}", f"{intent}{n}", "a.yml") for intent in "ab" for n in range(20)]

    tenth, half = part_of(examples, 0.1), part_of(examples, 0.5)

    assert [one.intent for one in tenth] == ["a", "a", "b", "b"]
    assert len(half) == 20
    assert set(tenth) < set(half)
    assert part_of(examples, 0.5) == half


def test_a_written_curve_is_read_again(tmp_path: Path) -> None:
    points = [Point(0.1, 2000, 32.3, 0.8, 0.79), Point(1.0, 20000, 323.0, 0.9, 0.89)]

    write_points(points, "abc", tmp_path / "curve.csv")

    assert read_points(tmp_path / "curve.csv") == ("abc", points)
    assert read_points(tmp_path / "none.csv") == ("", [])
