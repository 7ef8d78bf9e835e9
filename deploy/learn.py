"""What people decided about misread texts leaves the database: `python -m deploy.learn export | report`.

`export` merges approved utterances into nlu/data/intents/learned.yml, which then comes under version control with an
ordinary commit. `report` writes misread texts whose right intent is known as JSON lines, for measuring. Neither prints
what a customer wrote to the terminal, unless `report` is given no file.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from bot import logs
from bot.adapters.simulated_clock import open_clock
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock, local_day
from bot.db import Database
from bot.fields import install_keys
from bot.learning.model import Parse
from bot.learning.queries import approved_lessons, labelled_misreads
from bot.learning.rules import why_unfit
from bot.learning.service import note_exported
from config.settings import ROOT, Settings, SettingsError
from deploy.training_file import LEARNED, merge

DATA = ROOT / "nlu" / "data" / "intents"
WHO = "deploy.learn"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 when all was done, 1 when a lesson was refused or a setting is wrong."""
    given = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(str(error), file=sys.stderr)
        return 1
    # Its own words go to the terminal; what was noted about lessons goes where a pipe does not take it for them.
    logs.set_up("learn", sys.stderr, is_final=False)
    install_keys(settings.field_keys)
    database = Database(settings.database_url)
    try:
        with open_clock(settings.simulator_url) as clock:
            if given.command == "export":
                return export(database, clock, given.data, given.by)
            return report(database, clock, timedelta(days=given.days), given.out, given.by)
    finally:
        database.close()


def export(database: Database, clock: Clock, folder: Path, username: str) -> int:
    """Merge what is approved into learned.yml and mark it exported. Safe to repeat: a run that dies between file and
    database is made good by the next.
    """
    with database.transaction() as session:
        merged = merge(folder, approved_lessons(session))
        if merged.text:
            _replace(folder / LEARNED, merged.text)
        note_exported(session, merged.taken, username, clock.now())
        if merged.taken:
            note(session, clock.now(), Doer(username), Act.TEXTS_EXPORTED, Thing("lessons"))
    for lesson, reason in merged.refused:
        print(f"lesson {lesson.id} refused: {reason}", file=sys.stderr)
    print(f"{len(merged.taken)} exported to {folder / LEARNED}, {len(merged.refused)} refused")
    if merged.taken:
        print("Next: review the diff, `make check`, commit, train (docs/runbook.md, Teaching the model).")
    return 1 if merged.refused else 0


def report(database: Database, clock: Clock, back: timedelta, out: Path | None, username: str) -> int:
    """Write misread texts with their right intent, one JSON object a line; texts with personal details stay out."""
    with database.transaction() as session:
        newest = {parse.text_hash: parse for parse in labelled_misreads(session, clock.now() - back)}
        note(session, clock.now(), Doer(username), Act.TEXTS_EXPORTED, Thing("parses"))
    fit = [parse for parse in newest.values() if why_unfit(parse.text) is None]
    lines = "".join(f"{line}\n" for line in _lines(fit))
    if out is None:
        sys.stdout.write(lines)
    else:
        _replace(out, lines)
    print(f"{len(fit)} misread texts, {len(newest) - len(fit)} left out for personal details", file=sys.stderr)
    return 0


def _lines(parses: Sequence[Parse]) -> Iterator[str]:
    for parse in sorted(parses, key=lambda one: (str(one.label), one.text)):
        row = {
            "text": parse.text,
            "intent": parse.label,
            "taken_as": parse.taken_as or parse.intent,
            "confidence": round(parse.confidence, 3),
            "model": parse.model,
            "told_by": str(parse.followed),
            "on": local_day(parse.at).isoformat(),
        }
        yield json.dumps(row, ensure_ascii=False)


def _replace(path: Path, text: str) -> None:
    """Write at once or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.learn", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    exporting = commands.add_parser("export", help=f"merge approved utterances into {LEARNED}")
    exporting.add_argument("--data", type=Path, default=DATA, help="the folder of the training data")
    reporting = commands.add_parser("report", help="misread texts with their right intent, as JSON lines")
    reporting.add_argument("--days", type=int, default=30, help="how far back")
    reporting.add_argument("--out", type=Path, help="a file instead of the terminal")
    for command in (exporting, reporting):
        command.add_argument("--by", default=WHO, help="who is noted as the one who exported")
    return parser


if __name__ == "__main__":
    sys.exit(main())
