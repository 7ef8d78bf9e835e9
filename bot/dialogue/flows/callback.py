"""Please phone me: a number, a time, a promise."""

import re

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import desk_of, phone_of, promised_at
from bot.dialogue.flows.saying import answer, idle
from bot.knowledge import hours

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_SOME_NUMBER = re.compile(r"\d{6,}|^\D{0,3}\d{3,}\D{0,3}$")
_NO_PHONE = re.compile(
    r"(不想|不愿|不方便|不要|不用|别)(留|给|说|接|打)?(电话|手机|号码|接听)|不留|不方便接|在?微信(里|上)?(说|聊|联系|找|发|回)"
)
BANKS_NUMBER = "您在我行预留的号码"
REASON = "客户请回电"


class Callback:
    """Promises a call, with the number of the message, of the chat or of the bank."""

    name = "callback"
    intents: tuple[str, ...] = ("callback_request",)

    def start(self, turn: Turn) -> Step:
        """Promise at once when a number is known, else ask for one."""
        phone = phone_of(turn)
        if phone is None and turn.firm is None:
            waiting = turn.session.with_slots(callback_skill=desk_of(turn)).waiting_in(self.name, "phone")
            return Step(waiting, (answer(turn, "callback_ask_phone"),))
        return _promise(turn, phone)

    def resume(self, turn: Turn) -> Step | None:
        """The number, at last."""
        if turn.choice == "continue":
            return Step(turn.session, (answer(turn, "callback_ask_phone"),))
        found = _MOBILE.search(turn.text)
        if found:
            return _promise(turn, re.sub(r"\D", "", found[0]))
        if _SOME_NUMBER.search(turn.text):
            return Step(turn.session, (answer(turn, "callback_bad_phone"),))
        if not choices.is_no(turn.text) and not choices.drops(turn.text) and not _NO_PHONE.search(turn.text):
            return None
        is_promised = "callback_reason" in turn.session.slots
        return idle(turn, answer(turn, "callback_by_chat" if is_promised else "deny"))


def _promise(turn: Turn, phone: str | None) -> Step:
    desk = str(turn.session.slots.get("callback_skill") or desk_of(turn))
    reason = str(turn.session.slots.get("callback_reason") or REASON)
    at = promised_at(turn, desk)
    reply = answer(
        turn,
        "callback_request" if turn.in_hours else "callback_off_hours",
        time=hours.moment_text(at, turn.now),
        phone=f"尾号{phone[-4:]}" if phone else BANKS_NUMBER,
    )
    session = turn.session.idle().with_slots(phone=phone)
    return Step(
        session, (reply,), callback_phone=phone or "", callback_at=at, callback_skill=desk, callback_reason=reason
    )
