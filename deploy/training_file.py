"""Approved utterances as Rasa training data: sorted, without repeats, the same bytes for the same lessons.

Called by deploy/learn.py. Reads the folder of the training data, decides, and makes the new text of learned.yml.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.learning.model import Lesson
from bot.learning.rules import normal_form, why_unfit

LEARNED = "learned.yml"
HEADER = """\
# What customers said and the model misread: decided by one person, approved by another, written by
# `python -m deploy.learn export`. Edit by hand only to remove lines.
version: "3.1"

nlu:
"""
# An annotation of the hand-written files: [合肥]{"entity": ...} or [合肥](city).
_ANNOTATION = re.compile(r"\[([^\[\]]+)\](?:\([a-z_]+\)|\{[^{}]*\})")


@dataclass(frozen=True)
class Place:
    """Where an utterance stands already."""

    file: str
    intent: str


@dataclass
class Merged:
    """What an export comes to: the file's new text, lessons that stand in the data now, lessons refused with why."""

    text: str
    taken: list[Lesson] = field(default_factory=list)
    refused: list[tuple[Lesson, str]] = field(default_factory=list)


def merge(folder: Path, lessons: Sequence[Lesson]) -> Merged:
    """Put lessons into what learned.yml holds. A text that stands anywhere under the same intent counts as taken; one
    that stands under another intent is refused, and so is what may not become training data.
    """
    examples = list(_read(folder))
    known = {normal_form(_plain(text)): Place(file, intent) for file, intent, text in examples}
    learned: dict[str, set[str]] = {}
    for file, intent, text in examples:
        if file == LEARNED:
            learned.setdefault(intent, set()).add(text)
    merged = Merged("")
    for lesson in lessons:
        reason = why_unfit(lesson.text) or _contradiction(known, lesson)
        if reason is not None:
            merged.refused.append((lesson, reason))
            continue
        merged.taken.append(lesson)
        form, intent = normal_form(lesson.text), str(lesson.intent)
        if form not in known:
            known[form] = Place(LEARNED, intent)
            learned.setdefault(intent, set()).add(lesson.text)
    merged.text = _written(learned)
    return merged


def _contradiction(known: Mapping[str, Place], lesson: Lesson) -> str | None:
    place = known.get(normal_form(lesson.text))
    return f"stands in {place.file} under {place.intent}" if place and place.intent != lesson.intent else None


def _read(folder: Path) -> Iterator[tuple[str, str, str]]:
    """File, intent and utterance of every example, learned.yml last, so that the hand-written files decide."""
    for path in sorted(folder.glob("*.yml"), key=lambda path: (path.name == LEARNED, path.name)):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"] or ():
            for line in str(block.get("examples", "")).splitlines():
                text = line.removeprefix("-").strip()
                if text and "intent" in block:
                    yield path.name, block["intent"], text


def _plain(text: str) -> str:
    return _ANNOTATION.sub(r"\1", text)


def _written(learned: Mapping[str, set[str]]) -> str:
    if not learned:
        return ""
    blocks = []
    for intent in sorted(learned):
        lines = "\n".join(f"    - {text}" for text in sorted(learned[intent]))
        blocks.append(f"- intent: {intent}\n  examples: |\n{lines}\n")
    return HEADER + "\n".join(blocks)
