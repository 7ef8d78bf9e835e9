"""A rep's words on their way out: only the owner may speak, the same key is the same message, wording is checked
before.
"""

from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.compliance.rules import CheckWording, Finding, Grade
from bot.db import Database
from bot.delivery.model import Sender
from bot.delivery.service import Deliverer, queue
from bot.errors import InvalidInput, SendRefused, WordingBlocked, WordingUnconfirmed
from bot.handoff.model import Conversation
from bot.handoff.transitions import get_owned
from bot.messages import Reply
from bot.pictures.rules import Image
from bot.pictures.service import keep_picture
from bot.ports import Waker
from bot.transcripts.model import Line, Speaker
from bot.transcripts.queries import find_by_client_key
from bot.transcripts.service import add_line

# The platform's limit of one text (customer-service messages, UTF-8).
MAX_BYTES = 2048
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
    picture (`kind` image), which is kept with its line. With `is_confirmed` he has been told what his words lack.
    """

    client_key: str
    reply: Reply
    kind: str = "text"
    detail: dict[str, Any] = field(default_factory=dict)
    is_confirmed: bool = False
    image: Image | None = None
    step: GuideStep | None = None


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
        """Write the line and start its delivery; the line of the first time when the key is known.

        Raises CaseNotYours, NotFound, WordingBlocked, WordingUnconfirmed, SendRefused (window_closed,
        allowance_spent, fraud_risk), InvalidInput.
        Safe to repeat.
        """
        if not message.reply.text.strip():
            raise InvalidInput("empty message")
        if len(message.reply.text.encode()) > MAX_BYTES:
            raise SendRefused(reason="too_long")
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
                raise SendRefused(reason="fraud_risk")
            delivery = queue(
                session,
                follower_id=conversation.follower_id,
                conversation_id=conversation_id,
                sender=Sender.REP,
                reply=message.reply,
                now=now,
            )
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
                delivery_id=delivery.id,
            )
            conversation.last_rep_at = now
            if message.image is not None:
                keep_picture(session, line, message.image, now)
            if message.step is not None:
                _go_on_from(conversation, message.step, message.reply)
        self.outgoing.submit(self.deliverer.send, delivery.id)
        self.waker.ring("desk")
        return line

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
