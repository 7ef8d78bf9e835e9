"""A conversation and its single owner.

    bot ──ask──▶ queued ──offer──▶ offered ──accept──▶ active ──close──▶ closed
     ▲             ▲   ◀─timeout, decline─┘               │
     │             └────disconnect, no word, transfer─────┤          bot ──idle──▶ closed
     └───────────────────────return───────────────────────┘

A supervisor may give a queued, offered or active chat to somebody. After `closed` the rep wraps it up for a while
(`wrap_up_until`), and the follower's next message opens a new conversation with the bot. Every change raises
`version`; a partial unique index holds one open conversation per follower.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, event, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import NewlySealed, Sealed, SealedJson
from bot.handoff.rules import rank
from bot.outbox import BIG

# What a release that does not know the column writes: such a row stands last in its list until the next word.
LONG_AGO = text("'1970-01-01 00:00:00.000000'")


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


class OfferEnded(StrEnum):
    """What became of an offer, or of an accepted chat whose rep never said a word."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    NO_FIRST_REPLY = "no_first_reply"


def _opening(context: DefaultExecutionContext) -> datetime:
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    opened_at: datetime = given["opened_at"]
    return opened_at


class Conversation(Base):
    """One contact from the first word to its close.

    `session` is the dialogue's state (bot/dialogue/session.py) and goes stale at `session_expires_at`. `card` is what
    the rep must know before the first word. `offer_expires_at` is when the open offer ends or, while the chat waits,
    when its last one ended. A past owner's write is refused because every act of a rep looks at `owner` and `rep`
    under the row's lock.

    `weight` is what it takes of its rep's capacity, from the offer to the end of the wrap-up. `wished_rep` is asked
    first: a colleague handed it to him, or he gave it back to the bot. The rep is warned at `reply_warn_at` and, when
    he never said a word, loses it at `reply_due_at`. `lost_rep_at` is when a rep last lost it by silence, `sorry_at`
    when the customer was told, once. `last_rep_at` is the last word of a rep that the platform did not refuse
    (bot/handoff/refusals.py). `rating_skipped` says why no rating was asked, `rating_words` what the customer
    said to a low one.

    What the desk's lists are ordered and filtered by stands in the row, written in the transaction that changes it:
    `rank` with `queued_at` and `priority`; by every line of a person (bot/transcripts/service.py) `last_word_id` and
    `last_word_at`, `last_asked_id` (the customer's newest line) and `unanswered` (his lines since the rep's last
    that was not refused).
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
        Index("ix_conversations_wrap_up_until", "wrap_up_until"),
        Index("ix_conversations_follower_id_opened_at", "follower_id", "opened_at"),
        Index("ix_conversations_opened_at", "opened_at"),
        Index("ix_conversations_closed_at", "closed_at"),
        # Those of the lists (bot/handoff/listing.py): each is read in its order, up to one page.
        Index("ix_conversations_owner_last_word_at_id", "owner", "last_word_at", "id"),
        Index("ix_conversations_owner_rank_id", "owner", "rank", "id"),
        Index("ix_conversations_owner_last_customer_at_id", "owner", "last_customer_at", "id"),
        Index("ix_conversations_owner_skill_last_word_at_id", "owner", "skill", "last_word_at", "id"),
        Index("ix_conversations_owner_outcome_last_word_at_id", "owner", "outcome", "last_word_at", "id"),
        Index("ix_conversations_rep_last_word_at_id", "rep", "last_word_at", "id"),
        Index("ix_conversations_rep_owner_last_word_at_id", "rep", "owner", "last_word_at", "id"),
        Index("ix_conversations_follower_id_id", "follower_id", "id"),
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
    weight: Mapped[int] = mapped_column(default=1, server_default="1")
    wished_rep: Mapped[str | None]
    offer_id: Mapped[int] = mapped_column(default=0)
    offered_at: Mapped[datetime | None]
    offer_expires_at: Mapped[datetime | None]
    declined_by: Mapped[list[str]] = mapped_column(JSON, default=list)
    accepted_at: Mapped[datetime | None]
    reply_warn_at: Mapped[datetime | None]
    reply_due_at: Mapped[datetime | None]
    lost_rep_at: Mapped[datetime | None]
    sorry_at: Mapped[datetime | None]
    wrap_up_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    outcome_note: Mapped[str | None] = mapped_column(NewlySealed("conversations.outcome_note"))
    rating: Mapped[int | None]
    rating_asked_at: Mapped[datetime | None]
    rating_skipped: Mapped[str | None]
    rated_at: Mapped[datetime | None]
    rating_words: Mapped[str | None] = mapped_column(Sealed("conversations.rating_words"))
    rank: Mapped[float] = mapped_column(default=0.0, server_default="0")
    last_word_id: Mapped[int | None] = mapped_column(BIG)
    last_word_at: Mapped[datetime] = mapped_column(default=_opening, server_default=LONG_AGO)
    last_asked_id: Mapped[int | None] = mapped_column(BIG)
    unanswered: Mapped[int] = mapped_column(default=0, server_default="0")


class OfferEnd(Base):
    """How one offer ended, for counts by rep and desk. `reason` is a decline's code."""

    __tablename__ = "offer_ends"
    __table_args__ = (Index("ix_offer_ends_rep_ended_at", "rep", "ended_at"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    rep: Mapped[str]
    skill: Mapped[str | None]
    offered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]
    ended_as: Mapped[OfferEnded]
    reason: Mapped[str | None]


@event.listens_for(Conversation, "before_insert")
@event.listens_for(Conversation, "before_update")
def _keep_rank(_mapper: object, _connection: object, row: Conversation) -> None:
    if row.queued_at is not None:
        row.rank = rank(row.queued_at, row.priority or 0)
