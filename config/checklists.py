"""Loads checklists.yml into bot/followups/checklists.py's values, once, at start. Words that may not be said, a blank
nobody fills and a step out of order stop the start.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.compliance.rules import CheckWording, Grade
from bot.followups.checklists import Checklist, ChecklistStep, Item, StepKind
from bot.followups.lifecycle import SEGMENTS
from bot.knowledge.content import Content
from config.errors import ConfigError
from config.reading import read_yaml
from config.rows import find_unknown_blank

FOLDER = Path(__file__).resolve().parent
FILE = "checklists.yml"
# Filled per call: how the customer is asked for.
WHO = "who"

Said = Annotated[str, Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _ItemRow(_Strict):
    id: Key
    label: Said
    say: Said
    elder: Said | None = None
    must: bool = False
    teaches: bool = False


class _StepRow(_Strict):
    id: Key
    # YAML has no enumerations, so this may be converted.
    kind: Annotated[StepKind, Field(strict=False)]
    title: Said
    say: Said
    elder: Said | None = None
    items: list[_ItemRow] = []
    pick: Literal["all", "one"] = "all"
    tree: Said | None = None


class _SegmentRow(_Strict):
    version: Annotated[int, Field(ge=1)]
    name: Said
    desk: Said
    proves_identity: bool
    steps: Annotated[list[_StepRow], Field(min_length=2)]


class _File(_Strict):
    approved_by: Said
    segments: dict[Key, _SegmentRow]


def load_checklists(content: Content, check_wording: CheckWording, folder: Path = FOLDER) -> Mapping[str, Checklist]:
    """The checklists by segment. Raises ConfigError."""
    file = _read(folder)
    for segment in SEGMENTS.values():
        if segment not in file.segments:
            raise ConfigError(FILE, f"segments.{segment}", "is missing: follow-ups are made with it")
    for name, row in file.segments.items():
        for key, problem in _problems(row, content, check_wording):
            raise ConfigError(FILE, f"segments.{name}.{key}", problem)
    _check_lessons(file)
    return {name: _checklist(name, row) for name, row in file.segments.items()}


def _read(folder: Path) -> _File:
    try:
        return _File.model_validate(read_yaml(folder / FILE))
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error


def _problems(row: _SegmentRow, content: Content, check_wording: CheckWording) -> Iterator[tuple[str, str]]:
    if row.desk not in content.skills:
        yield "desk", "is no desk of skills.yml"
    kinds = list(StepKind)
    places = [kinds.index(step.kind) for step in row.steps]
    if row.steps[0].kind is not StepKind.VERIFY or row.steps[1].kind is not StepKind.TIP or places != sorted(places):
        yield "steps", "must go verify, tip, ask, solve, teach, agree"
    ids = [item.id for step in row.steps for item in step.items] + [step.id for step in row.steps]
    for one in {one for one in ids if ids.count(one) > 1}:
        yield f"steps.{one}", "stands twice"
    for step in row.steps:
        if step.tree is not None and step.tree not in content.diagnoses:
            yield f"steps.{step.id}.tree", "is no tree of diagnosis.yml"
        if step.pick == "one" and len(step.items) < 2:
            yield f"steps.{step.id}.items", "needs two to pick one from"
        for text in _texts(step):
            yield from _flaws_of(step.id, text, content.settings, check_wording)


def _flaws_of(step: str, text: str, known: Collection[str], check_wording: CheckWording) -> Iterator[tuple[str, str]]:
    unknown = find_unknown_blank(text, {*known, WHO})
    if unknown is not None:
        yield f"steps.{step}", f"unknown blank {unknown!r} in {text!r}"
    for finding in check_wording(text):
        if finding.grade is Grade.BLOCK:
            yield f"steps.{step}", f"breaks {finding.rule}: {finding.excerpt!r}"


def _texts(step: _StepRow) -> list[str]:
    said = [step.say, step.elder, *(text for item in step.items for text in (item.say, item.elder))]
    return [text for text in said if text is not None]


def _check_lessons(file: _File) -> None:
    """A lesson carried from one segment to another must be the same lesson."""
    known: dict[str, _ItemRow] = {}
    for name, row in file.segments.items():
        for item in (item for step in row.steps for item in step.items if item.teaches):
            if known.setdefault(item.id, item) != item:
                raise ConfigError(FILE, f"segments.{name}.{item.id}", "says something else in another segment")


def _checklist(name: str, row: _SegmentRow) -> Checklist:
    return Checklist(
        name, row.version, row.name, row.desk, row.proves_identity, tuple(_step(step) for step in row.steps)
    )


def _step(row: _StepRow) -> ChecklistStep:
    items = tuple(Item(**item.model_dump()) for item in row.items)
    return ChecklistStep(row.id, row.kind, row.title, row.say, row.elder, items, row.pick == "one", row.tree)
