"""The values everybody speaks: what a follower sent, what we answer, what a turn decided.

Frozen and free of I/O, so that rules, flows and tests pass them around without a database or a network.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class MessageKind(StrEnum):
    """What the platform calls MsgType, in our words."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    FILE = "file"
    MINIPROGRAM = "miniprogram"
    EVENT = "event"
    UNKNOWN = "unknown"


class EventName(StrEnum):
    """Platform events the product acts on; every other event is recorded and answered with silence."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SCAN = "scan"
    CLICK = "click"
    VIEW = "view"
    LOCATION = "location"
    REVOKED = "user_authorization_revoke"
    CANCELLED = "user_authorization_cancellation"
    MASS_DONE = "mass_done"
    PUBLISH_DONE = "publish_done"
    NOTICE_DONE = "notice_done"
    NOTICE_SENT = "notice_sent"
    NOTICE_CHOSEN = "notice_chosen"
    OTHER = "other"


# What the platform reports about jobs and notices of ours; bot/receipts.py reads them.
RECEIPTS = frozenset(
    {
        EventName.MASS_DONE,
        EventName.PUBLISH_DONE,
        EventName.NOTICE_DONE,
        EventName.NOTICE_SENT,
        EventName.NOTICE_CHOSEN,
    }
)
# Events that tell something for the record and ask for nothing: no turn, no answer.
FOR_THE_RECORD = frozenset({EventName.VIEW, EventName.LOCATION, EventName.OTHER}) | RECEIPTS


@dataclass(frozen=True)
class InboundMessage:
    """One push of the platform, parsed and with its secrets already masked.

    `text` is what the follower said: the content of a text, the recognised words of a voice message, else "".
    `menu_choice` is the id of a tapped menu line in an earlier answer (bizmsgmenuid).
    `detail` carries what only some kinds have (media_id, latitude, longitude, label, url, title, ticket ...).
    """

    kind: MessageKind
    follower: str
    account: str
    sent_at: datetime
    dedupe_key: str
    message_id: str | None = None
    text: str = ""
    menu_choice: str | None = None
    event: EventName | None = None
    event_key: str | None = None
    secrets: tuple[str, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A plain dict for the inbox row; the inverse of from_json."""
        row = asdict(self)
        row["sent_at"] = self.sent_at.isoformat()
        row["secrets"] = list(self.secrets)
        row["detail"] = dict(self.detail)
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "InboundMessage":
        """The message of an inbox row."""
        values = dict(row)
        values["kind"] = MessageKind(values["kind"])
        values["event"] = EventName(values["event"]) if values["event"] else None
        values["sent_at"] = datetime.fromisoformat(values["sent_at"])
        values["secrets"] = tuple(values["secrets"])
        return cls(**values)


@dataclass(frozen=True)
class Choice:
    """One tappable line under an answer. `id` comes back as the menu choice, `text` is what the follower sees.

    A line with a `url` opens a page instead; its id counts only when the label is typed.
    """

    id: str
    text: str
    url: str | None = None


@dataclass(frozen=True)
class Picture:
    """A picture by its name, and the words that go in its place when it cannot be sent; "" when only the picture will
    do.
    """

    name: str
    instead: str


@dataclass(frozen=True)
class Reply:
    """One answer to a follower: text, and lines to tap below it. A `picture` follows as a message of its own.

    `is_ai` says the words come from the bot, not from a person: the platform then marks them.
    `source` names the approved content and its version the words were taken from.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    is_ai: bool = True
    source: str | None = None
    picture: Picture | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain dict for a delivery row; the inverse of from_json."""
        row = asdict(self) | {"choices": [asdict(choice) for choice in self.choices]}
        if self.picture is None:
            # The release before this one reads these rows as well, and knows no pictures.
            del row["picture"]
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Reply":
        """The reply of a delivery row."""
        values = dict(row)
        values["choices"] = tuple(Choice(**choice) for choice in values["choices"])
        if "picture" in values:
            values["picture"] = Picture(**values["picture"])
        return cls(**values)


@dataclass(frozen=True)
class Article:
    """A card in the chat that opens a page: the platform takes one per customer-service message."""

    title: str
    description: str
    url: str
    picture_url: str


@dataclass(frozen=True)
class HandoffRequest:
    """A flow asks for a human: for which desk, why, how urgent, and what it already learned."""

    skill: str
    reason: str
    priority: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entity:
    """A value found in a text, in the normal form of docs/glossary.md (amounts in fen, terms in months)."""

    kind: str
    value: Any
    text: str
    start: int
    end: int
    role: str | None = None


@dataclass(frozen=True)
class Understanding:
    """What the model made of a text. `ranking` is best first, (intent, confidence in 0..1); `model` is the id of the
    trained model, None when no model spoke or it does not say.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    entities: tuple[Entity, ...] = ()
    by: str = "model"
    model: str | None = None

    def entity(self, kind: str, role: str | None = None) -> Entity | None:
        """The first entity of this kind and role, or None."""
        return next((e for e in self.entities if e.kind == kind and e.role == role), None)
