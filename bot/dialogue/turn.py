"""One message in, one decision out: who has the word, what the bot says. Reads and asks, but changes nothing:
bot/inbound.py carries the decision out in one transaction.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import local_day
from bot.compliance.rules import FraudKind, FraudSignal
from bot.customers.rules import IdentityLevel
from bot.dialogue import choices, policy
from bot.dialogue.finishing import finish
from bot.dialogue.flow import ReadsPart, Step, Turn, reads_nothing
from bot.dialogue.flows.callback import FLOW as CALL_BACK
from bot.dialogue.flows.guide import FLOW as GUIDE
from bot.dialogue.flows.guide import guide_tap
from bot.dialogue.hurried_bank import HurriedBank
from bot.dialogue.reader import Reader
from bot.dialogue.session import Session
from bot.dialogue.slots import VAGUE_PURPOSE, find_slots
from bot.handoff.model import Owner
from bot.knowledge import hours
from bot.knowledge.content import Content
from bot.messages import EventName, InboundMessage, MessageKind, Understanding
from bot.ports import CoreBank, Firm, Nlu

log = structlog.get_logger()

GENERAL_DESK = "general"
# An answer this late would surprise: an apology, and what must not be lost.
TOO_LATE = timedelta(minutes=5)
# The slot that tells when it was last said that messages came late, in seconds; no person sees it.
APOLOGISED = "apologised"
FRAUD_INTENTS = {FraudKind.VICTIM: "fraud_victim", FraudKind.SUSPECTED: "fraud_suspicious"}
# As the fraud flow names it on the card.
RISKS = {FraudKind.VICTIM: "客户已受骗", FraudKind.SUSPECTED: "疑似诈骗"}
NOTHING_SAID = Understanding("none", 1.0, by="event")

_ASKS_PLACE = re.compile(
    r"排队|排到|第几|多久|还要等|等多长|前面.{0,3}(几|多少)|人呢|在不在|有人吗|怎么还没|等不(了|及|起)"
)
# The whole message, and nothing but the line, a person or the wait: 不用开票 is told to whoever comes.
_STOPS_WAITING = re.compile(
    r"((那|我|就|先|还是|都|也|算了|好吧|行吧|唉|哎|太慢了?|太久了?|谢谢|麻烦)*"
    r"((不用|不要|不需要|不想|不必|别|取消)(再|给我|帮我)?((转|找|接|要|叫|等|排)?(人工|真人|在线)?(人工|真人|客服|排队|等待|服务)|(转|等|排)(接|待|队|人)?)"
    r"|(不用|不要|不需要|不必|取消)|不(等|排|转)(队|人工|客服|人)?|(退出|离开)(排队|队伍))"
    r"(了|吧|啦|啊|呀|哈|算了|谢谢|麻烦你们?|你们)*)+"
)
LONGEST_STOP = 12


@dataclass(frozen=True)
class Situation:
    """The message and the conversation it falls into."""

    message: InboundMessage
    owner: Owner
    session: Session
    firm: Firm | None
    now: datetime
    level: IdentityLevel
    phone: str | None = None


@dataclass(frozen=True)
class Decision:
    """What becomes of a message. `asks_place` and `stops_waiting` are about a line the follower stands in."""

    step: Step
    turn: Turn | None = None
    asks_place: bool = False
    stops_waiting: bool = False
    warns_of_secret: bool = False
    is_urgent: bool = False


@dataclass(frozen=True)
class Dialogue:
    """Decides turns over one content; shared by all threads."""

    content: Content
    nlu: Nlu
    bank: CoreBank
    find_fraud: Callable[[str], FraudSignal | None]
    free_slots: hours.FreeSlots
    monotonic: Callable[[], float] = time.monotonic

    def decide(self, situation: Situation) -> Decision:
        """The decision for one message of a follower."""
        situation = replace(situation, session=_without_ended_guide(situation.session, self.content))
        message = situation.message
        secret = any(kind != "phone" for kind in message.secrets)
        silent = Decision(Step(situation.session), warns_of_secret=secret)
        if situation.now - message.sent_at > TOO_LATE:
            return self._late(situation, silent)
        tapped = self._tapped_guide(situation)
        if tapped is not None:
            return replace(silent, step=tapped)
        if situation.owner is Owner.ACTIVE:
            return self._listen(situation, silent)
        is_alarm = self.find_fraud(message.text) is not None
        if situation.owner in (Owner.QUEUED, Owner.OFFERED) and (is_alarm or not _is_for_the_bot(situation)):
            return self._while_waiting(situation, silent)
        reader = self._reader(situation)
        turn = self._turn(situation, reader)
        step = policy.decide(turn)
        if situation.owner is not Owner.BOT:
            # He stands in line already; what else the step does, such as promising a call, is done all the same.
            asks_again = step.handoff is not None
            if asks_again:
                refused = policy.refusal(turn)
                step = replace(step, handoff=None, replies=refused.replies if refused else ())
            return replace(silent, step=step, asks_place=asks_again)
        log.info(
            "turn_decided",
            intent=turn.understanding.intent,
            confidence=round(turn.understanding.confidence, 3),
            by=turn.understanding.by,
            nlu_calls=reader.asked,
            flow=step.session.flow,
            handoff=step.handoff.skill if step.handoff else None,
        )
        return replace(silent, step=step, turn=turn)

    def _late(self, situation: Situation, silent: Decision) -> Decision:
        """An alarm, a complaint, a no, a wish for a person and a data request count however late they are read."""
        if situation.owner is Owner.ACTIVE:
            return self._apologised(self._listen(situation, silent))
        if situation.owner is not Owner.BOT:
            return self._apologised(replace(self._while_waiting(situation, silent), asks_place=False))
        told = situation.session.with_slots(**{APOLOGISED: int(situation.now.timestamp())})
        turn = self._turn(replace(situation, session=told), self._reader(situation))
        step = policy.decide_late(turn)
        if step is not None:
            return replace(silent, step=step, turn=turn)
        if silent.warns_of_secret:
            return self._warned_late(situation)
        return self._asked_again(situation, told) if _was_left_waiting(situation) else silent

    def _apologised(self, decision: Decision) -> Decision:
        step = decision.step
        if not step.replies:
            return decision
        return replace(decision, step=replace(step, replies=(self.content.say("late_sorry"), *step.replies)))

    def _warned_late(self, situation: Situation) -> Decision:
        """The warning of a secret is due however late; it says who speaks and leads to a person like any answer."""
        warned = Step(situation.session, (self.content.say("secret_warning"),))
        return Decision(finish(self._turn_of(situation, NOTHING_SAID), warned))

    def _asked_again(self, situation: Situation, told: Session) -> Decision:
        """An apology and the wish to send it again; the lines under the last answer may still be typed."""
        step = finish(self._turn_of(situation, NOTHING_SAID), Step(told, (self.content.say("late_again"),)))
        offered = situation.session.offered or step.session.offered
        return Decision(replace(step, session=replace(step.session, offered=offered)))

    def _while_waiting(self, situation: Situation, silent: Decision) -> Decision:
        """The follower stands in line: his words are kept for the rep; only questions about the line are answered."""
        text = situation.message.text
        if self.find_fraud(text) is not None:
            # He is warned at once: until somebody has time for him, the money may be gone.
            return replace(silent, step=policy.decide(self._turn(situation, self._reader(situation))), is_urgent=True)
        if len(text) <= LONGEST_STOP and _STOPS_WAITING.fullmatch(choices.without_signs(text)):
            return replace(silent, stops_waiting=True)
        asks = _ASKS_PLACE.search(text) is not None or choices.wants_human(text)
        return replace(self._listen(situation, silent), asks_place=asks)

    def _listen(self, situation: Situation, silent: Decision) -> Decision:
        """A person has the word or soon will: nothing is said, but what is told goes onto the rep's card."""
        message = situation.message
        if not message.text or _is_tap(message):
            return silent
        # A no counts at once and is confirmed, whoever has the word; so do a trick and a complaint beside it.
        step = policy.refusal(self._turn_of(situation, NOTHING_SAID)) or self._told(situation)
        signal = self.find_fraud(message.text)
        session = step.session.with_slots(risk=_risk(step.session, signal))
        complains = signal is None and choices.complains(message.text)
        return replace(silent, step=replace(step, session=session, complains=complains), is_urgent=signal is not None)

    def _told(self, situation: Situation) -> Step:
        """What a message adds to what is known."""
        turn = self._turn_of(situation, self._reader(situation).whole(situation.message.text))
        return Step(situation.session.with_slots(**_news(turn)))

    def _tapped_guide(self, situation: Situation) -> Step | None:
        choice = situation.message.menu_choice
        # While the bot has the word, policy.py answers the tap like any other, with a way to a person under it.
        if situation.owner is Owner.BOT or choice is None or choices.split(choice)[0] != "guide":
            return None
        return guide_tap(self._turn_of(situation, NOTHING_SAID))

    def _reader(self, situation: Situation) -> Reader:
        return Reader(self.nlu, self.content, local_day(situation.now), self.monotonic)

    def _turn(self, situation: Situation, reader: Reader) -> Turn:
        message = situation.message
        if message.event is not None or (message.kind is not MessageKind.TEXT and not message.text):
            return self._turn_of(situation, NOTHING_SAID)
        understood = reader.whole(message.text)
        signal = self.find_fraud(message.text)
        if signal is not None:
            urgent = Understanding(FRAUD_INTENTS[signal.kind], 1.0, entities=understood.entities, by="fraud_words")
            return self._turn_of(replace(situation, session=situation.session.idle()), urgent)
        return self._turn_of(situation, understood, reader.part)

    def _turn_of(self, situation: Situation, understanding: Understanding, read: ReadsPart = reads_nothing) -> Turn:
        choice = situation.message.menu_choice
        if situation.message.event is EventName.CLICK:
            choice = self.content.menu_keys.get(situation.message.event_key or "")
        return Turn(
            message=situation.message,
            understanding=understanding,
            session=situation.session,
            content=self.content,
            bank=HurriedBank(self.bank, monotonic=self.monotonic),
            firm=situation.firm,
            now=situation.now,
            in_hours=hours.is_open(situation.now, self.content.skills[GENERAL_DESK]),
            choice=choice,
            read=read,
            phone=situation.phone,
            free_slots=self.free_slots,
            level=situation.level,
        )


