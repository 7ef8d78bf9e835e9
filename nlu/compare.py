"""Pipelines side by side on dev, trained on the same data: `python compare.py [--only NAME ...] [--epochs 15]`.

Ours with all its views and with fewer of them, Rasa's own components, DIET, and a blend. Takes an hour, mostly for
DIET. Each is trained by Rasa in a process of its own; its guesses stay in var/compare, and a second run only counts.
Writes reports/pipelines.csv.
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
from evaluation.thresholds import choose
from evaluation.utterances import INTENTS_DIR

WORK = NLU_DIR.parent / "var" / "compare"
# Entities are found beside the intent, so their modules change nothing here.
SHAPING = ("char_tokenizer", "features", "intent_classifier", "intent_model", "intent_training", "normalise", "sounds")
REPORT = NLU_DIR / "reports" / "pipelines.csv"
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
    DIET: "words_diet.yml",
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
    parser.add_argument("--only", nargs="*", help="names of pipelines; all when left out")
    parser.add_argument("--epochs", type=int, default=15, help="of DIET")
    parser.add_argument("--train", help=argparse.SUPPRESS)
    options = parser.parse_args()
    configs = dict(pipelines(options.epochs))
    if options.train:
        _train_and_guess(configs[options.train], _file_of(options.train, configs))
        return
    wanted = [name for name in configs if not options.only or name in options.only]
    texts = read_texts(DEV)
    results, guesses = [], {}
    for name in wanted:
        found = _found(name, configs)
        guesses[name] = _as_guesses(found, texts)
        results.append(judge(name, guesses[name], found["train_s"], found["parse_ms"]))
        print(_line(results[-1]), flush=True)
    if OURS in guesses and DIET in guesses:
        blended = [blend(*pair) for pair in zip(guesses[OURS], guesses[DIET], strict=True)]
        both = [one for one in results if one.pipeline in (OURS, DIET)]
        results.append(judge(BLEND, blended, sum(o.train_s for o in both), sum(o.parse_ms for o in both)))
        print(_line(results[-1]), flush=True)
    if not options.only:
        _write(results)


def pipelines(epochs: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and Rasa configuration of each; the intent only, as entities are found by the same rules in all."""
    ours = _read(NLU_DIR / "config.yml")
    for name, views in VIEWS_OF_OURS.items():
        parts = [part for part in ours["pipeline"] if "EntityExtractor" not in part["name"]]
        yield name, {**ours, "pipeline": [{**part, "views": views} if "views" in part else part for part in parts]}
    for name, file in STOCK.items():
        config = _read(NLU_DIR / "pipelines" / file)
        for part in config["pipeline"]:
            if part["name"] == "DIETClassifier":
                part["epochs"] = epochs
        yield name, config


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


def _found(name: str, configs: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    file = _file_of(name, configs)
    if not file.exists():
        print(f"[compare] training {name}", flush=True)
        WORK.mkdir(parents=True, exist_ok=True)
        epochs = [str(part["epochs"]) for part in configs[name]["pipeline"] if part["name"] == "DIETClassifier"]
        command = [sys.executable, __file__, "--train", name, *(["--epochs", *epochs] if epochs else [])]
        with file.with_suffix(".log").open("wb") as log:
            subprocess.run(command, stdout=log, stderr=log, check=True)  # noqa: S603 - this program
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _train_and_guess(config: dict[str, Any], file: Path) -> None:
    """Trains with the data of data/ and writes what the model makes of dev."""
    # Rasa takes ten seconds to import, and only this process needs it.
    from rasa.model_training import train_nlu  # noqa: PLC0415
    from serving.prediction import load_model  # noqa: PLC0415
    from serving.wire import ParseRequest  # noqa: PLC0415

    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.chdir(NLU_DIR)
    settings = file.with_suffix(".yml")
    settings.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    started = time.monotonic()
    archive = train_nlu(str(settings), "data", str(WORK), fixed_model_name=file.stem, domain="domain.yml")
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


def _as_guesses(found: Mapping[str, Any], texts: list[GoldText]) -> list[Guess]:
    return [
        Guess(text, tuple((name, share) for name, share in ranking))
        for text, ranking in zip(texts, found["rankings"], strict=True)
    ]


def _file_of(name: str, configs: Mapping[str, dict[str, Any]]) -> Path:
    """Another one as soon as the data, the components or the configuration are others."""
    shaping = short_hash(*INTENTS_DIR.glob("*.yml"), *(NLU_DIR / "components" / f"{name}.py" for name in SHAPING))
    settings = hashlib.sha256(yaml.safe_dump(configs[name]).encode()).hexdigest()
    return WORK / f"{shaping}-{settings[:12]}.json"


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _line(one: Result) -> str:
    shares = "".join(f"{value:>8.3f}" for value in list(asdict(one).values())[1:7])
    return f"{one.pipeline:<38}{shares}{one.train_s:>8.0f} s{one.parse_ms:>8.2f} ms"


def _write(results: list[Result]) -> None:
    with REPORT.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([field.name for field in fields(Result)])
        for one in results:
            name, *values = asdict(one).values()
            rows.writerow([name, *(f"{value:.4f}" for value in values)])


if __name__ == "__main__":
    main()
