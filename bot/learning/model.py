"""What the model made of each message and what came of it (parses); what people want it to learn (lessons).

proposed ──approve──▶ approved ──export──▶ exported        answer_wanted ──▶ answered
   │  ▲                                                         │
send back, propose again                                    withdraw        ignored ──withdraw──▶ withdrawn
   ▼  │                                                         ▼
sent_back ──withdraw──▶ withdrawn                           withdrawn
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class Verdict(StrEnum):
    """What the turn did with the model's guess."""

    ANSWERED = "answered"
    ASKED_BACK = "asked_back"
    HUMAN = "human"


class Followed(StrEnum):
    """What came after the turn, weakest sign first."""

    SOLVED = "solved"
    RE_ASKED = "re_asked"
    HUMAN = "human"
    PICKED = "picked"
    CORRECTED = "corrected"


class Parse(Base):
    """One message the model was asked about.

    `intent` is the first guess, `taken_as` the intent the turn went on with (None: it asked back), or the entry
    that answered instead of one ("faq.invoice_fees"). `offered` are the intents whose lines stood under the answer.
    `label` is the right intent, known once somebody picked or corrected it. `text` holds no secrets and no phone
    numbers; equal texts have equal `text_hash`es.
    """

    __tablename__ = "parses"
    __table_args__ = (
        UniqueConstraint("line_id"),
        Index("ix_parses_conversation_id_id", "conversation_id", "id"),
        Index("ix_parses_text_hash_at", "text_hash", "at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Sealed("parses.text"))
    text_hash: Mapped[str]
    intent: Mapped[str]
    confidence: Mapped[float]
    second: Mapped[str | None]
    second_confidence: Mapped[float | None]
    third: Mapped[str | None]
    third_confidence: Mapped[float | None]
    model: Mapped[str | None]
    by: Mapped[str]
    taken_as: Mapped[str | None]
    verdict: Mapped[Verdict]
    offered: Mapped[list[str]] = mapped_column(JSON, default=list)
    followed: Mapped[Followed | None]
    label: Mapped[str | None]
    corrected_by: Mapped[str | None]
    corrected_at: Mapped[datetime | None]


class LessonState(StrEnum):
    """Where a lesson stands; the drawing is at the top of this file."""

    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    EXPORTED = "exported"
    ANSWER_WANTED = "answer_wanted"
    ANSWERED = "answered"
    IGNORED = "ignored"
    WITHDRAWN = "withdrawn"


class Lesson(Base):
    """One text and what a trainer decided about it: an intent to learn, a new answer to write, or nothing.

    `text` is the utterance as it is to be learned; the parse it came from stays as it was, and may go before the
    lesson: `follower_id` tells whose words they are even then. `source_hash` is that parse's text_hash. `reason` is the
    reviewer's on the way back, or what became of a wanted answer. `settled_at` is when the matter was over: what is
    misread later is news again. Nobody reviews his own proposal; the table itself refuses it.
    """

    __tablename__ = "lessons"
    __table_args__ = (
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "state NOT IN ('approved', 'exported') OR (reviewed_by IS NOT NULL AND intent IS NOT NULL)",
            name="approved_by_somebody",
        ),
        Index(
            "uq_lessons_unsettled",
            "source_hash",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_lessons_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    source_hash: Mapped[str]
    parse_id: Mapped[int | None] = mapped_column(ForeignKey("parses.id", ondelete="SET NULL"), index=True)
    follower_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("followers.id"), index=True)
    text: Mapped[str] = mapped_column(Sealed("lessons.text"))
    intent: Mapped[str | None]
    state: Mapped[LessonState]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class LearningAct(Base):
    """Who did what, when: every correction and every step of a lesson, kept when parse and lesson are gone."""

    __tablename__ = "learning_acts"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime]
    username: Mapped[str]
    act: Mapped[str]
    parse_id: Mapped[int | None]
    lesson_id: Mapped[int | None] = mapped_column(index=True)
    intent: Mapped[str | None]
    reason: Mapped[str | None]
