"""What a flow is: one file in flows/, plain Python, no I/O but the CoreBank port.

A flow gets a Turn (everything known about this message) and gives a Step (what to say and where the dialogue
stands then). It never stores, sends or queues anything: bot/dialogue/carry_out.py does that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.customers.rules import IdentityLevel, Purpose, Telling, may_hear
from bot.dialogue.session import Session
from bot.knowledge import hours
from bot.knowledge.content import Content, Skill
from bot.messages import HandoffRequest, InboundMessage, Reply, Understanding
from bot.ports import CoreBank, Firm
from bot.privacy.model import RequestKind

# The model was asked and its guess led nowhere.
NOTHING = ""

# Reads one clause of the message; None when no more may be read in this turn.
ReadsPart = Callable[[str], Understanding | None]


def all_slots(skill: Skill, after: datetime, until: datetime) -> Sequence[datetime]:
    """For turns that look at no diary: every half hour of the desk."""
    return tuple(hours.slots_of(skill, after, until))


def reads_nothing(_: str) -> None:
    """For turns without words of the follower's own, such as a tap."""


@dataclass(frozen=True)
class Turn:
    """One message of a follower and all a flow may know about it.

    `choice` is the tapped line's id without its flow prefix, e.g. "done" of "guide:done". `firm` is None until
    the follower is bound; a flow that tells a fact asks `firm_to_tell`. `in_hours` tells whether reps are on duty
    now. `read` asks for the meaning of one clause only: each call costs time, so it is for those who need it. `phone`
    is the number we hold of the follower, so that nobody asks for it again. `free_slots` tells when a desk can phone.
    """

    message: InboundMessage
    understanding: Understanding
    session: Session
    content: Content
    bank: CoreBank
    firm: Firm | None
    now: datetime
    in_hours: bool
    choice: str | None = None
    read: ReadsPart = reads_nothing
    phone: str | None = None
    free_slots: hours.FreeSlots = all_slots
    level: IdentityLevel = IdentityLevel.FOLLOWER

    @property
    def text(self) -> str:
        """What the follower said."""
        return self.message.text

    def firm_to_tell(self, telling: Telling) -> Firm | None:
        """The firm this may be told about, or None: then only what everybody may know, and how to bind."""
        return self.firm if may_hear(self.level, telling) else None


@dataclass(frozen=True)
class Step:
    """What a flow decided. `outcome` is the follower's own word on the matter: solved or unsolved, else None.

    `withdraws` are the purposes he allows no longer, `withdrawn_by` the approved words that told him so.
    `callback_phone` asks for a call-back promise; "" means the number the bank already has. `callback_at` is the time
    the follower was told, `callback_slot` the beginning of the half hour he got, `callback_skill` the desk that keeps
    the promise, `callback_reason` what for. `complains` files a complaint; its ticket is said in the same turn.
    `read_as` is the intent the model's guess was taken for, NOTHING when it was not good enough, and None when words,
    a tap or a waiting flow decided: then the model's guess about the message counted for nothing. `data_request` is
    what the follower asks about his own data.
    """

    session: Session
    replies: tuple[Reply, ...] = ()
    handoff: HandoffRequest | None = None
    outcome: str | None = None
    callback_phone: str | None = None
    withdraws: tuple[Purpose, ...] = ()
    withdrawn_by: str = ""
    callback_at: datetime | None = None
    callback_slot: datetime | None = None
    callback_skill: str = "general"
    callback_reason: str = ""
    read_as: str | None = None
    complains: bool = False
    data_request: RequestKind | None = None


class Flow(Protocol):
    """One matter a follower can have."""

    name: str
    intents: tuple[str, ...]

    def start(self, turn: Turn) -> Step:
        """The first step of this matter; called when one of `intents` was understood or a menu key names the flow."""
        ...

    def resume(self, turn: Turn) -> Step | None:
        """The next step while the session waits in this flow, or None when the message is about something else."""
        ...
