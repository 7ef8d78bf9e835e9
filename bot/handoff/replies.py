"""A rep's words on their way out: only the owner may speak, the same key is the same message, wording is checked
before.
"""

from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.compliance.rules import CheckWording, Finding, Grade
from bot.db import Database
from bot.delivery import claims, rules
from bot.delivery.model import Sender
from bot.delivery.service import Deliverer, grants_of, queue, refused
from bot.errors import InvalidInput, WordingBlocked, WordingUnconfirmed
from bot.handoff.model import Conversation
from bot.handoff.transitions import get_owned
from bot.messages import Reply
from bot.pictures.rules import Image
from bot.pictures.service import keep_picture
from bot.ports import Waker
from bot.transcripts.model import Line, Speaker
from bot.transcripts.queries import find_by_client_key
from bot.transcripts.service import add_line

PRODUCT, GUIDE = "product", "guide"
# The slot in which the dialogue notes that somebody is being cheated: no product is offered to him in this chat.
RISK = "risk"


@dataclass(frozen=True)
class GuideStep:
    """The step of a guide a message shows: from there the customer goes on. `label` tells it on the card."""

    guide: str
    number: int
    label: str


@dataclass(frozen=True)
class RepMessage:
    """What a rep sends: own words, or an approved card (`kind` product or guide) that needs no wording check, or a
    picture (`kind` image), which is kept with its line. With `is_confirmed` he has been told what his words lack, with
    `is_last_confirmed` that nothing may follow them.
    """

    client_key: str
    reply: Reply
    kind: str = "text"
    detail: dict[str, Any] = field(default_factory=dict)
    is_confirmed: bool = False
    is_last_confirmed: bool = False
    image: Image | None = None
    step: GuideStep | None = None

    @property
    def is_plain(self) -> bool:
        """True for words alone, which may share a message with others."""
        return self.kind == "text" and not self.reply.choices and self.reply.picture is None


@dataclass(frozen=True)
class _Queued:
    """The row a line leaves with, and those to send now; none while the line waits for the next one."""

    delivery_id: int
    to_send: tuple[int, ...]


@dataclass(frozen=True)
class RepReplies:
    """Sends reps' messages."""

    database: Database
    deliverer: Deliverer
    check_wording: CheckWording
    waker: Waker
    clock: Clock
    outgoing: Executor

    def send(self, conversation_id: int, username: str, message: RepMessage) -> Line:
        """Write the line and start its delivery; the line of the first time when the key is known. When few messages
        are left, a short line waits some seconds and those that follow leave with it, as one message.

        Raises CaseNotYours, NotFound, WordingBlocked, WordingUnconfirmed, LastUnconfirmed, SendRefused (window_closed,
        allowance_spent, fraud_risk), InvalidInput.
        Safe to repeat.
        """
        if not message.reply.text.strip():
            raise InvalidInput("empty message")
        if len(message.reply.text.encode()) > rules.TEXT_BYTES:
            raise refused("too_long")
        confirmed = self._check(message) if message.kind == "text" else {}
        now = self.clock.now()
        with self.database.transaction() as session:
            known = _sent_before(session, conversation_id, message)
            if known is not None:
                return known
            conversation = get_owned(session, conversation_id, username)
            # Looked up again under the lock: the same key may have come twice at once.
            known = _sent_before(session, conversation_id, message)
            if known is not None:
                return known
            if message.kind == PRODUCT and RISK in conversation.session.get("slots", {}):
                raise refused("fraud_risk")
            queued = _join(session, conversation, message, now) or _queue(session, conversation, message, now)
            line = add_line(
                session,
                conversation_id,
                Speaker.REP,
                message.reply.text,
                now,
                kind=message.kind,
                detail={**message.detail, **confirmed, "choices": [[c.id, c.text] for c in message.reply.choices]},
                rep=username,
                client_key=message.client_key,
                delivery_id=queued.delivery_id,
            )
            conversation.last_rep_at = now
            if message.image is not None:
                keep_picture(session, line, message.image, now)
            if message.step is not None:
                _go_on_from(conversation, message.step, message.reply)
        if queued.to_send:
            self.outgoing.submit(self.deliverer.send_all, queued.to_send)
        self.waker.ring("desk")
        return line

    def flush(self, conversation_id: int, username: str) -> None:
        """Send at once what waits for more words. Raises CaseNotYours, NotFound. Safe to repeat."""
        now = self.clock.now()
        with self.database.transaction() as session:
            conversation = get_owned(session, conversation_id, username)
            freed = claims.release(session, conversation.follower_id, now)
        if freed:
            self.outgoing.submit(self.deliverer.send_all, freed)

    def _check(self, message: RepMessage) -> dict[str, Any]:
        """What he was told his words lack and sends all the same, for the line's record."""
        findings = self.check_wording(message.reply.text)
        blocked = [_told(finding) for finding in findings if finding.grade is Grade.BLOCK]
        lacking = [_told(finding) for finding in findings if finding.grade is Grade.REQUIRE]
        if blocked:
            raise WordingBlocked(findings=blocked + lacking)
        if lacking and not message.is_confirmed:
            raise WordingUnconfirmed(findings=lacking)
        return {"confirmed": lacking} if lacking else {}


def _join(session: Session, row: Conversation, message: RepMessage, now: datetime) -> _Queued | None:
    """Let the line leave with the one before it, which still waits; None when there is none, or no room in it."""
    held = claims.find_held(session, row.follower_id, row.id, now) if message.is_plain else None
    if held is None or held.held_until is None:
        return None
    before = Reply.from_json(held.content)
    text = rules.joined(before.text, message.reply.text)
    until = rules.hold_longer(held.created_at, now)
    if text is None or not claims.extend(session, held.id, replace(before, text=text), until, now):
        return None
    return _Queued(held.id, ())


def _queue(session: Session, row: Conversation, message: RepMessage, now: datetime) -> _Queued:
    """A message of its own; a short line waits for the next one when few messages are left."""
    room = rules.room(grants_of(session, row.follower_id, now), now)
    freed = claims.release(session, row.follower_id, now)
    delivery = queue(
        session,
        follower_id=row.follower_id,
        conversation_id=row.id,
        sender=Sender.REP,
        reply=message.reply,
        now=now,
        takes_last=message.is_last_confirmed,
    )
    until = rules.hold_until(message.reply.text, room, now) if message.is_plain else None
    if until is None:
        return _Queued(delivery.id, (*freed, delivery.id))
    delivery.held_until = delivery.due_at = until
    return _Queued(delivery.id, tuple(freed))


def _go_on_from(conversation: Conversation, step: GuideStep, reply: Reply) -> None:
    """The customer is at this step now; a turn that thinks of another one meanwhile starts over."""
    at = {"guide": [step.guide, step.number], "offered": [[line.id, line.text] for line in reply.choices]}
    conversation.session = {**conversation.session, "flow": GUIDE, "step": "step", **at}
    conversation.card = {**conversation.card, "guide": step.label}
    conversation.version += 1


def _told(finding: Finding) -> dict[str, Any]:
    told = {"rule": finding.rule, "excerpt": finding.excerpt, "grade": finding.grade.value}
    return {**told, "missing": list(finding.missing)}


def _sent_before(session: Session, conversation_id: int, message: RepMessage) -> Line | None:
    """The line this key already made, or None. Raises InvalidInput when the same key now carries other words."""
    known = find_by_client_key(session, conversation_id, message.client_key)
    if known is not None and known.text != message.reply.text:
        raise InvalidInput(places=["client_key"])
    return known
