"""The questions of questions.yml with what a right answer is, and the judgement of one answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from bot.transcripts.model import Line

FILE = Path(__file__).with_name("questions.yml")
HUMAN_LINE = "human:start"
Human = Literal["offered", "now", "call"]


class Group(BaseModel):
    """Questions with one right answer; the keys are explained at the top of the file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    answers: list[str]
    says: list[str] = []
    says_one: list[str] = []
    never: list[str] = []
    human: Human = "offered"
    at: Literal["day", "night"] = "day"
    questions: list[str]


@dataclass(frozen=True)
class Answer:
    """What a follower reads, the ids of the approved words in it, and what it does about a person."""

    text: str
    sources: tuple[str, ...]
    human: frozenset[str]

    @classmethod
    def of(cls, line: Line, *, is_handed_over: bool) -> "Answer":
        """The answer in a line of the bot."""
        offers = any(choice_id == HUMAN_LINE for choice_id, _ in line.detail.get("choices", ()))
        kinds = {
            "offered": offers or "人工" in line.text,
            "now": is_handed_over,
            "call": "回电" in line.text or "给您打电话" in line.text,
        }
        sources = tuple(source.partition("@")[0] for source in (line.detail.get("source") or "").split(","))
        return cls(line.text, sources, frozenset(kind for kind, holds in kinds.items() if holds))


def load() -> list[Group]:
    """All groups, in the file's order."""
    return [Group.model_validate(one) for one in yaml.safe_load(FILE.read_text(encoding="utf-8"))]


def faults(group: Group, answer: Answer) -> Iterator[str]:
    """What is wrong with this answer; nothing when it is right."""
    if not any(_is_one_of(source, group.answers) for source in answer.sources):
        yield f"says {'+'.join(answer.sources) or 'nothing'}, wanted {'|'.join(group.answers)}"
    yield from (f"lacks “{phrase}”" for phrase in group.says if phrase not in answer.text)
    if group.says_one and not any(phrase in answer.text for phrase in group.says_one):
        yield f"lacks any of {group.says_one}"
    yield from (f"holds “{phrase}”" for phrase in group.never if phrase in answer.text)
    if group.human not in answer.human and not (group.human == "offered" and answer.human):
        yield f"human: {group.human} wanted, {sorted(answer.human)} given"


def _is_one_of(source: str, patterns: list[str]) -> bool:
    return any(source.startswith(one[:-1]) if one.endswith("*") else source == one for one in patterns)
