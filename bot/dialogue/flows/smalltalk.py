"""Hello, thanks, goodbye, and who are you."""

from bot.clock import local
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, idle
from bot.dialogue.session import RETURNED

HOURS = ((5, "夜深了，您"), (11, "早上"), (13, "中午"), (18, "下午"), (24, "晚上"))


class SmallTalk:
    """One short sentence each, and back to business."""

    name = "smalltalk"
    intents: tuple[str, ...] = (
        "greet", "goodbye", "thanks", "praise", "affirm", "deny", "bot_challenge", "chitchat",
    )  # fmt: skip

    def start(self, turn: Turn) -> Step:
        """The sentence of this intent; who comes back from a rep is not greeted anew."""
        if turn.understanding.intent == "greet" and turn.session.slots.get(RETURNED):
            return idle(turn, answer(turn, "greet_returned"))
        hour = local(turn.now).hour
        time_of_day = next(words for before, words in HOURS if hour < before)
        return idle(turn, answer(turn, turn.understanding.intent, time_of_day=time_of_day))

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None
