"""A conversation and its single owner.

    bot ──ask──▶ queued ──offer──▶ offered ──accept──▶ active ──close──▶ closed
                   ▲   ◀─timeout, decline─┘               │
                   └──────────disconnect, transfer────────┘      bot ──idle──▶ closed

After `closed` the follower's next message opens a new conversation with the bot. Every change goes through service.py
and raises `version`; a partial unique index holds one open conversation per follower.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import NewlySealed, SealedJson
from bot.outbox import BIG


class Owner(StrEnum):
    """Who has the word."""

    BOT = "bot"
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a conversation ended, in the words of the matter, not of the chat."""

    SOLVED = "solved"
    APPLIED = "applied"
    DRAWN = "drawn"
    REDEEMED = "redeemed"
    LOGGED_IN = "logged_in"
    FOLLOWUP = "followup"
    REFERRED = "referred"
    UNSOLVED = "unsolved"
    NO_REPLY = "no_reply"
    EXPIRED = "expired"


class Conversation(Base):
    """One contact from the first word to its close.

    `session` is the dialogue's state (bot/dialogue/session.py) and goes stale at `session_expires_at`. `card` is what
    the rep must know before the first word. `offer_expires_at` is when the open offer ends or, while the chat waits,
    when its last one ended. A past owner's write is refused because every act of a rep looks at `owner` and `rep`
    under the row's lock.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "uq_conversations_open",
            "follower_id",
            unique=True,
            sqlite_where=text("owner <> 'closed'"),
            postgresql_where=text("owner <> 'closed'"),
        ),
        Index("ix_conversations_owner_queued_at", "owner", "queued_at"),
        Index("ix_conversations_rep_owner", "rep", "owner"),
        Index("ix_conversations_follower_id_opened_at", "follower_id", "opened_at"),
        Index("ix_conversations_opened_at", "opened_at"),
        Index("ix_conversations_closed_at", "closed_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"))
    owner: Mapped[Owner] = mapped_column(default=Owner.BOT)
    version: Mapped[int] = mapped_column(default=1)
    source: Mapped[str | None]
    opened_at: Mapped[datetime]
    last_customer_at: Mapped[datetime | None]
    last_rep_at: Mapped[datetime | None]
    session: Mapped[dict[str, Any]] = mapped_column(SealedJson("conversations.session"), default=dict)
    session_expires_at: Mapped[datetime | None]
    skill: Mapped[str | None]
    priority: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    card: Mapped[dict[str, Any]] = mapped_column(SealedJson("conversations.card"), default=dict)
    queued_at: Mapped[datetime | None]
    place_told_at: Mapped[datetime | None]
    rep: Mapped[str | None]
    offer_id: Mapped[int] = mapped_column(default=0)
    offer_expires_at: Mapped[datetime | None]
    declined_by: Mapped[list[str]] = mapped_column(JSON, default=list)
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    outcome_note: Mapped[str | None] = mapped_column(NewlySealed("conversations.outcome_note"))
    rating: Mapped[int | None]
    rating_asked_at: Mapped[datetime | None]
