"""Please phone me: a free half hour of the desk, a number, a promise. Nothing is promised that the desk cannot keep.

The half hour is looked up here and taken in the turn's transaction (bot/followups/slots.py); when somebody else was
quicker, the turn starts over and finds others.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clock import local
from bot.customers.rules import Telling
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import BANKS_NUMBER, desk_of, phone_of, promised_at, reason_of
from bot.dialogue.flows.saying import answer, idle
from bot.dialogue.phones import MOBILE, find_given
from bot.dialogue.times import Wish, find_wish
from bot.knowledge import hours
from bot.messages import Choice

FLOW = "callback"
ASKS_TIME, ASKS_PHONE = "time", "phone"
# Who wants a call later than this has time to ask again.
AHEAD = timedelta(days=14)
MOST_OFFERED = 3
_SOME_NUMBER = re.compile(r"\d{6,}|^\D{0,3}\d{3,}\D{0,3}$")
_NO_PHONE = re.compile(
    r"(不想|不愿|不方便|不要|不用|别)(留|给|说|接|打)?(电话|手机|号码|接听)|不留|不方便接|在?微信(里|上)?(说|聊|联系|找|发|回)"
)
_THIS_NUMBER = re.compile(
    r"(就|打|用)?(这个|我这个|微信(上)?的?|预留的?|注册的?|银行留的|留过的?|老)(那个)?(手机号码?|电话|号码?|号)|就这个|预留的"
)
REASON = "客户请回电"


class Callback:
    """A half hour that suits both, and the number of the message, of the chat, of our records or of the bank."""

    name = FLOW
    intents: tuple[str, ...] = ("callback_request",)

    def start(self, turn: Turn) -> Step:
        """The half hour that was named, else three free ones to choose from."""
        turn = replace(turn, session=turn.session.with_slots(phone=_number_to_call(turn)))
        return _schedule(_knowing_desk(turn), _wish(turn))

    def resume(self, turn: Turn) -> Step | None:
        """A half hour, a number, or neither."""
        kind, _, rest = (turn.choice or "").partition(":")
        if kind == "slot" and rest.isdigit():
            return _take(turn, datetime.fromtimestamp(int(rest), UTC))
        if turn.choice == "continue" or choices.goes_back(turn.text):
            return _ask_phone(turn) if turn.session.step == ASKS_PHONE and turn.choice else _schedule(turn, None)
        found = find_given(turn.text)
        turn = replace(turn, session=turn.session.with_slots(phone=found))
        wish = _wish(turn)
        if wish is not None and not (choices.is_question(turn.text) and not found):
            return _schedule(turn, wish)
        if turn.session.step == ASKS_TIME:
            return _schedule(turn, None) if found else _declined(turn)
        return _with_phone(turn) if found else _about_phone(turn)


def _number_to_call(turn: Turn) -> str | None:
    """The number in a request for a call; the model knows landlines too."""
    entity = turn.understanding.entity("phone")
    if entity is None or MOBILE.search(turn.text):
        return find_given(turn.text)
    return str(entity.value)


def _wish(turn: Turn) -> Wish | None:
    return find_wish(MOBILE.sub("", turn.text), turn.understanding, turn.now)


def _knowing_desk(turn: Turn) -> Turn:
    """The desk and the number this message names are kept for the answers that follow."""
    desk = turn.session.slots.get("callback_skill") or desk_of(turn)
    return replace(turn, session=turn.session.with_slots(callback_skill=desk, phone=phone_of(turn)))


def _desk(turn: Turn) -> str:
    return str(turn.session.slots.get("callback_skill") or desk_of(turn))


def _schedule(turn: Turn, wish: Wish | None) -> Step:
    """The half hour of this wish, or what is free near it."""
    skill = turn.content.skills[_desk(turn)]
    free = turn.free_slots(skill, turn.now, turn.now + AHEAD)
    if not free:
        return idle(turn, answer(turn, "callback_none_free"))
    if wish is None:
        return _offer(turn, "callback_ask_time", free[:MOST_OFFERED])
    if wish.is_soon:
        return _take(turn, free[0])
    if wish.first > turn.now + AHEAD:
        return _offer(turn, "callback_too_far", free[:MOST_OFFERED])
    within = [slot for slot in free if slot < wish.end and slot + hours.SLOT > wish.first]
    if wish.is_exact and within and within[0] <= wish.first:
        return _take(turn, within[0])
    if within and not wish.is_exact:
        return _offer(turn, "callback_pick_time", within[:MOST_OFFERED])
    is_open = any(slot < wish.end for slot in hours.slots_of(skill, wish.first - hours.SLOT, wish.end))
    near = sorted(sorted(free, key=lambda slot: abs(slot - wish.first))[:MOST_OFFERED])
    return _offer(turn, "callback_time_full" if is_open else "callback_time_closed", near)


def _offer(turn: Turn, reply_id: str, slots: Sequence[datetime]) -> Step:
    lines = (Choice(f"{FLOW}:slot:{int(slot.timestamp())}", hours.slot_text(slot, turn.now)) for slot in slots)
    return Step(turn.session.waiting_in(FLOW, ASKS_TIME), (answer(turn, reply_id, *lines),))


def _take(turn: Turn, slot: datetime) -> Step:
    """This half hour if it is free, else others; a number is asked for only when nobody has one."""
    turn = _knowing_desk(turn)
    skill = turn.content.skills[_desk(turn)]
    free = turn.free_slots(skill, turn.now, turn.now + AHEAD)
    if slot not in free and slot != _own_slot(turn):
        return _schedule(turn, Wish(slot, slot + hours.SLOT, is_exact=True))
    session = turn.session.with_slots(callback_slot=int(slot.timestamp()))
    turn = replace(turn, session=session)
    knows_number = phone_of(turn) is not None or turn.firm_to_tell(Telling.BANK_PHONE) is not None
    return _with_phone(turn) if knows_number else _ask_phone(turn)


def _own_slot(turn: Turn) -> datetime | None:
    """The half hour that was chosen or promised already."""
    stamp = turn.session.slots.get("callback_slot")
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, int) else None


def _ask_phone(turn: Turn) -> Step:
    slot = _own_slot(turn)
    asked = (
        answer(turn, "callback_ask_phone", time=hours.slot_text(slot, turn.now))
        if slot
        else answer(turn, "callback_ask_number")
    )
    return Step(turn.session.waiting_in(FLOW, ASKS_PHONE), (asked,))


def _with_phone(turn: Turn) -> Step:
    """The promise, with its half hour and its number."""
    slot, slots = _own_slot(turn), turn.session.slots
    phone = phone_of(turn)
    number = f"尾号{phone[-4:]}" if phone else BANKS_NUMBER
    if slot is None and slots.get("callback_reason"):
        return _noted(turn, phone, number)
    if slot is None or slot <= turn.now:
        return _schedule(turn, None)
    reply = answer(turn, "callback_booked", time=hours.slot_text(slot, turn.now), phone=number)
    day = local(slot)
    reason = slots.get("callback_reason") or REASON
    return Step(
        turn.session.idle().with_slots(phone=phone),
        (reply,),
        callback_phone=phone or "",
        callback_at=slot + hours.SLOT,
        callback_slot=slot,
        callback_skill=_desk(turn),
        callback_reason=reason_of(turn, f"{reason}（约{day.month}月{day.day}日{day.hour}:{day.minute:02d}）"),
    )


def _noted(turn: Turn, phone: str | None, number: str) -> Step:
    """A number for a call that is promised already and waits for no half hour: who is being cheated is called first."""
    desk = _desk(turn)
    at = promised_at(turn, desk)
    reply = answer(turn, "callback_noted", time=hours.moment_text(at, turn.now), phone=number)
    return Step(
        turn.session.idle().with_slots(phone=phone),
        (reply,),
        callback_phone=phone or "",
        callback_at=at,
        callback_skill=desk,
        callback_reason=str(turn.session.slots["callback_reason"]),
    )


def _about_phone(turn: Turn) -> Step | None:
    """Words where a number was asked for."""
    if _THIS_NUMBER.search(turn.text):
        is_known = phone_of(turn) is not None or turn.firm_to_tell(Telling.BANK_PHONE) is not None
        return _with_phone(turn) if is_known else Step(turn.session, (answer(turn, "callback_ask_number"),))
    if MOBILE.search(turn.text):
        return Step(turn.session, (answer(turn, "callback_whose_phone"),))
    if _SOME_NUMBER.search(turn.text):
        return Step(turn.session, (answer(turn, "callback_bad_phone"),))
    return _declined(turn)


def _declined(turn: Turn) -> Step | None:
    if not choices.is_no(turn.text) and not choices.drops(turn.text) and not _NO_PHONE.search(turn.text):
        return None
    # A call promised off hours stays promised; without a number it becomes a word in the chat.
    is_promised = "callback_reason" in turn.session.slots
    return idle(turn, answer(turn, "callback_by_chat" if is_promised else "deny"))
