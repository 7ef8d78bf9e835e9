"""The gold texts: messages of known intent or known entities, by writers of no training data. Read, never changed.

`tests/dev.yml` is for choosing (thresholds, settings, what to write next), `tests/test.yml` for judging only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

NLU_DIR = Path(__file__).resolve().parent.parent
TESTS_DIR = NLU_DIR / "tests"
DEV, TEST = "dev", "test"
SETS = (DEV, TEST)
# Dates in the entity gold are counted from this day.
GOLD_DAY = "2026-11-24"


@dataclass(frozen=True)
class GoldText:
    """One message; `part` is the slice of the set it belongs to: plain, typo, dialect, story, near, ..."""

    text: str
    intent: str
    part: str
    writer: str


@dataclass(frozen=True)
class GoldEntities:
    """One message with all its entities as they stand in the file."""

    text: str
    entities: tuple[dict[str, Any], ...]


def set_path(name: str) -> Path:
    """The file of a set."""
    return TESTS_DIR / f"{name}.yml"


def read_texts(name: str) -> list[GoldText]:
    """All texts of a set (`dev` or `test`) in the order of its file."""
    blocks = yaml.safe_load(set_path(name).read_text(encoding="utf-8"))["nlu"]
    return [
        GoldText(text, block["intent"], block["metadata"]["slice"], block["metadata"]["writer"])
        for block in blocks
        for line in block["examples"].splitlines()
        if (text := line.removeprefix("-").strip())
    ]


def entities_path(name: str) -> Path:
    """The entity gold of a set."""
    return TESTS_DIR / f"{name}_entities.yml"


def read_entities(path: Path) -> list[GoldEntities]:
    """All messages of an entity gold file."""
    items = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [GoldEntities(item["text"], tuple(item["entities"])) for item in items]


def short_hash(*paths: Path) -> str:
    """Twelve digits that change with any byte of these files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
