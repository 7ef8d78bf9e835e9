"""Which trained model is the one to serve: the published one, else the newest. Server and publish command ask here.

`models/published` holds one line, the file name of an archive beside it. Only the standard library is used, so that the
product's Python can read and write it as well.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MODELS_DIR = Path(__file__).resolve().parent.parent / "models"
PUBLISHED_FILE = "published"
ARCHIVES = "xinqiao-*.tar.gz"


class NoSuchModel(Exception):
    """The name is not that of an archive in the models folder; the message says what is wrong with it."""


def archive_named(name: str, models: Path = MODELS_DIR) -> Path:
    """The archive of this name. Raises NoSuchModel, also for a path or a link that leaves the folder."""
    folder = models.resolve()
    try:
        archive = (folder / name).resolve()
        is_there = archive.parent == folder and archive.name.endswith(".tar.gz") and archive.is_file()
    except (OSError, ValueError):  # a name too long for the file system, or with a zero byte
        is_there = False
    if not is_there:
        raise NoSuchModel("no archive of this name in the models folder")
    return archive


def read_published(models: Path = MODELS_DIR) -> str | None:
    """The published file name; None when nothing was ever published or its archive is gone."""
    try:
        return archive_named((models / PUBLISHED_FILE).read_text(encoding="utf-8").strip(), models).name
    except (OSError, UnicodeDecodeError, NoSuchModel):
        return None


def write_published(name: str, models: Path = MODELS_DIR) -> None:
    """Names the archive to start with from now on; whoever reads sees the old name or the new one, never half of one.

    Raises NoSuchModel. A running server is told by `PUT /model`, not by this file.
    """
    archive = archive_named(name, models)
    handle, draft = tempfile.mkstemp(prefix=".published-", dir=models)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(archive.name + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Made readable for the server's user, which need not be the one that publishes.
        Path(draft).chmod(0o644)
        Path(draft).replace(models / PUBLISHED_FILE)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def newest_model(models: Path = MODELS_DIR) -> Path | None:
    """The archive trained last, or None."""
    return max(models.glob(ARCHIVES), key=lambda path: path.stat().st_mtime, default=None)


def model_to_serve(models: Path = MODELS_DIR) -> Path | None:
    """The published archive, else the newest, else None."""
    published = read_published(models)
    return models / published if published else newest_model(models)
