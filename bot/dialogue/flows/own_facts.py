"""What is the follower's own: asked of the core bank in this turn and told to bound followers only; everybody else, and
whoever the bank has nothing about, gets the approved answer of the intent.

Each matter is a function of the turn and the firm's id; what the bank does not tell in time is admitted.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.customers.rules import Telling
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.identity import invite
from bot.dialogue.flows.saying import answer, idle
from bot.dialogue.flows.verdicts import checked, heard
from bot.errors import BankUnavailable, NotFound
from bot.messages import Reply

# What to say of the firm's own, empty when there is nothing. Raises BankUnavailable, NotFound.
Tells = Callable[[Turn, str], tuple[Reply, ...]]


class OwnFacts:
    """One family of matters, by intent. `{intent}` is the answer for all, `{intent}_unavailable` admits an outage.

    `telling` decides who may hear it. `invites` names, by intent, what a follower would be told once his firm is bound.
    """

    def __init__(self, name: str, telling: Telling, tells: Mapping[str, Tells], invites: Mapping[str, str]) -> None:
        self.name = name
        self.intents: tuple[str, ...] = tuple(tells)
        self._telling = telling
        self._tells = tells
        self._invites = invites

    def start(self, turn: Turn) -> Step:
        """The fact that was asked for, and whether it helped."""
        intent = turn.understanding.intent
        firm = turn.firm_to_tell(self._telling)
        if firm is None and intent in self._invites:
            # The line that leads to the bank takes the place of the answer's own ones.
            general = replace(answer(turn, intent), choices=())
            return checked(turn, self.name, general, invite(turn, self._invites[intent]))
        try:
            own = self._tells[intent](turn, firm.firm_id) if firm else ()
        except BankUnavailable:
            return idle(turn, answer(turn, f"{intent}_unavailable"))
        except NotFound:
            own = ()
        return checked(turn, self.name, *(own or (answer(turn, intent),)))

    def resume(self, turn: Turn) -> Step | None:
        """Whether it helped."""
        step = heard(turn, self.name)
        if step is not None:
            return step
        # 好的 to a fact takes note of it; there is nothing to try out first.
        is_noted = turn.choice is None and choices.is_acknowledged(turn.text)
        return idle(turn, answer(turn, "affirm")) if is_noted else None
