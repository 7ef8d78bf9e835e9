"""Measures the newest model on the held-out set and prints the figures: `python measure.py [--write-thresholds]`.

The held-out texts come from people who did not write the training data; texts that stand in both are left out. With
`--write-thresholds` the floor and the ambiguity margin are chosen from the sweep and written to thresholds.yml.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lint_data import read_examples
from prediction import LoadedModel, load_model
from server import newest_model

NLU_DIR = Path(__file__).resolve().parent
OUT_OF_SCOPE = "out_of_scope"
GOLD_DAY = "2026-11-24"
# A right answer withheld costs the customer one tap on a suggestion; a wrong one sends them astray.
WRONG_ANSWER_COST = 3.0
SUGGESTION_COST = 1.0
SWEEP = [(0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.2, 0.1), (0.3, 0.0), (0.3, 0.1), (0.4, 0.1), (0.45, 0.2), (0.5, 0.2)]


@dataclass(frozen=True)
class Guess:
    """One held-out text with its gold intent and the model's ranking."""

    text: str
    gold: str
    ranking: list[tuple[str, float]]

    @property
    def is_right(self) -> bool:
        """Whether the first guess is the gold intent."""
        return self.ranking[0][0] == self.gold

    @property
    def margin(self) -> float:
        """How far the first guess is ahead of the second."""
        return self.ranking[0][1] - self.ranking[1][1]


def main() -> None:
    """Prints intent, confidence, entity and speed figures."""
    parser = argparse.ArgumentParser(description="Measure the newest model on the held-out set.")
    parser.add_argument("--write-thresholds", action="store_true")
    options = parser.parse_args()
    model = load_model(newest_model())
    guesses = guess_held_out(model)
    print(f"model {model.file}, {len(guesses)} held-out texts")
    for name, value in intent_figures(guesses).items():
        print(f"  {name:<28} {value:.3f}")
    _print_confusions(guesses)
    _print_sweep(guesses)
    for entity, score in entity_scores(model).items():
        print(f"  {entity:<12} F1 {score:.3f}")
    _print_speed(model, guesses)
    if options.write_thresholds:
        _write_thresholds(guesses)


def guess_held_out(model: LoadedModel) -> list[Guess]:
    """The model's ranking for every held-out text that is not in the training data."""
    known = {example.text for example in read_examples()}
    blocks = yaml.safe_load((NLU_DIR / "tests" / "held_out.yml").read_text(encoding="utf-8"))["nlu"]
    guesses = []
    for block in blocks:
        for line in block["examples"].splitlines():
            text = line.removeprefix("-").strip()
            if text and text not in known:
                ranking = model.parse(text)["intent_ranking"]
                guesses.append(Guess(text, block["intent"], [(one["name"], one["confidence"]) for one in ranking]))
    return guesses


def intent_figures(guesses: list[Guess]) -> dict[str, float]:
    """Accuracy over all, within the bot's scope, and how much of what is out of scope is seen as such."""
    inside = [guess for guess in guesses if guess.gold != OUT_OF_SCOPE]
    outside = [guess for guess in guesses if guess.gold == OUT_OF_SCOPE]
    return {
        "accuracy": _share(guesses, lambda guess: guess.is_right),
        "recall at 3": _share(guesses, lambda guess: guess.gold in [name for name, _ in guess.ranking[:3]]),
        "accuracy in scope": _share(inside, lambda guess: guess.is_right),
        "out-of-scope recall": _share(outside, lambda guess: guess.is_right),
    }


