"""What was published and when: `models/published.log`, one JSON object a line, newest last.

publish.py writes it; train.py asks which archives must stay. A publication that was rolled back stays as "withdrawn".
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from publishing.published import MODELS_DIR, read_published

LOG_FILE = "published.log"
MOST_LINES = 20


class LogUnreadable(Exception):
    """A line is not what publish.py writes; the message names the line."""


@dataclass(frozen=True)
class Publication:
    """One archive that was made the model to serve. `figures` are on the gold sets of hash `gold`; maybe unknown."""

    at: str
    archive: str
    gold: str
    figures: dict[str, float] = field(default_factory=dict)
    withdrawn: bool = False


def read_log(models: Path = MODELS_DIR) -> list[Publication]:
    """Oldest first; empty when nothing was ever published. Raises LogUnreadable."""
    path = models / LOG_FILE
    if not path.exists():
        return []
    publications = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            publications.append(Publication(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise LogUnreadable(f"{path}, line {number}: not a publication; mend or remove the line") from error
    return publications


def write_log(publications: Sequence[Publication], models: Path = MODELS_DIR) -> None:
    """The last of them, in place of the present log, at once or not at all."""
    handle, draft = tempfile.mkstemp(prefix=".published-log-", dir=models)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for one in publications[-MOST_LINES:]:
                file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
        Path(draft).chmod(0o644)
        Path(draft).replace(models / LOG_FILE)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def previous(models: Path = MODELS_DIR) -> Publication | None:
    """What a rollback returns to: the last publication before the present one whose archive is still there.

    Withdrawn ones are passed over, so that two rollbacks go back twice instead of there and back.
    """
    present = read_published(models)
    standing = [one for one in read_log(models) if not one.withdrawn and (models / one.archive).is_file()]
    return next((one for one in reversed(standing) if one.archive != present), None)


def withdraw(archive: str, models: Path = MODELS_DIR) -> None:
    """Marks every publication of this archive, so that no rollback returns to it."""
    write_log([replace(one, withdrawn=one.withdrawn or one.archive == archive) for one in read_log(models)], models)


def archives_to_keep(models: Path = MODELS_DIR) -> set[str]:
    """File names that must not be deleted: the published archive and the one before it."""
    before = previous(models)
    return {name for name in (read_published(models), before.archive if before else None) if name is not None}
