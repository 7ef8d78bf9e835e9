"""Where and when: the bot has no map of branches and says so."""

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, idle


class Places:
    """Honest answers about branches and opening hours."""

    name = "places"
    intents: tuple[str, ...] = ("branch_location", "business_hours")

    def start(self, turn: Turn) -> Step:
        """How to find the place or the hour."""
        intent = turn.understanding.intent
        if intent == "business_hours":
            return idle(turn, answer(turn, intent))
        city = turn.understanding.entity("city")
        return idle(turn, answer(turn, "branch_location", city=f"{city.text}的网点，" if city else ""))

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None
