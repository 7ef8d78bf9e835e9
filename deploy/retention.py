"""What the last purge removed, and how long what is kept: `python -m deploy.retention report [--on 2026-11-24]`.

`python -m deploy.retention purge` does tonight's purge now, as the worker would; what is done is not done twice.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

import bot.bootstrap  # noqa: F401 -- knows every part of the product, so that every table is known here
from bot import logs
from bot.adapters.simulated_clock import open_clock
from bot.db import Database
from bot.fields import install_keys
from bot.privacy.purge import Purge
from bot.privacy.queries import last_run_on, reports_of
from bot.privacy.rules import Retention
from config.errors import ConfigError
from config.retention import load_retention
from config.settings import Settings, SettingsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 when there is a report and every class in it is finished."""
    given = _parser().parse_args(arguments)
    try:
        settings, retention = Settings.from_env(), load_retention()
    except (SettingsError, ConfigError) as error:
        print(str(error), file=sys.stderr)
        return 1
    logs.set_up("retention", sys.stderr, is_final=False)
    install_keys(settings.field_keys)
    database = Database(settings.database_url)
    try:
        if given.command == "purge":
            with open_clock(settings.simulator_url) as clock:
                Purge(database, clock, retention).run()
        return report(database, retention, given.on if given.command == "report" else None)
    finally:
        database.close()


def report(database: Database, retention: Retention, day: date | None) -> int:
    """Print one purge, the last one unless a day is given, class by class."""
    with database.reading() as session:
        day = day or last_run_on(session)
        reports = {one.data_class: one for one in reports_of(session, day)} if day else {}
    if not reports:
        print("No purge yet." if day is None else f"No purge on {day}.", file=sys.stderr)
        return 1
    print(f"Purge of {day}: {sum(one.removed for one in reports.values())} rows removed")
    print(f"{'class':26}{'past':>8}{'removed':>9}{'held':>7}{'ms':>8}  kept (days), then")
    for rule in retention.classes:
        one = reports.get(rule.id)
        counts = "".join(
            f"{number:>{width}}"
            for number, width in zip(
                (one.counted, one.removed, one.held, one.duration_ms) if one else ("-",) * 4, (8, 9, 7, 8), strict=True
            )
        )
        unfinished = "" if one is None or one.finished_at else "  NOT FINISHED"
        print(f"{rule.id:26}{counts}  {rule.keep_min_days}-{rule.keep_max_days}, {rule.action}{unfinished}")
    return 0 if all(one.finished_at for one in reports.values()) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.retention", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    reporting = commands.add_parser("report", help="what the last purge removed")
    reporting.add_argument("--on", type=date.fromisoformat, help="the purge of this day instead of the last one")
    commands.add_parser("purge", help="do tonight's purge now, if it is not done yet")
    return parser


if __name__ == "__main__":
    sys.exit(main())
