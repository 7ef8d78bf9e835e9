"""The first words to a new follower, fitted to where he comes from."""

from bot.customers.rules import Telling
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, idle
from bot.dialogue.session import ARTICLE

# How the scene of a QR code or a follow begins, and the words for it.
SCENES = (("article", "welcome_article"), ("branch", "welcome_branch"), ("counter", "welcome_branch"))


class Welcome:
    """Said once, when somebody follows the account."""

    name = "welcome"
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The welcome of this scene; a follower the bank knows is greeted as such."""
        title = turn.session.slots.get(ARTICLE)
        if title is not None:
            return idle(turn, answer(turn, "welcome_pushed", article=title))
        scene = (turn.message.event_key or "").removeprefix("qrscene_")
        reply_id = next((words for prefix, words in SCENES if scene.startswith(prefix)), None)
        return idle(turn, answer(turn, reply_id or ("welcome_back" if turn.firm_to_tell(Telling.FIRM) else "welcome")))

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None