def _without_ended_guide(session: Session, content: Content) -> Session:
    """The session without a guide that has ended, or lost the step it was at, since the last message."""
    if session.guide is None:
        return session
    guide, number = content.guides.get(session.guide[0]), session.guide[1]
    if guide is not None and number <= len(guide.steps):
        return session
    is_paused = session.paused is not None and session.paused[0] == GUIDE
    left = session.idle() if session.flow == GUIDE else session
    return replace(left, guide=None, paused=None if is_paused else session.paused)


def _risk(session: Session, signal: FraudSignal | None) -> str | None:
    """What the card says of fraud; who was already cheated stays so, whatever he says next."""
    if signal is None or session.slots.get("risk") == RISKS[FraudKind.VICTIM]:
        return None
    return RISKS[signal.kind]


def _news(turn: Turn) -> dict[str, Any]:
    """What a message adds to what is known: 周转半年 tells the term, and does not wash 复工复产 away."""
    found = find_slots(turn)
    if found.get("purpose") == VAGUE_PURPOSE and turn.session.slots.get("purpose") is not None:
        del found["purpose"]
    return found


def _was_left_waiting(situation: Situation) -> bool:
    """True when he said something that wants an answer, after the last apology: one is enough for all before it."""
    message, session = situation.message, situation.session
    if message.event is not None or not message.text or choices.is_wordless(message.text):
        return False
    if session.flow is None and choices.is_acknowledged(message.text):
        return False
    return int(message.sent_at.timestamp()) > int(session.slots.get(APOLOGISED, 0))


def _is_for_the_bot(situation: Situation) -> bool:
    """True for a tap, and for the number that the bot asked for when 给我回电 was tapped while waiting."""
    return _is_tap(situation.message) or situation.session.flow == CALL_BACK


def _is_tap(message: InboundMessage) -> bool:
    return message.menu_choice is not None or message.event is EventName.CLICK
