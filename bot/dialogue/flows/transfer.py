"""Transfers: how to make one, and where the money is when it did not arrive."""

import re

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.diagnosing import Tree
from bot.dialogue.flows.saying import AWAITS_VERDICT, answer, solved, solved_lines, verdict

FLOW = "transfer"
TREE = Tree(FLOW, "transfer", "转账没到账没解决")
_NOT_ARRIVED = re.compile(r"(没|未|不)(有)?(到账|收到|到)|退回|退汇|处理中|失败|在途|不见了|去哪了|多久了还")


class Transfer:
    """The steps; for money on its way, at most three questions to where it is."""

    name = FLOW
    intents: tuple[str, ...] = ("transfer",)

    def start(self, turn: Turn) -> Step:
        """The cause or its first question for money that did not arrive, else the steps."""
        if _NOT_ARRIVED.search(turn.text) or TREE.symptom(turn, turn.text) is not None:
            return TREE.begin(turn, turn.text, lead=turn.content.say("transfer_missing"))
        said = answer(turn, "transfer", *solved_lines(FLOW))
        return Step(turn.session.waiting_in(FLOW, AWAITS_VERDICT), (said,))

    def resume(self, turn: Turn) -> Step | None:
        """An answer of the tree; steps that did not help lead into it."""
        if turn.choice == "start":
            return self.start(turn)
        if turn.session.step == AWAITS_VERDICT and verdict(turn) == "unsolved":
            return TREE.begin(turn, turn.text, lead=turn.content.say("transfer_missing"))
        if turn.session.step == AWAITS_VERDICT and verdict(turn) == "solved":
            return solved(turn)
        return TREE.resume(turn, turn.text)
