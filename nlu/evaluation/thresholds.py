"""Floor and ambiguity by what mistakes cost, chosen on dev only. Written by `evaluate.py --write-thresholds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.guesses import Guess
from evaluation.measuring import FRAUD_VICTIM, THRESHOLDS_FILE, Limits

# A wrong answer sends a customer astray, and often they must begin anew with a person.
WRONG_ANSWER_COST = 3.0
# A question back costs the customer one tap on a suggestion.
QUESTION_COST = 1.0
# Who has just been robbed and is told something else loses the minutes in which a payment can be stopped.
MISSED_VICTIM_COST = 10.0
# The product offers the first three; who finds the own matter among them is not lost.
SUGGESTED = 3
FLOORS = [step / 20 for step in range(20)]
AMBIGUITIES = [step / 20 for step in range(11)]


@dataclass(frozen=True)
class Priced:
    """A pair of thresholds and what it costs per text."""

    limits: Limits
    cost: float


def choose(dev_guesses: Sequence[Guess]) -> Priced:
    """The cheapest pair. Of equally cheap ones that with the highest floor: dev cannot hold all that is strange."""
    pairs = [Limits(floor, ambiguity) for floor in FLOORS for ambiguity in AMBIGUITIES]
    priced = [Priced(limits, mean_cost(dev_guesses, limits)) for limits in pairs]
    return min(priced, key=lambda one: (round(one.cost, 9), -one.limits.floor, one.limits.ambiguity))


def mean_cost(guesses: Sequence[Guess], limits: Limits) -> float:
    """What mistakes and questions back cost per text at these thresholds."""
    return sum(cost(guess, limits) for guess in guesses) / len(guesses)


def cost(guess: Guess, limits: Limits) -> float:
    """What becomes of one text, priced."""
    is_victim = guess.gold.intent == FRAUD_VICTIM
    if guess.is_answered(limits.floor, limits.ambiguity):
        if guess.is_right:
            return 0.0
        return MISSED_VICTIM_COST if is_victim else WRONG_ANSWER_COST
    return MISSED_VICTIM_COST if is_victim and not guess.is_within(SUGGESTED) else QUESTION_COST


def write_thresholds(limits: Limits, path: Path = THRESHOLDS_FILE) -> None:
    """Replaces the file; the product's copy is changed by hand, and a test compares both."""
    path.write_text(
        "# Written by `python evaluate.py --write-thresholds`; the product reads its own copy in config/intents.yml.\n"
        "# Below `floor`, or with the first guess less than `ambiguity` ahead of the second: offer the first three.\n"
        f"floor: {limits.floor:.2f}\nambiguity: {limits.ambiguity:.2f}\n",
        encoding="utf-8",
    )
