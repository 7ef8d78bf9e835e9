"""Chooses the floor of the long tail and measures it: `python -m tests.long_tail.measure`.

Every second question chooses: the lowest floor at which 95 of 100 answers are right. The others measure, so that the
floor is not judged by what it was made from.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from bot.knowledge.retriever import FLOOR, Retriever
from config.content import load_content
from config.settings import ROOT

QUESTIONS = ROOT / "tests" / "long_tail" / "questions.yml"
WANTED = 0.95


@dataclass(frozen=True)
class Question:
    """One question, and the entries that would answer it: none for one that must not be answered."""

    text: str
    right: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """What the retriever found likest, and whether that was right."""

    question: Question
    found: str | None
    likeness: float

    @property
    def is_right(self) -> bool:
        """True when what was found answers the question."""
        return self.found in self.question.right


@dataclass(frozen=True)
class Measured:
    """What one floor comes to."""

    floor: float
    answered: int
    right: int
    answerable: int

    @property
    def precision(self) -> float:
        """Right answers of those given."""
        return self.right / self.answered if self.answered else 1.0

    @property
    def recall(self) -> float:
        """Right answers of those there are."""
        return self.right / self.answerable


def load_questions() -> tuple[list[Question], list[Question]]:
    """The half that chooses and the half that measures."""
    rows = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    answered = [
        Question(text, (right,) if isinstance(right, str) else tuple(right)) for text, right in rows["answered"]
    ]
    unanswered = [Question(text, ()) for text in rows["unanswered"]]
    return [*answered[::2], *unanswered[::2]], [*answered[1::2], *unanswered[1::2]]


def judge(retriever: Retriever, questions: Sequence[Question]) -> list[Judged]:
    """Every question with what is likest to it."""
    found = [(question, retriever.find_best(question.text)) for question in questions]
    return [
        Judged(question, best.entry.id, best.likeness) if best else Judged(question, None, 0)
        for question, best in found
    ]


def measure(judged: Sequence[Judged], floor: float) -> Measured:
    """What this floor would answer."""
    answered = [one for one in judged if one.found is not None and one.likeness >= floor]
    return Measured(
        floor, len(answered), sum(one.is_right for one in answered), sum(bool(one.question.right) for one in judged)
    )


def choose(judged: Sequence[Judged]) -> float:
    """The lowest floor, in hundredths, at which enough of the answers are right."""
    floors = (hundredths / 100 for hundredths in range(1, 101))
    return next(floor for floor in floors if measure(judged, floor).precision >= WANTED)


def main() -> int:
    """Print both halves at the chosen floor and at the one in force, and what is answered wrongly."""
    retriever = load_content().retriever
    chooses, measures = (judge(retriever, half) for half in load_questions())
    chosen = choose(chooses)
    print(f"chosen {chosen:.2f}, in force {FLOOR:.2f}")
    for name, half in (("chooses", chooses), ("measures", measures)):
        for floor in (chosen, FLOOR):
            one = measure(half, floor)
            print(
                f"{name} at {floor:.2f}: precision {one.precision:.3f} ({one.right}/{one.answered}), recall {one.recall:.3f}"
            )
        for wrong in (one for one in half if one.likeness >= FLOOR and not one.is_right):
            print(f"  wrong: {wrong.question.text} → {wrong.found} {wrong.likeness:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
