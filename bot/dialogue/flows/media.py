"""What is not text: pictures and files may hold personal data and are declined; an unheard voice is asked again."""

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.places import near
from bot.dialogue.flows.saying import answer
from bot.messages import MessageKind

SAYS = {
    MessageKind.IMAGE: "media_refused",
    MessageKind.VIDEO: "media_refused",
    MessageKind.FILE: "media_refused",
    MessageKind.VOICE: "media_voice",
    MessageKind.LINK: "media_link",
}


class Media:
    """Answers by kind; whoever was waiting goes on waiting."""

    name = "media"
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The sentence for this kind of message."""
        if turn.message.kind is MessageKind.LOCATION:
            return near(turn)
        if turn.session.flow == "payroll" and turn.message.kind in (MessageKind.FILE, MessageKind.IMAGE):
            return Step(turn.session, (answer(turn, "payroll_no_file"),))
        return Step(turn.session, (answer(turn, SAYS.get(turn.message.kind, "media_other")),))

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None
