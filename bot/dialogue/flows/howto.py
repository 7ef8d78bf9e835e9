"""The how-tos of the corporate bank: steps, 解决了吗, one look at channel and rights, then a person (or a
promised call).
"""

import re

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import hand_over
from bot.dialogue.flows.saying import answer, solved, solved_lines, verdict
from bot.messages import Choice

FIRST = "solved"
CHANNEL = "channel"
SECOND = "solved_again"
_NAMES_CHANNEL = re.compile(r"手机|网银|电脑|App|APP|app")


class HowTo:
    """One how-to: `intent` is also the id of its answer, `{intent}_menu` the id of the answer about rights and
    menus.
    """

    def __init__(self, name: str, intent: str) -> None:
        self.name = name
        self.intents: tuple[str, ...] = (intent,)
        self._intent = intent

    def start(self, turn: Turn) -> Step:
        """The steps."""
        return self._say(turn, self.first_reply(turn), FIRST)

    def first_reply(self, turn: Turn) -> str:
        """The id of the first answer; a how-to with variants overrides it."""
        return self._intent

    def resume(self, turn: Turn) -> Step | None:
        """Solved; or which channel; or the rights; or a person."""
        if turn.choice in ("start", "continue"):
            return self.start(turn)
        if turn.choice in ("web", "app"):
            return self._rights(turn)
        if turn.session.step == CHANNEL and turn.choice is None:
            return None if self._is_elsewhere(turn) else self._rights(turn)
        said = verdict(turn)
        if said == "solved":
            return solved(turn)
        if said is None:
            return None
        if turn.session.step == SECOND:
            return hand_over(turn, reason=f"{turn.content.intent_labels[self._intent]}没解决", skill="ebank")
        return self._rights(turn) if _NAMES_CHANNEL.search(turn.text) else self._ask_channel(turn)

    def _ask_channel(self, turn: Turn) -> Step:
        lines = (Choice(f"{self.name}:web", "企业网银"), Choice(f"{self.name}:app", "企业手机银行"))
        reply = answer(turn, "howto_ask_channel", *lines)
        return Step(turn.session.waiting_in(self.name, CHANNEL), (reply,), outcome="unsolved")

    def _rights(self, turn: Turn) -> Step:
        return self._say(turn, f"{self._intent}_menu", SECOND)

    def _is_elsewhere(self, turn: Turn) -> bool:
        """While the channel is asked, anything counts as the answer but a clear question about another matter."""
        understood = turn.understanding
        is_other = understood.confidence >= turn.content.floor and understood.intent not in self.intents
        return is_other and choices.is_question(turn.text) and not _NAMES_CHANNEL.search(turn.text)

    def _say(self, turn: Turn, reply_id: str, step: str) -> Step:
        reply = answer(turn, reply_id, *solved_lines(self.name))
        return Step(turn.session.waiting_in(self.name, step), (reply,))
