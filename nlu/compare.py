"""Pipelines side by side on dev, trained on the same data: `python compare.py [--share 0.1] [--epochs 12]`.

Ours with all its views and with fewer of them, Rasa's own components, and, on a share of the data, DIET and a blend
with it: on all of the data one of DIET's epochs takes minutes. Each is trained by Rasa in a process of its own; its
guesses stay in var/compare, and a second run only counts. Writes reports/pipelines.csv, or pipelines-SHARE.csv.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

import yaml
from evaluation import figures
from evaluation.gold import DEV, NLU_DIR, GoldText, read_texts, short_hash
from evaluation.guesses import BATCH, Guess
from evaluation.learning_curve import part_of
from evaluation.thresholds import choose
from evaluation.utterances import INTENTS_DIR, read_examples

WORK = NLU_DIR.parent / "var" / "compare"
# Entities are found beside the intent, so their modules change nothing here.
SHAPING = ("char_tokenizer", "features", "intent_classifier", "intent_model", "intent_training", "normalise", "sounds")
REPORTS = NLU_DIR / "reports"
OURS = "ours: svm, all views"
DIET = "rasa: words, DIET"
BLEND = "blend: ours and DIET, mean of shares"
VIEWS_OF_OURS = {
    "ours: svm, characters and pairs": ["char"],
    "ours: svm, with sounds": ["char", "sound"],
    "ours: svm, with pairs in any order": ["char", "sound", "together"],
    OURS: ["char", "sound", "together", "in_order"],
}
STOCK = {
    "rasa: words, logistic regression": "words_logistic.yml",
    "rasa: characters, logistic regression": "chars_logistic.yml",
}


@dataclass(frozen=True)
class Result:
    """One row of the table; shares of dev, seconds, milliseconds."""

    pipeline: str
    accuracy: float
    macro_f1: float
    recall_at_3: float
    oos_recall: float
    cheapest_cost: float
    ece: float
    train_s: float
    parse_ms: float


def main() -> None:
    """Prints the table as it grows."""
    parser = argparse.ArgumentParser(description="Compare pipelines on dev.")
    parser.add_argument("--share", type=float, default=1.0, help="of the training data; below 1 with DIET")
    parser.add_argument("--epochs", type=int, default=12, help="of DIET")
    parser.add_argument("--train", help=argparse.SUPPRESS)
    options = parser.parse_args()
    configs = dict(pipelines(options.epochs if options.share < 1 else 0))
    if options.train:
        _train_and_guess(configs[options.train], options.share, _file_of(configs[options.train], options.share))
        return
    texts = read_texts(DEV)
    results, guesses = [], {}
    for name, config in configs.items():
        found = _found(name, config, options)
        guesses[name] = _as_guesses(found, texts)
        results.append(judge(name, guesses[name], found["train_s"], found["parse_ms"]))
        print(_line(results[-1]), flush=True)
    if OURS in guesses and DIET in guesses:
        blended = [blend(*pair) for pair in zip(guesses[OURS], guesses[DIET], strict=True)]
        both = [one for one in results if one.pipeline in (OURS, DIET)]
        results.append(judge(BLEND, blended, sum(o.train_s for o in both), sum(o.parse_ms for o in both)))
        print(_line(results[-1]), flush=True)
    _write(results, "pipelines.csv" if options.share == 1 else f"pipelines-{options.share:g}.csv")


def pipelines(epochs: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and Rasa configuration of each, for the intent only: entities are found by the same rules in all. DIET is
    left out when it has no epochs.
    """
    ours = _read(NLU_DIR / "config.yml")
    for name, views in VIEWS_OF_OURS.items():
        parts = [part for part in ours["pipeline"] if "EntityExtractor" not in part["name"]]
        yield name, {**ours, "pipeline": [{**part, "views": views} if "views" in part else part for part in parts]}
    for name, file in STOCK.items():
        yield name, _read(NLU_DIR / "pipelines" / file)
    if epochs:
        stock = _read(NLU_DIR / "pipelines" / "words_diet.yml")
        parts = [_learning(part, epochs) if "epochs" in part else part for part in stock["pipeline"]]
        yield DIET, {**stock, "pipeline": parts}


def _learning(diet: dict[str, Any], epochs: int) -> dict[str, Any]:
    """DIET with so many epochs, in Rasa's own batches: the larger ones only hurry the bench."""
    return {**{name: value for name, value in diet.items() if name != "batch_size"}, "epochs": epochs}


