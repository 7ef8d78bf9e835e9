"""What more training texts would bring: models of a tenth, a quarter, half and all of them, measured on dev."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import yaml
from components.char_tokenizer import CharTokenizer
from components.intent_classifier import LinearIntentClassifier
from components.intent_model import IntentModel
from components.intent_training import Settings, fit
from evaluation import figures
from evaluation.gold import DEV, NLU_DIR, GoldText, read_texts
from evaluation.guesses import BATCH, Guess
from evaluation.measuring import Say
from evaluation.utterances import Example, read_examples
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

SHARES = (0.10, 0.25, 0.50, 1.00)
SEED = 0


@dataclass(frozen=True)
class Point:
    """A model of a share of the training data; `texts_per_intent` is a mean."""

    share: float
    texts: int
    texts_per_intent: float
    accuracy: float
    macro_f1: float


def measure_curve(say: Say) -> list[Point]:
    """Trains one model for each share; minutes."""
    examples, dev = list(read_examples()), read_texts(DEV)
    settings = configured()
    points = []
    for share in SHARES:
        some = part_of(examples, share)
        say(f"training on {len(some)} texts ({share:.0%})")
        model = fit([tokens_of(one.text) for one in some], [one.intent for one in some], settings, say)
        guesses = guess_with(model, dev)
        per_intent = len(some) / len({one.intent for one in some})
        points.append(Point(share, len(some), per_intent, figures.accuracy(guesses), figures.macro_f1(guesses)))
    return points


def part_of(examples: Sequence[Example], share: float) -> list[Example]:
    """This share of each intent's texts, at least one; a smaller part lies within every larger one."""
    of_intent: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        of_intent[example.intent].append(example)
    part: list[Example] = []
    for intent in sorted(of_intent):
        shuffled = of_intent[intent][:]
        random.Random(f"{SEED} {intent}").shuffle(shuffled)  # noqa: S311 - a fixed order is wanted, not a secret one
        part.extend(shuffled[: max(1, round(share * len(shuffled)))])
    return part


def configured() -> Settings:
    """The classifier's settings as config.yml has them."""
    pipeline = yaml.safe_load((NLU_DIR / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    (entry,) = (one for one in pipeline if one["name"].endswith(f".{LinearIntentClassifier.__name__}"))
    config = {**LinearIntentClassifier.get_default_config(), **entry}
    return Settings(**{field.name: _hashable(config[field.name]) for field in fields(Settings)})


def tokens_of(text: str) -> list[str]:
    """The tokens as the pipeline cuts them."""
    return [token.text for token in _TOKENIZER.tokenize(Message({TEXT: text}), TEXT)]


def guess_with(model: IntentModel, texts: Sequence[GoldText]) -> list[Guess]:
    """As guesses.guess_all, for a model that is in no archive."""
    guesses = []
    for start in range(0, len(texts), BATCH):
        some = texts[start : start + BATCH]
        for text, shares in zip(some, model.probabilities([tokens_of(one.text) for one in some]), strict=True):
            ranking = sorted(zip(model.intents, shares.tolist(), strict=True), key=lambda pair: -pair[1])
            guesses.append(Guess(text, tuple(ranking)))
    return guesses


def write_points(points: Sequence[Point], data: str, path: Path) -> None:
    """One row for each point; `data` is the hash of what was trained on."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["data", *(field.name for field in fields(Point))])
        rows.writerows([data, *(round(value, 4) for value in astuple(point))] for point in points)


def read_points(path: Path) -> tuple[str, list[Point]]:
    """What write_points wrote: the data's hash and the points; ("", []) when there is no such file."""
    if not path.exists():
        return "", []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = [
        Point(
            float(row["share"]),
            int(row["texts"]),
            float(row["texts_per_intent"]),
            float(row["accuracy"]),
            float(row["macro_f1"]),
        )
        for row in rows
    ]
    return rows[0]["data"], points


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_TOKENIZER = CharTokenizer(CharTokenizer.get_default_config())
