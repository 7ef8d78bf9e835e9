"""What a push does, by its kind, in one transaction per push. Called by the callback's threads and by the sweep.

Order: claim the follower's oldest row, decide without a transaction (the model and the bank are asked there), then
write everything at once: lines, conversation, hand-off, deliveries, the row's answer. A rep who acts in between, or
a half hour for a call that somebody else took, makes the turn start over.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial

import structlog
from sqlalchemy.orm import Session

from bot import inbox
from bot.clock import Clock
from bot.customers import service as customers
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Sender
from bot.delivery.service import Deliverer, queue, record_passive
from bot.dialogue import session as sessions
from bot.dialogue.arrivals import is_talk, note_event
from bot.dialogue.carry_out import Carried, carry_out
from bot.dialogue.flows.fallback import read_back
from bot.dialogue.turn import Decision, Dialogue, Situation
from bot.duplicates.merging import absorb_firm_record
from bot.errors import BankUnavailable, SendRefused, SlotTaken
from bot.handoff import queries
from bot.handoff.model import Conversation, Owner
from bot.handoff.routing import Routing
from bot.inbox import Answered, AnswerMode, Claim, Inbox
from bot.knowledge.content import Content
from bot.knowledge.live import Contents
from bot.messages import RECEIPTS, InboundMessage, MessageKind, Reply
from bot.ports import CoreBank, Firm, PassiveAnswers
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line

log = structlog.get_logger()

FRESH_TRIES = 4
BEHIND_PASSIVE = timedelta(seconds=2)
# Shorter than other questions to the bank: every contact begins with this one, and the answer is still to come.
FIND_FIRM_S = 0.8


# Takes note of a push about a job or a notice of ours, inside the transaction that records it.
Receipts = Callable[[Session, InboundMessage, datetime], None]


class _MovedOn(Exception):
    """The conversation changed while the turn was thinking."""


class _ClaimLost(Exception):
    """The lease ran out and another process finished the row."""


@dataclass(frozen=True)
class _AskedBank:
    """The firm he acts for, and whether the bank itself said so just now."""

    firm: Firm | None
    is_answered: bool = False


@dataclass
class _Work:
    """What one transaction leaves to be done after its commit."""

    answered: Answered | None = None
    deliveries: list[int] = field(default_factory=list)
    wake: int | None = None
    left_line: int | None = None


class Inbound:
    """Works pushes off, in order per follower."""

    def __init__(
        self,
        *,
        database: Database,
        inbox_: Inbox,
        dialogue: Dialogue,
        contents: Contents,
        bank: CoreBank,
        answers: PassiveAnswers,
        deliverer: Deliverer,
        outbound: OutboundGuard,
        routing: Routing,
        clock: Clock,
        outgoing: Executor,
        on_done: Callable[[int, Answered | None], None],
        receipts: Receipts,
    ) -> None:
        self._database = database
        self._inbox = inbox_
        self._dialogue = dialogue
        self._contents = contents
        self._bank = bank
        self._answers = answers
        self._deliverer = deliverer
        self._outbound = outbound
        self._routing = routing
        self._clock = clock
        self._outgoing = outgoing
        self._on_done = on_done
        self._receipts = receipts

    def record(self, message: InboundMessage, push_mode: str) -> None:
        """Keep a push that asks for nothing; what it says of a job of ours is taken note of once, in the same
        transaction. It makes nobody a follower: the platform speaks in its helper's name. Safe to repeat.
        """
        self._inbox.record(message, push_mode, self._clock.now(), self._note_receipt)

    def drive(self, openid: str, claim: Claim | None = None) -> None:
        """Work off everything of one follower, oldest first. Safe to call from many threads and processes at once."""
        claim = claim or self._inbox.claim_next(openid, self._clock.now())
        while claim is not None:
            self._work(claim)
            claim = self._inbox.claim_next(openid, self._clock.now())

    def sweep(self) -> int:
        """Finish what dead processes left behind; how many followers were looked at."""
        openids = self._inbox.followers_left_behind(self._clock.now())
        for openid in openids:
            self.drive(openid)
        return len(openids)

    def _note_receipt(self, session: Session, message: InboundMessage, now: datetime) -> None:
        if message.event in RECEIPTS:
            self._receipts(session, message, now)

    def _work(self, claim: Claim) -> None:
        try:
            work = self._until_fresh(claim)
        except _ClaimLost:
            log.warning("inbox_claim_lost", turn_id=claim.row_id, attempt=claim.attempt)
            return
        except Exception as error:  # noqa: BLE001 -- one follower's poison must not stop the others
            self._failed(claim, error)
            return
        self._on_done(claim.row_id, work.answered)
        if work.deliveries:
            # On a pool of its own: a slow platform must not take the threads that answer callbacks.
            self._outgoing.submit(self._deliverer.send_all, work.deliveries)
        if work.left_line is not None:
            self._routing.forget(work.left_line)
        if work.wake is not None:
            self._routing.wake(work.wake)

    def _failed(self, claim: Claim, error: Exception) -> None:
        log.error("turn_failed", turn_id=claim.row_id, attempt=claim.attempt, exc_info=error)
        if claim.attempt < inbox.MAX_ATTEMPTS:
            self._inbox.release(claim)
        else:
            self._inbox.park(claim, type(error).__name__)
            self._apologise(claim.message)

    def _apologise(self, message: InboundMessage) -> None:
        """Keep what could not be handled where a rep sees it, and say so, if a message may still be sent."""
        now = self._clock.now()
        sorry = self._contents.for_branch(now, None).say("system_trouble")
        with self._database.transaction() as session:
            follower = customers.find_follower(session, message.follower)
            row = queries.lock_open(session, follower.id) if follower else None
            if row is not None:
                add_line(session, row.id, Speaker.CUSTOMER, message.text, now, kind=message.kind.value)
            if follower is None or (row is not None and row.owner is not Owner.BOT):
                return
            try:
                delivery = queue(
                    session, follower_id=follower.id, conversation_id=None, sender=Sender.BOT, reply=sorry, now=now
                )
            except SendRefused:
                return
        self._outgoing.submit(self._deliverer.send_all, [delivery.id])

    def _until_fresh(self, claim: Claim) -> _Work:
        for _ in range(FRESH_TRIES):
            try:
                return self._once(claim)
            except (_MovedOn, SlotTaken):
                continue
        raise RuntimeError("the conversation changed under every try")

    def _once(self, claim: Claim) -> _Work:
        message, now = claim.message, self._clock.now()
        with self._database.reading() as session:
            follower, conversation = queries.find_with_chat(session, message.follower)
            is_asked = _is_bank_asked(message, follower, conversation)
            bound_at = customers.last_binding_at(session, follower.id) if follower and is_asked else None
        asked = self._ask_bank(message, follower) if is_asked else _AskedBank(_known_firm(follower))
        # One content for the whole turn, whatever is published meanwhile.
        content = self._contents.for_branch(now, asked.firm.branch if asked.firm else None)
        decision = self._decide(message, follower, conversation, asked.firm, content, now) if is_talk(message) else None
        work = _Work()
        with self._database.transaction() as session:
            known = customers.meet(session, message.follower, now)
            if asked.is_answered and customers.last_binding_at(session, known.id) == bound_at:
                # Else the bank reported a change while the turn was thinking, which is newer than its answer.
                customers.follow_bank(known, asked.firm)
                absorb_firm_record(session, known, now)
            work.left_line = note_event(session, known, message, now)
            if decision is None:
                self._answer(session, claim, known, None, None, work, now)
            else:
                row = self._current(session, known, conversation, message, now)
                desks = cache(partial(self._routing.rules, session))
                carried = carry_out(session, row, message, decision, content, desks, now)
                carried = replace(carried, reply=self._cleared(carried.reply, content, row, asked.firm, message))
                work.wake = row.id if carried.is_waiting else None
                work.left_line = row.id if decision.stops_waiting else None
                self._answer(session, claim, known, row, carried, work, now)
        return work

    def _cleared(
        self, reply: Reply | None, content: Content, row: Conversation, firm: Firm | None, message: InboundMessage
    ) -> Reply | None:
        if reply is None:
            return None
        names = [firm.name, firm.branch] if firm is not None else []
        if message.kind is MessageKind.VOICE:
            # What was heard is read back to him; 最高额度 is his question then, not our claim.
            names.append(read_back(message.text))
        return self._outbound.cleared(reply, content, row.id, names)

    def _decide(
        self,
        message: InboundMessage,
        follower: Follower | None,
        conversation: Conversation | None,
        firm: Firm | None,
        content: Content,
        now: datetime,
    ) -> Decision:
        owner = conversation.owner if conversation else Owner.BOT
        state = (
            sessions.load(conversation.session, conversation.session_expires_at, now)
            if conversation
            else sessions.Session()
        )
        phone = follower.phone if follower else None
        level = customers.level_in_turn(follower, firm)
        situation = Situation(message, owner, state, firm, now, level, phone)
        return replace(self._dialogue, content=content).decide(situation)

    def _ask_bank(self, message: InboundMessage, follower: Follower | None) -> _AskedBank:
        """The firm he acts for as the bank knows it; an outage leaves him as he was."""
        try:
            return _AskedBank(self._bank.find_firm(message.follower, timeout_s=FIND_FIRM_S), is_answered=True)
        except BankUnavailable:
            return _AskedBank(_known_firm(follower))

    def _current(
        self, session: Session, follower: Follower, seen: Conversation | None, message: InboundMessage, now: datetime
    ) -> Conversation:
        """The conversation the decision was made for, opened now if there was none. Raises _MovedOn."""
        found = queries.lock_open(session, follower.id)
        if (found.id, found.version) != (seen.id, seen.version) if found and seen else found is not seen:
            raise _MovedOn
        if found is not None:
            return found
        opened = Conversation(
            follower_id=follower.id,
            owner=Owner.BOT,
            opened_at=now,
            source=message.event_key or follower.source,
            card={},
            session={},
        )
        session.add(opened)
        session.flush()
        return opened

    def _answer(
        self,
        session: Session,
        claim: Claim,
        follower: Follower,
        row: Conversation | None,
        carried: Carried | None,
        work: _Work,
        now: datetime,
    ) -> None:
        """Finish the inbox row and let the answer leave the one way or the other."""
        reply = carried.reply if carried else None
        parts = list(self._answers.split(replace(reply, picture=None))) if reply else []
        if reply is not None and reply.picture is not None:
            # A passive answer is one message, and a text: the picture comes behind it.
            parts.append(replace(reply, text=reply.picture.instead, choices=()))
        press = self._press(claim, parts[0], now) if parts else None
        work.answered = inbox.finish(session, claim, self._clock.now(), press)
        if work.answered is None:
            raise _ClaimLost
        mode = work.answered.mode
        if row is None:
            return
        for index, part in enumerate(parts):
            is_passive = mode is AnswerMode.PASSIVE and index == 0
            behind = mode is AnswerMode.PASSIVE and index > 0
            self._say(session, follower, row, part, is_passive=is_passive, behind_passive=behind, work=work, now=now)

    def _press(self, claim: Claim, reply: Reply, now: datetime) -> Callable[[], str]:
        return lambda: self._answers.body(claim.message, reply, claim.push_mode, now)

    @staticmethod
    def _say(
        session: Session,
        follower: Follower,
        row: Conversation,
        part: Reply,
        *,
        is_passive: bool,
        behind_passive: bool,
        work: _Work,
        now: datetime,
    ) -> None:
        detail: dict[str, object] = {
            "choices": [[choice.id, choice.text] for choice in part.choices],
            "source": part.source,
        }
        if part.picture is not None:
            detail["picture"] = part.picture.name
        try:
            if is_passive:
                delivery = record_passive(session, follower.id, row.id, part, now)
            else:
                delivery = queue(
                    session, follower_id=follower.id, conversation_id=row.id, sender=Sender.BOT, reply=part, now=now
                )
                if behind_passive:
                    # The callback's answer must reach the phone first; the sweep sends this one.
                    delivery.due_at = now + BEHIND_PASSIVE
                else:
                    work.deliveries.append(delivery.id)
        except SendRefused as refused:
            log.warning("answer_not_sendable", conversation_id=row.id, reason=refused.fields.get("reason"))
            detail["not_sent"] = refused.fields.get("reason")
            add_line(session, row.id, Speaker.BOT, part.text, now, detail=detail)
            return
        add_line(session, row.id, Speaker.BOT, part.text, now, detail=detail, delivery_id=delivery.id)


def _is_bank_asked(message: InboundMessage, follower: Follower | None, conversation: Conversation | None) -> bool:
    """True once per conversation, while the bot has the word.

    Who had his data deleted, or withdrew his authorisation, is not asked about: he would be known again with his next
    word.
    """
    if follower is not None and follower.erased_at is not None:
        return False
    known = _known_firm(follower)
    if known is not None and known.name and conversation is not None:
        return False
    return is_talk(message) and (conversation is None or conversation.owner is Owner.BOT)


def _known_firm(follower: Follower | None) -> Firm | None:
    """The firm of what we have of him; None for who had his data deleted."""
    if follower is None or follower.erased_at is not None or follower.firm_id is None:
        return None
    return customers.firm_of(follower)
