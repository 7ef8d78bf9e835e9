"""The training utterances as files hold them: intent, text, annotation, and whose voice it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from components.normalise import normalise

NLU_DIR = Path(__file__).resolve().parent.parent
INTENTS_DIR = NLU_DIR / "data" / "intents"
ANNOTATION = re.compile(r"\[(?P<text>[^\[\]]+)\](?:\((?P<plain>[a-z_]+)\)|\{(?P<json>[^{}]*)\})")
_SIGNS = re.compile(r"[^\w]")


@dataclass(frozen=True)
class Example:
    """One training utterance as written, and as the customer would send it."""

    intent: str
    written: str
    text: str
    file: str


def read_examples(folder: Path = INTENTS_DIR) -> Iterator[Example]:
    """Every utterance of the folder's files, files in the order of their names."""
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"] or ():
            for line in block["examples"].splitlines():
                written = line.removeprefix("-").strip()
                if written:
                    yield Example(block["intent"], written, ANNOTATION.sub(r"\g<text>", written), path.name)


@lru_cache(maxsize=100_000)
def key_of(text: str) -> str:
    """What two texts share when they are one utterance: normal spelling without signs and spaces.

    A text of signs only is its own key.
    """
    normal = normalise(text).text
    return _SIGNS.sub("", normal) or normal
