"""Checklists of calls, per segment: what to say in which order, what must be ticked, and what is left to teach.

The words are content (config/checklists.yml), approved and checked at start.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

VERIFY = "verify"


class StepKind(StrEnum):
    """The parts of a call, in this order."""

    VERIFY = "verify"
    TIP = "tip"
    ASK = "ask"
    SOLVE = "solve"
    TEACH = "teach"
    AGREE = "agree"


@dataclass(frozen=True)
class Item:
    """One thing to say or do. `must`: the call cannot be closed without it. `teaches`: what is left of it goes on to
    the customer's next contact.
    """

    id: str
    label: str
    say: str
    elder: str | None
    must: bool
    teaches: bool

    def words(self, *, is_elder: bool) -> str:
        """What to say, in short plain sentences to whoever finds screens hard."""
        return self.elder if is_elder and self.elder else self.say


@dataclass(frozen=True)
class ChecklistStep:
    """One part of the call. `picks_one`: exactly one of its items is introduced. `tree` is a diagnosis to walk."""

    id: str
    kind: StepKind
    title: str
    say: str
    elder: str | None
    items: tuple[Item, ...]
    picks_one: bool
    tree: str | None

    def words(self, *, is_elder: bool) -> str:
        """How the rep begins it."""
        return self.elder if is_elder and self.elder else self.say


@dataclass(frozen=True)
class Checklist:
    """The call of one segment. `proves_identity`: nothing of the customer is shown before 本人 is set."""

    id: str
    version: int
    name: str
    desk: str
    proves_identity: bool
    steps: tuple[ChecklistStep, ...]

    def items(self) -> Iterator[Item]:
        """All items, in order."""
        return (item for step in self.steps for item in step.items)

    def find_item(self, item_id: str) -> Item | None:
        """The item of this id, or None."""
        return next((item for item in self.items() if item.id == item_id), None)

    def step_of(self, item_id: str) -> ChecklistStep | None:
        """The step an item stands in, or None."""
        return next((step for step in self.steps if any(item.id == item_id for item in step.items)), None)

    def missing(self, ticked: Collection[str], *, is_proved: bool) -> list[str]:
        """What must still be done before the call may be closed, in order; VERIFY stands for 本人."""
        lacks = [VERIFY] if self.proves_identity and not is_proved else []
        return lacks + [one for step in self.steps for one in _missing_in(step, ticked)]

    def missing_before(self, item_id: str, ticked: Collection[str]) -> list[str]:
        """What must be done in earlier steps before this item."""
        found: list[str] = []
        for step in self.steps:
            if any(item.id == item_id for item in step.items):
                break
            found += _missing_in(step, ticked)
        return found

    def untaught(self, ticked: Collection[str]) -> list[Item]:
        """The lessons that were not given."""
        return [item for item in self.items() if item.teaches and item.id not in ticked]


Checklists = Mapping[str, Checklist]


def lessons_of(checklists: Checklists) -> dict[str, Item]:
    """Every lesson by its id; a lesson of several segments is the same lesson."""
    return {item.id: item for one in checklists.values() for item in one.items() if item.teaches}


def _missing_in(step: ChecklistStep, ticked: Collection[str]) -> list[str]:
    if step.picks_one:
        return [] if any(item.id in ticked for item in step.items) else [step.items[0].id]
    return [item.id for item in step.items if item.must and item.id not in ticked]
