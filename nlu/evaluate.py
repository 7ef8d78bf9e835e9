"""Measures a model and writes nlu/reports/: `python evaluate.py [--set dev|test] [--quick] [--model FILE]`.

`--quick` leaves the learning curve, which trains four models, as it stands. `--write-thresholds` chooses floor and
ambiguity on dev and writes thresholds.yml before anything is counted. Exit status 1 when a release target is missed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

from evaluation import figures
from evaluation.gold import DEV, NLU_DIR, SETS, TEST, read_texts, set_path, short_hash
from evaluation.learning_curve import measure_curve, read_points, write_points
from evaluation.likeness import by_likeness
from evaluation.measuring import Measured, Say, measure
from evaluation.report import Facts, target_rows, write_report
from evaluation.targets import missed
from evaluation.thresholds import choose, write_thresholds
from evaluation.utterances import INTENTS_DIR, read_examples
from publishing.published import archive_named, newest_model
from serving.prediction import LoadedModel, load_model
from train import current_model_path

REPORTS = NLU_DIR / "reports"
CURVE = "learning_curve.csv"


def main() -> int:
    """Exit status 0 when all release targets are met, else 1."""
    options = _parser().parse_args()
    started = time.monotonic()
    # Deprecations inside pinned packages; filters do not last, because Rasa's packages reset them.
    warnings.showwarning = lambda *_, **__: None

    def say(line: str) -> None:
        print(f"[nlu-eval] {time.monotonic() - started:6.1f} s  {line}", flush=True)

    archive = archive_named(options.model) if options.model else newest_model()
    if archive is None:
        raise SystemExit("No trained model in nlu/models: run `python nlu/train.py` first.")
    say(f"loading {archive.name}")
    model = load_model(archive)
    measured = measure(model, options.set, say)
    if options.write_thresholds:
        chosen = choose(measured.dev_guesses).limits
        write_thresholds(chosen)
        pair = f"floor {chosen.floor:.2f}, ambiguity {chosen.ambiguity:.2f}"
        say(f"thresholds.yml: {pair}; config/intents.yml needs the same")
        measured = measure(model, options.set, say)
    write_all(model, measured, REPORTS, say, has_curve=not options.quick)
    for row in target_rows(measured.figures):
        print(f"  {row[0]:<34} {row[1]:>6}  {row[2]:<8} {row[3]}")
    misses = missed(measured.figures)
    say(f"{REPORTS.name}/report.md; " + (f"{len(misses)} release targets missed" if misses else "all targets met"))
    return 1 if misses else 0


def write_all(model: LoadedModel, measured: Measured, folder: Path, say: Say, *, has_curve: bool) -> None:
    """The page, the pictures and the tables; the same bytes for the same model and data."""
    # matplotlib's pinned version warns while it is imported, which main has silenced by now.
    from evaluation import charts  # noqa: PLC0415

    folder.mkdir(exist_ok=True)
    data = short_hash(*INTENTS_DIR.glob("*.yml"))
    if has_curve:
        points = measure_curve(say)
        write_points(points, data, folder / CURVE)
        charts.draw_learning_curve(points, folder / "learning_curve.png")
    say("pictures and tables")
    charts.draw_confusion(measured.guesses, folder / "confusion.png")
    charts.draw_calibration(figures.bins(measured.guesses), folder / "calibration.png")
    _write_intents(measured, folder / "intents.csv")
    training = [example.text for example in read_examples()]
    curve_data, curve = read_points(folder / CURVE)
    facts = Facts(
        model_file=model.file,
        model_id=model.model_id,
        is_current=model.file == current_model_path().name,
        data=data,
        gold=short_hash(*map(set_path, SETS)),
        sizes={"training": len(training), **{name: len(read_texts(name)) for name in SETS}},
        measured=measured,
        bands=by_likeness(measured.guesses, training),
        cheapest=choose(measured.dev_guesses),
        curve_data=curve_data,
        curve=curve,
    )
    (folder / "report.md").write_text(write_report(facts), encoding="utf-8")


def _write_intents(measured: Measured, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["intent", "texts", "precision", "recall", "f1"])
        for one in figures.intent_scores(measured.guesses):
            rows.writerow([one.intent, one.texts, f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure an NLU model and write nlu/reports/.")
    parser.add_argument("--set", choices=(DEV, TEST), default=TEST, help="the gold set to report on")
    parser.add_argument("--quick", action="store_true", help="leave the learning curve as it stands")
    parser.add_argument("--model", help="file name of an archive in models/; the newest when left out")
    parser.add_argument("--write-thresholds", action="store_true", help="choose floor and ambiguity on dev")
    return parser


if __name__ == "__main__":
    sys.exit(main())
