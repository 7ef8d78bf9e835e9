"""Fraud: stop first, then 110 and the hotline, then a person ahead of everybody else. No product is ever
offered here.
"""

import re

from bot.customers.rules import Telling
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import facts_of, first_slot, is_staffed, phone_of, promised_at
from bot.dialogue.flows.saying import answer, idle
from bot.handoff.rules import Priority
from bot.knowledge import hours
from bot.messages import HandoffRequest

DESK = "fraud"
VICTIM_PRIORITY = int(Priority.URGENT)
SUSPECTED_PRIORITY = int(Priority.SUSPECTED_FRAUD)

# The first script whose words are in the text names the warning; more specific ones stand first.
_SCRIPTS = (
    (
        "fraud_ukey",
        re.compile(r"(寄|快递|邮).{0,10}([Uu优又]\s*[盾顿]|公章|网银)|([Uu优又]\s*[盾顿]|公章).{0,12}(寄|快递|邮)"),
    ),
    (
        "fraud_rent",
        re.compile(
            r"(借|租|卖|收).{0,8}([Uu优又]\s*[盾顿]|对公|账户|帐户|公户)|([Uu优又]\s*[盾顿]|对公|公户).{0,8}(借|租|卖)"
        ),
    ),
    ("fraud_washing", re.compile(r"刷流水|走账|走帐|过账|包装流水|流水.{0,4}包装|刷.{0,3}流水")),
    ("fraud_police", re.compile(r"安全账户|洗钱|公安|警察|法院|检察|通缉|涉案")),
    ("fraud_boss", re.compile(r"老板.{0,8}(转|打款)|换.{0,3}收款|收款账号.{0,4}(换|变)|财务总监|冒充")),
    ("fraud_code", re.compile(r"验证码|共享屏幕|屏幕共享|远程|会议软件|密码")),
    ("fraud_link", re.compile(r"链接|点进去|网址|扫码|升级|短信")),
    (
        "fraud_fee",
        re.compile(r"保证金|解冻|手续费|认证金|先交|先打|先转|还款能力|收.{0,3}点|垫资|过桥|内部渠道|百分百|洗白|修复"),
    ),
)


class Fraud:
    """Victims and suspicions go to a person at once; questions are answered."""

    name = "fraud"
    intents: tuple[str, ...] = ("fraud_victim", "fraud_suspicious", "fraud_verify_caller", "fraud_tips")

    def start(self, turn: Turn) -> Step:
        """By intent; an intent that is no fraud means another flow found a trick under way."""
        intent = turn.understanding.intent
        if intent in ("fraud_verify_caller", "fraud_tips"):
            return idle(turn, answer(turn, intent))
        return victim(turn) if intent == "fraud_victim" else suspected(turn)

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None


def victim(turn: Turn) -> Step:
    """Money or secrets are gone: 110 and the hotline in the first line, a person before all others."""
    reply_id = "fraud_victim" if is_staffed(turn, DESK) else "fraud_victim_off_hours"
    return _alarm(turn, "客户已受骗", VICTIM_PRIORITY, (reply_id,))


def suspected(turn: Turn) -> Step:
    """Somebody is trying: the warning that fits the trick, and a person."""
    warning = next((reply_id for reply_id, words in _SCRIPTS if words.search(turn.text)), "fraud_suspicious")
    after = "fraud_connecting" if is_staffed(turn, DESK) else "fraud_off_hours"
    return _alarm(turn, "疑似诈骗", SUSPECTED_PRIORITY, (warning, after))


def _alarm(turn: Turn, reason: str, priority: int, reply_ids: tuple[str, ...]) -> Step:
    slot = first_slot(turn, DESK)
    at = slot + hours.SLOT if slot else promised_at(turn, DESK)
    session = turn.session.idle().with_slots(risk=reason)
    replies = tuple(answer(turn, reply_id, time=hours.moment_text(at, turn.now)) for reply_id in reply_ids)
    if is_staffed(turn, DESK):
        return Step(session, replies, HandoffRequest(DESK, reason, priority, {**facts_of(turn, DESK), "risk": reason}))
    if phone_of(turn) is None and turn.firm_to_tell(Telling.BANK_PHONE) is None:
        stamp = int(slot.timestamp()) if slot else None
        session = session.with_slots(callback_skill=DESK, callback_reason=reason, callback_slot=stamp)
        session = session.waiting_in("callback", "phone")
        replies = (*replies, answer(turn, "fraud_leave_phone"))
    return Step(
        session,
        replies,
        callback_phone=phone_of(turn) or "",
        callback_at=at,
        callback_slot=slot,
        callback_skill=DESK,
        callback_reason=reason,
    )
