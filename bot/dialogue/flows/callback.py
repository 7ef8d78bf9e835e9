"""Please phone me: a number, a time, a promise."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import local
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import CALL_WITHIN, desk_of, phone_of, promised_at
from bot.dialogue.flows.saying import answer, idle
from bot.knowledge import hours

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_SOME_NUMBER = re.compile(r"\d{6,}|^\D{0,3}\d{3,}\D{0,3}$")
_NO_PHONE = re.compile(
    r"(不想|不愿|不方便|不要|不用|别)(留|给|说|接|打)?(电话|手机|号码|接听)|不留|不方便接|在?微信(里|上)?(说|聊|联系|找|发|回)"
)
_THIS_NUMBER = re.compile(
    r"(就|打|用)?(这个|我这个|微信(上)?的?|预留的?|注册的?|银行留的|留过的?|老)(那个)?(手机号码?|电话|号码?|号)|就这个|预留的"
)
_DAY = r"今天|明天|后天|大后天|今晚|明早|下?周[一二三四五六日天]|星期[一二三四五六日天]"
_HOUR = r"(早上|上午|中午|下午|晚上|傍晚)|([0-2]?\d|[一二两三四五六七八九十]{1,2})点(半|以?后|左右|钟|之后)*"
_WISH = re.compile(
    rf"({_DAY})({_HOUR})*(以?后|左右|之后)?|({_HOUR})+(以?后|左右|之后)?|晚(一)?点|过(一)?会儿?|下班(以?后|之后)|有空的?时候|随时"
)
LONGEST_WISH = 14
_DAYS_AHEAD = (("大后天", 3), ("后天", 2), ("明天", 1), ("明早", 1))
AFTERNOON = 14
BANKS_NUMBER = "您在我行预留的号码"
REASON = "客户请回电"
CALL_BACK = "callback"


class Callback:
    """Promises a call, with the number of the message, of the chat or of the bank."""

    name = CALL_BACK
    intents: tuple[str, ...] = ("callback_request",)

    def start(self, turn: Turn) -> Step:
        """Promise at once when a number is known, else ask for one."""
        phone = phone_of(turn)
        turn = _with_wish(turn)
        if phone is None and turn.firm is None:
            waiting = turn.session.with_slots(callback_skill=desk_of(turn)).waiting_in(self.name, "phone")
            return Step(waiting, (answer(turn, "callback_ask_phone"),))
        return _promise(turn, phone)

    def resume(self, turn: Turn) -> Step | None:
        """The number, at last."""
        if turn.choice == "continue":
            return Step(turn.session, (answer(turn, "callback_ask_phone"),))
        found = _MOBILE.search(turn.text)
        turn = _with_wish(turn)
        if found:
            return _promise(turn, re.sub(r"\D", "", found[0]))
        if _THIS_NUMBER.search(turn.text):
            known = phone_of(turn)
            if known or turn.firm:
                return _promise(turn, known)
            return Step(turn.session, (answer(turn, "callback_ask_number"),))
        if _SOME_NUMBER.search(turn.text):
            return Step(turn.session, (answer(turn, "callback_bad_phone"),))
        wish = find_wish(turn.text)
        if wish is not None and len(turn.text) <= LONGEST_WISH:
            return Step(turn.session, (answer(turn, "callback_wish_ask_phone", wish=wish),))
        if not choices.is_no(turn.text) and not choices.drops(turn.text) and not _NO_PHONE.search(turn.text):
            return None
        is_promised = "callback_reason" in turn.session.slots
        return idle(turn, answer(turn, "callback_by_chat" if is_promised else "deny"))


def find_wish(text: str) -> str | None:
    """When the follower would like to be called, in his own words; None when he does not say."""
    found = _WISH.search(text)
    return found[0] if found else None


def _with_wish(turn: Turn) -> Turn:
    return replace(turn, session=turn.session.with_slots(callback_wish=find_wish(turn.text)))


def _promise(turn: Turn, phone: str | None) -> Step:
    slots = turn.session.slots
    desk = str(slots.get("callback_skill") or desk_of(turn))
    reason = str(slots.get("callback_reason") or REASON)
    wish = slots.get("callback_wish")
    at = _wished_at(turn, str(wish), desk) if wish else promised_at(turn, desk)
    number = f"尾号{phone[-4:]}" if phone else BANKS_NUMBER
    if wish:
        reply = answer(turn, "callback_wished", wish=wish, phone=number)
        reason = f"{reason}（希望{wish}）"
    else:
        reply_id = "callback_request" if turn.in_hours else "callback_off_hours"
        reply = answer(turn, reply_id, time=hours.moment_text(at, turn.now), phone=number)
    kept = {name: value for name, value in slots.items() if name != "callback_wish"}
    session = replace(turn.session.idle(), slots=kept).with_slots(phone=phone)
    return Step(
        session, (reply,), callback_phone=phone or "", callback_at=at, callback_skill=desk, callback_reason=reason
    )


def _wished_at(turn: Turn, wish: str, desk: str) -> datetime:
    """By when the rep is to call: on the day that was named and not before its part, within the desk's hours."""
    skill = turn.content.skills[desk]
    days = next((days for word, days in _DAYS_AHEAD if word in wish), 0)
    hour = AFTERNOON if re.search(r"下午|晚上|今晚|傍晚", wish) else 0
    wished = local(turn.now).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=days)
    if hours.is_open(wished, skill):
        return max(wished + CALL_WITHIN, promised_at(turn, desk))
    return max(hours.next_opening(wished, skill) + CALL_WITHIN, promised_at(turn, desk))
