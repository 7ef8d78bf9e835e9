"""A closed chat looked at again (质检): why it was picked, what the machine found, what a person says of it.

    to_do ──score──▶ scored ──appeal──▶ appealed ──settle──▶ settled
                       └──────seen by the rep, left as it is

The table holds the rule that nobody scores his own chat.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed, SealedJson
from bot.outbox import BIG


class Picked(StrEnum):
    """Why this chat, the gravest reason first."""

    RISK = "risk"
    COMPLAINT = "complaint"
    LOW_RATING = "low_rating"
    SAMPLE = "sample"


class CheckState(StrEnum):
    """Where a check stands; the drawing is at the top of this file."""

    TO_DO = "to_do"
    SCORED = "scored"
    APPEALED = "appealed"
    SETTLED = "settled"


class Mark(StrEnum):
    """A person's word on one item of the form."""

    GOOD = "good"
    PART = "part"
    FAIL = "fail"
    NOT_APPLICABLE = "na"


class QualityCheck(Base):
    """One check. `findings` are the machine's, by the names of rules.py: true, false, or absent when the chat gave no
    occasion. `marks` are the person's by item of config/quality.yml, `reasons` his words on those that did not pass;
    `form_version` is the form they were given on.
    """

    __tablename__ = "quality_checks"
    __table_args__ = (
        CheckConstraint("checker IS NULL OR checker <> rep", name="checker_is_another"),
        CheckConstraint("settled_by IS NULL OR settled_by <> rep", name="settler_is_another"),
        Index("uq_quality_checks_conversation_id", "conversation_id", unique=True),
        Index("ix_quality_checks_state_id", "state", "id"),
        Index("ix_quality_checks_rep_id", "rep", "id"),
        Index("ix_quality_checks_scored_on", "scored_on"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(BIG)
    rep: Mapped[str]
    desk: Mapped[str]
    picked: Mapped[Picked]
    picked_at: Mapped[datetime]
    findings: Mapped[dict[str, bool]] = mapped_column(JSON)
    state: Mapped[CheckState] = mapped_column(default=CheckState.TO_DO)
    checker: Mapped[str | None]
    scored_at: Mapped[datetime | None]
    scored_on: Mapped[date | None]
    form_version: Mapped[int | None]
    marks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reasons: Mapped[dict[str, Any]] = mapped_column(SealedJson("quality_checks.reasons"), default=dict)
    score: Mapped[int | None]
    is_fatal: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str | None] = mapped_column(Sealed("quality_checks.comment"))
    seen_at: Mapped[datetime | None]
    appeal: Mapped[str | None] = mapped_column(Sealed("quality_checks.appeal"))
    appealed_at: Mapped[datetime | None]
    is_upheld: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(Sealed("quality_checks.answer"))
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