def judge(name: str, guesses: list[Guess], train_s: float, parse_ms: float) -> Result:
    """The figures of one pipeline; `cheapest_cost` is that of thresholds.py at its own best thresholds."""
    floor = figures.acceptance_threshold(guesses)
    return Result(
        name,
        figures.accuracy(guesses),
        figures.macro_f1(guesses),
        figures.recall_at(guesses, 3),
        figures.caught(figures.outside(guesses), floor),
        choose(guesses).cost,
        figures.calibration_error(guesses),
        train_s,
        parse_ms,
    )


def blend(one: Guess, other: Guess) -> Guess:
    """The mean of two rankings; an intent that one of them does not name counts there as nothing."""
    shares: dict[str, float] = {}
    for name, share in (*one.ranking, *other.ranking):
        shares[name] = shares.get(name, 0.0) + share / 2
    return Guess(one.gold, tuple(sorted(shares.items(), key=lambda pair: -pair[1])))


def _found(name: str, config: Mapping[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    file = _file_of(config, options.share)
    if not file.exists():
        print(f"[compare] training {name}", flush=True)
        WORK.mkdir(parents=True, exist_ok=True)
        settings = ("--train", name, "--share", str(options.share), "--epochs", str(options.epochs))
        with file.with_suffix(".log").open("wb") as log:
            subprocess.run([sys.executable, __file__, *settings], stdout=log, stderr=log, check=True)  # noqa: S603 - this program
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _train_and_guess(config: Mapping[str, Any], share: float, file: Path) -> None:
    """Trains with this share of the data and writes what the model makes of dev."""
    # Rasa takes ten seconds to import, and only this process needs it.
    from rasa.model_training import train_nlu  # noqa: PLC0415
    from serving.prediction import load_model  # noqa: PLC0415
    from serving.wire import ParseRequest  # noqa: PLC0415

    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.chdir(NLU_DIR)
    settings, data = file.with_suffix(".yml"), file.with_suffix(".data")
    settings.write_text(yaml.safe_dump(dict(config), allow_unicode=True), encoding="utf-8")
    _write_part(share, data)
    started = time.monotonic()
    archive = train_nlu(str(settings), str(data), str(WORK), fixed_model_name=file.stem, domain="domain.yml")
    train_s = time.monotonic() - started
    model = load_model(Path(str(archive)))
    wanted = [ParseRequest(text.text, None, None) for text in read_texts(DEV)]
    rankings = []
    started = time.monotonic()
    for start in range(0, len(wanted), BATCH):
        replies = model.parse_many(wanted[start : start + BATCH])
        rankings += [[(one["name"], one["confidence"]) for one in reply["intent_ranking"]] for reply in replies]
    parse_ms = (time.monotonic() - started) / len(wanted) * 1000
    found = {"train_s": train_s, "parse_ms": parse_ms, "rankings": rankings}
    file.write_text(json.dumps(found), encoding="utf-8")
    Path(str(archive)).unlink()


def _write_part(share: float, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    blocks: dict[str, list[str]] = {}
    for example in part_of(list(read_examples()), share):
        blocks.setdefault(example.intent, []).append(example.written)
    nlu = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in blocks.items()]
    content = yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True)
    (folder / "nlu.yml").write_text(content, encoding="utf-8")


def _as_guesses(found: Mapping[str, Any], texts: list[GoldText]) -> list[Guess]:
    return [
        Guess(text, tuple((name, share) for name, share in ranking))
        for text, ranking in zip(texts, found["rankings"], strict=True)
    ]


def _file_of(config: Mapping[str, Any], share: float) -> Path:
    """Another one as soon as the data, the components or the configuration are others."""
    shaping = short_hash(*INTENTS_DIR.glob("*.yml"), *(NLU_DIR / "components" / f"{name}.py" for name in SHAPING))
    settings = hashlib.sha256(f"{share} {yaml.safe_dump(dict(config))}".encode()).hexdigest()
    return WORK / f"{shaping}-{settings[:12]}.json"


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _line(one: Result) -> str:
    shares = "".join(f"{value:>8.3f}" for value in list(asdict(one).values())[1:7])
    return f"{one.pipeline:<38}{shares}{one.train_s:>8.0f} s{one.parse_ms:>8.2f} ms"


def _write(results: list[Result], name: str) -> None:
    with (REPORTS / name).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([field.name for field in fields(Result)])
        for one in results:
            name, *values = asdict(one).values()
            rows.writerow([name, *(f"{value:.4f}" for value in values)])


if __name__ == "__main__":
    main()
