"""Every intent without a flow of its own: the approved answer that bears its name, and whether it helped."""

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, idle
from bot.dialogue.flows.verdicts import checked, heard

# A number to ring is no advice that could fail to help.
PLAIN = frozenset({"hotline"})


class Faq:
    """One question, one answer."""

    name = "faq"
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The answer of this intent."""
        reply = answer(turn, turn.understanding.intent)
        return idle(turn, reply) if turn.understanding.intent in PLAIN else checked(turn, self.name, reply)

    def resume(self, turn: Turn) -> Step | None:
        """Whether it helped."""
        return heard(turn, self.name)
