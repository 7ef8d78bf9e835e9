"""The report as one page of Markdown. No text of a customer stands in it, no time and nothing of the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluation import figures
from evaluation.entity_figures import EntityScore
from evaluation.gold import DEV
from evaluation.learning_curve import Point
from evaluation.likeness import Band
from evaluation.measuring import FRAUD_VICTIM, HUMAN_AGENT, Measured
from evaluation.targets import TARGETS, Target, missed
from evaluation.thresholds import Priced, mean_cost

WORST = 20
# Everything that is counted, in reading order; those with a target show it.
NAMES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "recall_at_3": "intent among the first three",
    "in_scope_accuracy": "accuracy in scope",
    "oos_recall": "out of scope caught",
    "oos_recall_near": "… near domain",
    "oos_recall_far": "… far",
    "in_scope_accepted": "in scope accepted at that floor",
    "right_after_fallback": "answered rightly",
    "wrong_after_fallback": "answered wrongly",
    "asked_back": "asked back with suggestions",
    "fraud_victim_recall": "fraud_victim recall",
    "human_agent_recall": "human_agent recall",
    "typo_gap": "typo slice below the whole",
    "ece": "calibration error (ECE, 15 bins)",
}


@dataclass(frozen=True)
class Facts:
    """What the page is made from; `curve_data` is the hash of the data that the curve was measured on.

    `is_current` says that the model was trained on the present data, settings and code.
    """

    model_file: str
    model_id: str
    is_current: bool
    data: str
    gold: str
    sizes: Mapping[str, int]
    measured: Measured
    bands: Sequence[Band]
    cheapest: Priced
    curve_data: str
    curve: Sequence[Point]


def write_report(facts: Facts) -> str:
    """The whole page."""
    measured = facts.measured
    parts = (
        _head(facts),
        _figures(measured),
        _slices(measured),
        _bands(facts.bands),
        _thresholds(measured, facts.cheapest),
        _calibration(measured),
        _entities(measured.entities, measured.entities_file),
        _curve(facts),
        _confusions(measured),
        _intents(measured),
    )
    return "\n".join(line for part in parts for line in part)


def target_rows(counted: Mapping[str, float]) -> Iterator[tuple[str, str, str, str]]:
    """Figure, value, target, mark: for the page and for the terminal."""
    targets = {target.figure: target for target in TARGETS}
    kinds = {name: f"F1 of {name.removeprefix('f1_')}" for name in counted if name.startswith("f1_")}
    for figure, words in {**NAMES, **kinds}.items():
        value = counted.get(figure, float("nan"))
        target = targets.get(figure)
        yield words, f"{value:.3f}", target.sign if target else "", _mark(target, value)


def _mark(target: Target | None, value: float) -> str:
    if target is None:
        return ""
    return "✓ pass" if target.is_met(value) else "✗ miss"


def _head(facts: Facts) -> Iterator[str]:
    misses = missed(facts.measured.figures)
    verdict = "all release targets met" if not misses else "missed: " + ", ".join(one.words for one in misses)
    sizes = ", ".join(f"{name} {count:,}" for name, count in facts.sizes.items())
    yield f"# Model report on {facts.measured.set_name}"
    yield ""
    yield f"Written by `make nlu-eval`. Model `{facts.model_file}` (id `{facts.model_id}`),"
    yield f"training data `{facts.data}`, gold sets `{facts.gold}`. Texts: {sizes}. **{verdict}**."
    if not facts.is_current:
        yield "The model is older than the present data, settings or code: train, then measure again."
    yield ""


def _figures(measured: Measured) -> Iterator[str]:
    yield from _table(("figure", "value", "target", ""), target_rows(measured.figures))
    guesses = measured.guesses
    few = ", ".join(
        f"{sum(guess.gold.intent == intent for guess in guesses)} of {intent}" for intent in (FRAUD_VICTIM, HUMAN_AGENT)
    )
    limits = measured.limits
    yield f"Out of scope is caught when guessed so, or when the confidence is under {measured.oos_floor:.4f}: the floor"
    yield "at which 95% of the in-scope texts of dev are accepted"
    yield f"({'these same texts' if measured.set_name == DEV else 'applied here unchanged'})."
    yield f"Answered and asked back: shares of all texts at floor {limits.floor:.2f}, ambiguity {limits.ambiguity:.2f}."
    yield f"Small counts: {few}; one text more or less moves their recall by several points."
    yield ""


def _slices(measured: Measured) -> Iterator[str]:
    yield "## Slices and writers"
    yield ""
    guesses = measured.guesses
    groups = [(part, figures.of_part(guesses, part)) for part in sorted({one.gold.part for one in guesses})]
    groups += [
        (f"writer {writer}", [one for one in guesses if one.gold.writer == writer])
        for writer in sorted({one.gold.writer for one in guesses})
    ]
    rows = ((name, str(len(some)), f"{figures.accuracy(some):.3f}") for name, some in groups)
    yield from _table(("slice", "texts", "accuracy"), rows)


def _bands(bands: Sequence[Band]) -> Iterator[str]:
    yield "## By likeness to the training data"
    yield ""
    yield "All these texts are by writers under one brief, none by live customers. Should customers write less like the"
    yield "training data than these writers do, then the first rows say more about them than the whole does."
    yield ""
    rows = ((f"{one.low:.0f} to {one.high:.0f}", str(one.texts), f"{one.accuracy:.3f}") for one in bands)
    yield from _table(("nearest training text, % alike", "texts", "accuracy"), rows)


def _thresholds(measured: Measured, cheapest: Priced) -> Iterator[str]:
    now = mean_cost(measured.dev_guesses, measured.limits)
    best = cheapest.limits
    yield "## Thresholds"
    yield ""
    yield f"Cost per dev text at thresholds.yml: {now:.4f}. Cheapest on dev: floor {best.floor:.2f}, ambiguity"
    yield f"{best.ambiguity:.2f}, {cheapest.cost:.4f} (`evaluate.py --write-thresholds` takes it over)."
    yield ""


def _calibration(measured: Measured) -> Iterator[str]:
    yield "## Calibration"
    yield ""
    yield "![calibration](calibration.png)"
    yield ""
    rows = (
        (f"{one.low:.2f} to {one.high:.2f}", str(one.texts), f"{one.confidence:.3f}", f"{one.accuracy:.3f}")
        for one in figures.bins(measured.guesses)
    )
    yield from _table(("confidence", "texts", "mean confidence", "accuracy"), rows)


def _entities(scores: Sequence[EntityScore], file: str) -> Iterator[str]:
    yield "## Entities"
    yield ""
    yield f"Exact values on {file}."
    yield ""
    rows = ((one.kind, str(one.gold), f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}") for one in scores)
    yield from _table(("entity", "in the gold", "precision", "recall", "F1"), rows)


def _curve(facts: Facts) -> Iterator[str]:
    yield "## Learning curve (dev)"
    yield ""
    if not facts.curve:
        yield "Not measured yet."
        yield ""
        return
    if facts.curve_data != facts.data:
        yield f"Measured on older training data (`{facts.curve_data}`)."
        yield ""
    yield "![learning curve](learning_curve.png)"
    yield ""
    rows = (
        (f"{one.share:.0%}", f"{one.texts_per_intent:.0f}", f"{one.accuracy:.3f}", f"{one.macro_f1:.3f}")
        for one in facts.curve
    )
    yield from _table(("of the data", "texts per intent", "accuracy", "macro F1"), rows)


def _confusions(measured: Measured) -> Iterator[str]:
    yield f"## The {WORST} worst confusions"
    yield ""
    yield "All of them: [confusion.png](confusion.png)."
    yield ""
    worst = figures.confusions(measured.guesses)[:WORST]
    yield from _table(("gold", "guess", "texts"), ((gold, name or "none", str(count)) for gold, name, count in worst))


def _intents(measured: Measured) -> Iterator[str]:
    yield "## Intents"
    yield ""
    yield "The same as [intents.csv](intents.csv)."
    yield ""
    rows = (
        (one.intent, str(one.texts), f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}")
        for one in figures.intent_scores(measured.guesses)
    )
    yield from _table(("intent", "texts", "precision", "recall", "F1"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in rows)
    yield ""
