"""Binding a firm (绑定企业): who asks is led to the bank's own page; nothing is checked in the chat.

Every flow that tells facts of a firm puts `invite` under its general answer while the follower is not bound.
"""

from bot.customers.rules import Telling
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer
from bot.messages import Reply


class Identity:
    """The way to the bank's page, and whom the follower is bound to."""

    name = "identity"
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The firm he is bound to and where to change that, or how to bind; whatever waited goes on waiting."""
        firm = turn.firm_to_tell(Telling.FIRM)
        if firm is None:
            return Step(turn.session, (answer(turn, "binding_start"),))
        return Step(turn.session, (answer(turn, "binding_known", firm=firm.name),))

    def resume(self, turn: Turn) -> Step | None:
        """The label of the link, typed instead of tapped."""
        return self.start(turn) if turn.choice is not None else None


def invite(turn: Turn, what: str) -> Reply:
    """That he would be told `what` himself once his firm is bound, and the link to the bank's page."""
    return answer(turn, "binding_invite", what=what)
