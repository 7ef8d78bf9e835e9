"""Every intent without a flow of its own: the approved answer that bears its name."""

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, solved, verdict


class Faq:
    """One question, one answer."""

    name = "faq"
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The answer of this intent."""
        reply = answer(turn, turn.understanding.intent)
        asks = any(choice.id == "faq:solved" for choice in reply.choices)
        return Step(turn.session.waiting_in(self.name, "solved") if asks else turn.session.idle(), (reply,))

    def resume(self, turn: Turn) -> Step | None:
        """Whether it helped."""
        said = verdict(turn)
        if said == "solved":
            return solved(turn)
        if said == "unsolved":
            return Step(turn.session.idle(), (answer(turn, "howto_unsolved"),), outcome="unsolved")
        return None
