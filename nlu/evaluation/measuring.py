"""One model measured on one gold set: everything that report and publish gate need. Takes seconds, draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from evaluation import figures
from evaluation.entity_figures import EntityScore, entity_scores
from evaluation.gold import DEV, NLU_DIR, entities_path, read_entities, read_texts
from evaluation.guesses import Guess, find_entities, guess_all
from serving.prediction import LoadedModel

THRESHOLDS_FILE = NLU_DIR / "thresholds.yml"
FRAUD_VICTIM, HUMAN_AGENT = "fraud_victim", "human_agent"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """The product asks back below `floor`, or with the first guess less than `ambiguity` ahead."""

    floor: float
    ambiguity: float


@dataclass(frozen=True)
class Measured:
    """What was seen of a model on a set. `oos_floor` was chosen on dev, whatever the set."""

    set_name: str
    guesses: list[Guess]
    dev_guesses: list[Guess]
    limits: Limits
    oos_floor: float
    entities: list[EntityScore]
    entities_file: str
    figures: dict[str, float]


def measure(model: LoadedModel, set_name: str, say: Say) -> Measured:
    """Parses dev, the set and its entity gold, and counts."""
    say(f"dev.yml and {set_name}.yml")
    dev_guesses = guess_all(model, read_texts(DEV))
    guesses = dev_guesses if set_name == DEV else guess_all(model, read_texts(set_name))
    path = entities_path(set_name)
    say(path.name)
    messages = read_entities(path)
    entities = entity_scores(messages, find_entities(model, messages))
    limits, oos_floor = read_limits(), figures.acceptance_threshold(dev_guesses)
    counted = count(guesses, limits, oos_floor, entities)
    return Measured(set_name, guesses, dev_guesses, limits, oos_floor, entities, path.name, counted)


def read_limits(path: Path = THRESHOLDS_FILE) -> Limits:
    """The thresholds as they are written now."""
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Limits(written["floor"], written["ambiguity"])


def count(guesses: list[Guess], limits: Limits, oos_floor: float, entities: list[EntityScore]) -> dict[str, float]:
    """Every named figure: shares between 0 and 1, nan where there is nothing to count."""
    whole = figures.accuracy(guesses)
    after = figures.outcome(guesses, limits.floor, limits.ambiguity)
    return {
        "accuracy": whole,
        "macro_f1": figures.macro_f1(guesses),
        "recall_at_3": figures.recall_at(guesses, 3),
        "in_scope_accuracy": figures.accuracy(figures.in_scope(guesses)),
        "oos_recall": figures.caught(figures.outside(guesses), oos_floor),
        "oos_recall_near": figures.caught(figures.outside(guesses, "near"), oos_floor),
        "oos_recall_far": figures.caught(figures.outside(guesses, "far"), oos_floor),
        "in_scope_accepted": 1 - figures.caught(figures.in_scope(guesses), oos_floor),
        "right_after_fallback": after.right,
        "wrong_after_fallback": after.wrong,
        "asked_back": after.asked_back,
        "fraud_victim_recall": figures.recall_of(guesses, FRAUD_VICTIM),
        "human_agent_recall": figures.recall_of(guesses, HUMAN_AGENT),
        "typo_gap": whole - figures.accuracy(figures.of_part(guesses, "typo")),
        "ece": figures.calibration_error(guesses),
        **{f"f1_{score.kind}": score.f1 for score in entities},
    }
