"""A diagnosis walked on the phone: from the answers to the cause and what to advise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import InvalidInput
from bot.knowledge.content import Diagnosis


@dataclass(frozen=True)
class Diagnosed:
    """What the questions came to: the answers given, and the symptom they lead to."""

    tree: str
    answers: tuple[str, ...]
    symptom: str

    def to_json(self) -> dict[str, Any]:
        """A plain dict for the row."""
        return {"tree": self.tree, "answers": list(self.answers), "symptom": self.symptom}


def walk(tree: Diagnosis, answers: Sequence[str]) -> Diagnosed:
    """The symptom these answers lead to. Raises InvalidInput for answers that lead nowhere or not to the end."""
    node = tree.first
    for label in answers:
        question = tree.questions.get(node)
        leads = next((to for known, _, to in question.answers if known == label), None) if question else None
        if leads is None:
            raise InvalidInput(places=["answers"])
        node = leads
    if node not in tree.symptoms:
        raise InvalidInput(places=["answers"])
    return Diagnosed(tree.id, tuple(answers), node)
