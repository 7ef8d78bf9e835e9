"""A person, at the first ask: the desk by topic, the facts so far, or a promised call when nobody is on duty."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.customers.rules import Telling
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer
from bot.dialogue.phones import find_given, find_own
from bot.dialogue.session import RETURNED
from bot.dialogue.slots import NEED, find_slots
from bot.handoff.rules import Priority
from bot.knowledge import hours
from bot.messages import HandoffRequest

GENERAL = "general"
BANKS_NUMBER = "您在我行预留的号码"
LOAN = "loan"
EBANK = "ebank"
ELDER_PRIORITY = int(Priority.ELDER)
# A call-back is promised half an hour after the desk opens, so that the first minutes of a morning can hold it.
CALL_WITHIN = timedelta(minutes=30)
# Off hours the first half hour with a place is promised; holidays with their weekends are shorter than this.
LONGEST_WAIT = timedelta(days=21)

_TOPICS = (
    (LOAN, re.compile(r"贷|额度|利率|利息|还款|提款|放款|借钱|资金|授信|周转")),
    (EBANK, re.compile(r"[Uu优]\s*[盾顿]|网银|手机银行|回单|对账|代发|工资|转账|操作员|登录|证书")),
    (GENERAL, re.compile(r"积分|开户|销户|账户|网点|加油卡")),
)
# The desk of the matter in hand; it says more than what was asked before it.
_DESK_OF_FLOW = {
    **dict.fromkeys(("loan", "loan_case", "calculator", "eligibility", "price"), LOAN),
    **dict.fromkeys(("ukey", "login", "transfer", "receipts", "reconciliation", "payroll", "operators"), EBANK),
    "account_case": GENERAL,
}
_DEDICATED = re.compile(r"专属|客户经理|专门")


class Human:
    """Who asks for a person gets one; nothing is asked first."""

    name = "human"
    intents: tuple[str, ...] = ("human_agent", "dedicated_rep")

    def start(self, turn: Turn) -> Step:
        """Into the line, or a promised call off hours."""
        if turn.understanding.intent == "dedicated_rep" or _DEDICATED.search(turn.text):
            return hand_over(turn, reason="客户要找专属客服", reply_id="dedicated_rep")
        return hand_over(turn, reason="客户要求人工")

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None


def hand_over(
    turn: Turn, *, reason: str, skill: str | None = None, priority: int = 0, reply_id: str = "human_agent"
) -> Step:
    """Ask for a person of the right desk, with what is known; off hours promise a call."""
    desk = skill or desk_of(turn)
    if not is_staffed(turn, desk):
        return promise(turn, desk, reason, ("human_off_hours", "human_off_hours_no_phone"))
    if turn.session.slots.get("elder"):
        priority += ELDER_PRIORITY
    if reply_id == "human_agent" and turn.session.slots.get(RETURNED):
        reply_id = "human_again"
    request = HandoffRequest(desk, reason, priority, facts_of(turn, desk))
    return Step(turn.session.idle(), (answer(turn, reply_id, desk=turn.content.skills[desk].name),), request)


def promise(turn: Turn, desk: str, reason: str, reply_ids: tuple[str, str]) -> Step:
    """Promise a call of this desk; the second reply asks for a number when neither bank nor follower gave one."""
    skill = turn.content.skills[desk]
    slot = first_slot(turn, desk)
    at = slot + hours.SLOT if slot else promised_at(turn, desk)
    phone = phone_of(turn)
    session = turn.session.with_slots(
        callback_skill=desk,
        callback_reason=reason,
        callback_slot=int(slot.timestamp()) if slot else None,
        phone=phone,
    ).idle()
    if phone is None and turn.firm_to_tell(Telling.BANK_PHONE) is None:
        session = session.waiting_in("callback", "phone")
    says = {
        "desk": skill.name,
        "open": hours.moment_text(hours.next_opening(turn.now, skill), turn.now),
        "time": hours.moment_text(at, turn.now),
        "number": f"尾号{phone[-4:]}的号码" if phone else BANKS_NUMBER,
    }
    reply = answer(turn, reply_ids[1] if session.flow else reply_ids[0], **says)
    return Step(
        session,
        (reply,),
        callback_phone=phone or "",
        callback_at=at,
        callback_slot=slot,
        callback_skill=desk,
        callback_reason=reason_of(turn, reason),
    )


def first_slot(turn: Turn, desk: str) -> datetime | None:
    """The next half hour in which this desk can phone, if it is not too far away to be promised."""
    return next(iter(turn.free_slots(turn.content.skills[desk], turn.now, turn.now + LONGEST_WAIT)), None)


def reason_of(turn: Turn, reason: str) -> str:
    """Why somebody is to be called, as the rep reads it before he dials."""
    return f"{reason}（客户操作不熟，请慢慢讲）" if turn.session.slots.get("elder") else reason


def is_staffed(turn: Turn, desk: str) -> bool:
    """True while reps of this desk are on duty; the fraud desk stays longer than the others."""
    return turn.in_hours or hours.is_open(turn.now, turn.content.skills[desk])


def promised_at(turn: Turn, desk: str) -> datetime:
    """By when a call is promised: in half an hour while the desk is open then, else half an hour after it opens."""
    skill = turn.content.skills[desk]
    soon = turn.now + CALL_WITHIN
    if hours.is_open(turn.now, skill) and hours.is_open(soon, skill):
        return soon
    return hours.next_opening(turn.now, skill) + CALL_WITHIN


def phone_of(turn: Turn) -> str | None:
    """The follower's own number, from this message or any time before; one he only tells of may be a swindler's."""
    is_asked = (turn.session.flow, turn.session.step) == ("callback", "phone")
    said = find_given(turn.text) if is_asked else find_own(turn.text)
    found = said or turn.session.slots.get("phone") or turn.phone
    return str(found) if found else None


def desk_of(turn: Turn) -> str:
    """The desk for this wish: by the words said, else by the matter in hand, else by what was talked about last."""
    for desk, words in _TOPICS:
        if words.search(turn.text):
            return desk
    in_hand = turn.session.flow or ""
    if in_hand == "guide" and turn.session.guide is not None:
        return LOAN if turn.session.guide[0].startswith("loan") else GENERAL
    if in_hand in _DESK_OF_FLOW:
        return _DESK_OF_FLOW[in_hand]
    skills = turn.content.intent_skills
    spoken_of = (turn.session.last_intent, turn.understanding.intent)
    talked = next((desk for intent in spoken_of if intent and (desk := skills.get(intent, GENERAL)) != GENERAL), None)
    if talked is None and any(name in turn.session.slots for name in NEED):
        return LOAN
    return talked or GENERAL


def facts_of(turn: Turn, desk: str) -> Mapping[str, Any]:
    """What the rep need not ask again; for the loan desk unknown parts of the need are there as None."""
    guide = turn.session.guide
    facts: dict[str, Any] = {"guide": f"{guide[0]}:{guide[1]}"} if guide else {}
    if turn.session.slots.get("elder"):
        facts["elder"] = True
    if desk == LOAN:
        known = {**turn.session.slots, **find_slots(turn)}
        facts |= {name: known.get(name) for name in NEED}
        if "product" in known:
            facts["product"] = known["product"]
    return facts