def entity_scores(model: LoadedModel) -> dict[str, float]:
    """F1 per entity over exact values; kinds that the gold file does not annotate are left out."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for item in yaml.safe_load((NLU_DIR / "tests" / "held_out_entities.yml").read_text(encoding="utf-8")):
        gold = Counter(_key(entity) for entity in item["entities"])
        reply = model.parse(item["text"], metadata={"today": GOLD_DAY})["entities"]
        # The gold file leaves out the age of a firm.
        found = Counter(_key(entity) for entity in reply if entity.get("role") is None)
        for (entity, _), count in (gold & found).items():
            right[entity] += count
        for (entity, _), count in ((gold - found) + (found - gold)).items():
            wrong[entity] += count
    return {entity: 2 * right[entity] / (2 * right[entity] + wrong[entity]) for entity in sorted(right)}


def cost(guesses: list[Guess], floor: float, ambiguity: float) -> float:
    """Mean cost of answering, suggesting or getting it wrong at these thresholds."""
    total = 0.0
    for guess in guesses:
        if guess.ranking[0][1] < floor or guess.margin < ambiguity:
            total += SUGGESTION_COST
        elif not guess.is_right:
            total += WRONG_ANSWER_COST
    return total / len(guesses)


def _key(entity: dict[str, Any]) -> tuple[str, str]:
    return entity["entity"], json.dumps(entity["value"], sort_keys=True, ensure_ascii=False)


def _share(guesses: list[Guess], holds: Any) -> float:
    return sum(bool(holds(guess)) for guess in guesses) / len(guesses)


def _print_confusions(guesses: list[Guess]) -> None:
    pairs = Counter((guess.gold, guess.ranking[0][0]) for guess in guesses if not guess.is_right)
    print("  most confused: " + ", ".join(f"{gold}→{name} {count}" for (gold, name), count in pairs.most_common(8)))


def _print_sweep(guesses: list[Guess]) -> None:
    print("  floor  ambiguity  answered  right of answered  cost")
    for floor, ambiguity in [
        (0.0, 0.0),
        (0.1, 0.0),
        (0.2, 0.0),
        (0.2, 0.1),
        (0.3, 0.0),
        (0.3, 0.1),
        (0.4, 0.1),
        (0.5, 0.2),
    ]:
        answered = [guess for guess in guesses if guess.ranking[0][1] >= floor and guess.margin >= ambiguity]
        right = _share(answered, lambda guess: guess.is_right)
        share = len(answered) / len(guesses)
        print(f"  {floor:5.2f}  {ambiguity:9.2f}  {share:8.3f}  {right:17.3f}  {cost(guesses, floor, ambiguity):.3f}")


def _print_speed(model: LoadedModel, guesses: list[Guess]) -> None:
    durations = []
    for guess in guesses:
        started = time.perf_counter()
        model.parse(guess.text)
        durations.append((time.perf_counter() - started) * 1000)
    durations.sort()
    print(f"  parse ms: p50 {durations[len(durations) // 2]:.2f}, p95 {durations[int(len(durations) * 0.95)]:.2f}")


def _write_thresholds(guesses: list[Guess]) -> None:
    """The highest floor whose cost is within a hundredth of the lowest.

    The held-out set has few texts from far outside the bot's scope, which is what a floor is for; so it is set as high
    as it can be without costing anything on the rest.
    """
    grid = [(floor / 20, ambiguity / 20) for floor in range(13) for ambiguity in range(9)]
    lowest = min(cost(guesses, *pair) for pair in grid)
    good = [pair for pair in grid if cost(guesses, *pair) <= lowest + 0.01]
    floor, ambiguity = max(good, key=lambda pair: (pair[0], -pair[1]))
    text = (
        "# Written by `python measure.py --write-thresholds`; the product reads its own copy from its settings.\n"
        "# Below `floor`, or with the first guess less than `ambiguity` ahead of the second: offer the first three.\n"
        f"floor: {floor:.2f}\nambiguity: {ambiguity:.2f}\n"
    )
    (NLU_DIR / "thresholds.yml").write_text(text, encoding="utf-8")
    answered = [guess for guess in guesses if guess.ranking[0][1] >= floor and guess.margin >= ambiguity]
    right = _share(answered, lambda guess: guess.is_right)
    print(f"  thresholds: floor {floor:.2f}, ambiguity {ambiguity:.2f}; {len(answered)} answered, {right:.3f} right")


if __name__ == "__main__":
    main()
