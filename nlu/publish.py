"""Publishes a model, or returns to the one before: `python publish.py [--model FILE] [--server URL]`, `--rollback`.

The gate measures candidate and published model on the test set. What passes is given to the running server first, so
that a model the server cannot load never becomes the one to start with; then it is written to models/published.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

from evaluation.gold import DEV, SETS, TEST, entities_path, set_path, short_hash
from evaluation.measuring import measure
from publishing.gate import comparison, reasons_against
from publishing.model_server import ModelServer, SwapRefused
from publishing.publications import LogUnreadable, Publication, previous, read_log, withdraw, write_log
from publishing.published import MODELS_DIR, NoSuchModel, archive_named, newest_model, read_published, write_published
from serving.prediction import load_model

DEFAULT_SERVER = "http://127.0.0.1:5005"
Figures = dict[str, float]


class NotPublished(Exception):
    """Nothing has changed; the message is a sentence for a person."""


@dataclass(frozen=True)
class Publisher:
    """The folder of the archives, the server to tell, and how an archive is measured (raises what loading raises)."""

    models: Path
    server: ModelServer
    measure: Callable[[Path], Figures]
    gold: str

    def publish(self, name: str) -> None:
        """Lets this archive be served if it passes the gate. Raises NotPublished. Safe to repeat."""
        archive = archive_named(name, self.models)
        present = read_published(self.models)
        if present == archive.name:
            print(f"{present} is published already")
            self._tell_server(present)
            return
        candidate = self._measured(archive)
        figures = self._figures_of(present)
        print("\n".join(comparison(candidate, figures)))
        against = reasons_against(candidate, figures)
        if against:
            raise NotPublished(f"{archive.name} is refused: " + "; ".join(against) + ".")
        log = read_log(self.models)
        if present and not any(one.archive == present and not one.withdrawn for one in log):
            # Published by other means; without it in the log a rollback could not return to it.
            log.append(Publication(_now(), present, self.gold, figures or {}))
        self._tell_server(archive.name)
        write_published(archive.name, self.models)
        write_log([*log, Publication(_now(), archive.name, self.gold, candidate)], self.models)
        print(f"published {archive.name}")

    def roll_back(self) -> None:
        """Lets the model published before be served again, without a gate: it is wanted in a hurry.

        Raises NotPublished, also when that archive no longer loads with the present code.
        """
        present, before = read_published(self.models), previous(self.models)
        if before is None:
            raise NotPublished("There is no model published before whose archive is still there.")
        try:
            load_model(self.models / before.archive)
        except Exception as error:  # an archive of other code can fail in any way
            kind = type(error).__name__
            raise NotPublished(f"{before.archive} does not load with the present code ({kind}).") from error
        self._tell_server(before.archive)
        write_published(before.archive, self.models)
        if present:
            withdraw(present, self.models)
        print(f"rolled back from {present or 'nothing'} to {before.archive}")

    def _measured(self, archive: Path) -> Figures:
        try:
            return self.measure(archive)
        except Exception as error:
            raise NotPublished(f"{archive.name} cannot be measured ({type(error).__name__}: {error}).") from error

    def _figures_of(self, present: str | None) -> Figures | None:
        """Those of the published model; from its publication when the present code cannot load it any more."""
        if present is None:
            print("no model is published: the release targets alone decide")
            return None
        try:
            return self.measure(self.models / present)
        except Exception as error:  # noqa: BLE001 - see roll_back
            print(f"{present} does not load with the present code ({type(error).__name__})")
        of_record = (one for one in reversed(read_log(self.models)) if one.archive == present and one.figures)
        recorded = next((one for one in of_record if one.gold == self.gold), None)
        if recorded is None:
            print("and its figures on these gold sets are not on record: the release targets alone decide")
            return None
        print(f"compared with its figures of {recorded.at}")
        return recorded.figures

    def _tell_server(self, name: str) -> None:
        if self.server.model_file() is None:
            print(f"no NLU server answers at {self.server.url}; it will start with {name}")
            return
        try:
            self.server.serve(name)
        except SwapRefused as error:
            raise NotPublished(f"The server does not take {name}: {error}. Nothing was published.") from error
        print(f"{self.server.url} now answers with {name}")


def main() -> int:
    """Exit status 0 when the wanted model is published, else 1."""
    options = _parser().parse_args()
    server = ModelServer(options.server.rstrip("/"), os.environ.get("NLU_TOKEN"))
    publisher = Publisher(MODELS_DIR, server, _measure, gold_hash())
    try:
        if options.rollback:
            publisher.roll_back()
        else:
            publisher.publish(_wanted(options.model))
    except (NotPublished, NoSuchModel, LogUnreadable) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def gold_hash() -> str:
    """Changes whenever figures of before and after are no longer of the same texts."""
    return short_hash(*map(set_path, SETS), entities_path(TEST))


def _measure(archive: Path) -> Figures:
    print(f"measuring {archive.name} on {DEV} and {TEST}", flush=True)
    return measure(load_model(archive), TEST, lambda _: None).figures


def _wanted(given: str | None) -> str:
    """A name in the models folder, from a name or a path."""
    if given is not None:
        return str(Path(given).resolve()) if Path(given).exists() else given
    newest = newest_model()
    if newest is None:
        raise NotPublished("There is no trained model in nlu/models: run `python nlu/train.py` first.")
    return newest.name


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")  # noqa: UP017 - Python 3.10 has no datetime.UTC


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Publish an NLU model that passes the gate, or roll back.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--model", metavar="FILE", help="archive in nlu/models; the newest when left out")
    what.add_argument("--rollback", action="store_true", help="return to the model published before")
    parser.add_argument("--server", default=os.environ.get("NLU_URL", DEFAULT_SERVER), help="URL of the running server")
    return parser


if __name__ == "__main__":
    sys.exit(main())
