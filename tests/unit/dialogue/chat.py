"""A chat with the bot as tests write it: say words, tap lines, look at the last step. No database, no model."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.customers.rules import IdentityLevel
from bot.dialogue import policy
from bot.dialogue.flow import Step, Turn
from bot.dialogue.merging import merge
from bot.dialogue.session import Session
from bot.dialogue.understanding import by_keywords
from bot.knowledge import hours
from bot.knowledge.content import Content, Skill
from bot.messages import Entity, EventName, InboundMessage, MessageKind, Understanding
from bot.ports import Firm
from tests.factories import MORNING
from tests.fakes import FakeBank

NIGHT = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)  # 22:40 on the bank's wall clock
FIRM = Firm("F1", "陶记餐饮有限公司", "陶先生", "catering", None, None, None)
EVENT = Understanding("none", 1.0, by="event")


def understood(intent: str, confidence: float = 0.95, **entities: Any) -> Understanding:
    """The model is sure, with entities by kind; "in_business" is a term of that role."""
    found = tuple(
        Entity(
            "term" if kind == "in_business" else kind, value, "", 0, 0, "in_business" if kind == "in_business" else None
        )
        for kind, value in entities.items()
    )
    return Understanding(intent, confidence, ((intent, confidence),), found)


def fen(yuan: int, high_yuan: int | None = None) -> dict[str, int]:
    """An amount's normal form."""
    return {"low_fen": yuan * 100, "high_fen": (high_yuan or yuan) * 100}


def months(number: int) -> dict[str, int]:
    """A term's normal form."""
    return {"low_months": number, "high_months": number}


@dataclass
class Chat:
    """One follower's chat. Words without a given understanding are read by the keyword rules, as when the model is away;
    so are clauses that `clauses` does not know. Without a `level` it follows from the firm. `read` lists the clauses that were asked about in the last turn.
    """

    content: Content
    now: datetime = MORNING
    firm: Firm | None = None
    level: IdentityLevel | None = None
    bank: FakeBank = field(default_factory=FakeBank)
    session: Session = field(default_factory=Session)
    step: Step = field(default_factory=lambda: Step(Session()))
    clauses: dict[str, Understanding] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    phone: str | None = None
    taken: set[datetime] = field(default_factory=set)

    def say(self, text: str, intent: str | Understanding | None = None) -> "Chat":
        """Write something."""
        if isinstance(intent, str):
            intent = understood(intent)
        return self.take(InboundMessage(MessageKind.TEXT, "o", "gh", self.now, "k", text=text), intent)

    def tap(self, label: str) -> "Chat":
        """Tap the line of this label under the last answer."""
        by_label = {text: choice_id for choice_id, text in self.lines.items()}
        return self.tap_id(by_label[label], label)

    def tap_id(self, choice_id: str, label: str = "") -> "Chat":
        """Tap a line of any age by its id."""
        message = InboundMessage(MessageKind.TEXT, "o", "gh", self.now, "k", text=label, menu_choice=choice_id)
        return self.take(message, EVENT, choice_id)

    def follow(self, scene: str = "") -> "Chat":
        """Follow the account."""
        event = InboundMessage(
            MessageKind.EVENT, "o", "gh", self.now, "k", event=EventName.SUBSCRIBE, event_key=scene or None
        )
        return self.take(event, EVENT)

    def click(self, key: str) -> "Chat":
        """Tap a line of the account's menu."""
        event = InboundMessage(MessageKind.EVENT, "o", "gh", self.now, "k", event=EventName.CLICK, event_key=key)
        return self.take(event, EVENT, self.content.menu_keys.get(key))

    def take(
        self, message: InboundMessage, understanding: Understanding | None = None, choice: str | None = None
    ) -> "Chat":
        """One turn, through JSON as the conversation row does it."""
        turn = Turn(
            message=message,
            understanding=understanding or by_keywords(message.text, self.content),
            session=self.session,
            content=self.content,
            bank=self.bank,
            firm=self.firm,
            now=self.now,
            in_hours=hours.is_open(self.now, self.content.skills["general"]),
            choice=choice,
            read=self._read,
            phone=self.phone,
            free_slots=self._free,
            level=self.level if self.level is not None else _level_of(self.firm),
        )
        self.read = []
        self.step = policy.decide(turn)
        self.session = Session.from_json(self.step.session.to_json())
        return self

    def _free(self, skill: Skill, after: datetime, until: datetime) -> list[datetime]:
        return [slot for slot in hours.slots_of(skill, after, until) if slot not in self.taken]

    def _read(self, clause: str) -> Understanding:
        self.read.append(clause)
        return self.clauses.get(clause) or by_keywords(clause, self.content)

    def hearing(self, **clauses: str) -> "Chat":
        """The model is sure of these clauses."""
        self.clauses |= {clause: understood(intent) for clause, intent in clauses.items()}
        return self

    def knowing(self, **values: Any) -> "Chat":
        """Start from another session."""
        self.session = replace(self.session, **values)
        return self

    @property
    def text(self) -> str:
        """What the follower reads."""
        reply = merge(self.step.replies)
        return reply.text if reply else ""

    @property
    def lines(self) -> Mapping[str, str]:
        """What he can tap: labels by id."""
        reply = merge(self.step.replies)
        return {choice.id: choice.text for choice in reply.choices} if reply else {}

    @property
    def said(self) -> tuple[str, ...]:
        """The ids of the approved words, without versions."""
        return tuple((reply.source or "").split("@")[0] for reply in self.step.replies)


def _level_of(firm: Firm | None) -> IdentityLevel:
    return IdentityLevel.FOLLOWER if firm is None else IdentityLevel.BOUND
