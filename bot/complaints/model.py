"""A complaint (投诉): its ticket, its clock, who handles it, what the customer was told in the end.

    open ──result told──▶ closed
     │ ▲
     └─┘ extension: asked by one person, approved by another, told to the customer

The database holds the three rules that matter most: who is complained of does not handle it, nobody approves an
extension of his own, and nothing is closed without a result and a way it was told.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class ComplaintState(StrEnum):
    """Open until the result was told."""

    OPEN = "open"
    CLOSED = "closed"


class ToldBy(StrEnum):
    """How the customer learned the result."""

    WECHAT = "wechat"
    PHONE = "phone"
    LETTER = "letter"


class Opinion(StrEnum):
    """What the customer says of the result."""

    PLEASED = "pleased"
    DISPLEASED = "displeased"


class Complaint(Base):
    """One complaint. `about_rep` is who served the customer last before it and therefore may not handle it.

    `limit_days` is the clock it runs on, `due_on` its last day at the bank. `reminded_at_days` is the smallest number
    of days left that somebody was reminded of.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint("handler IS NULL OR about_rep IS NULL OR handler <> about_rep", name="handler_is_another"),
        CheckConstraint("extended_by IS NULL OR extended_by <> extension_asked_by", name="extension_by_two_people"),
        CheckConstraint("state <> 'closed' OR (result IS NOT NULL AND told_by IS NOT NULL)", name="closed_with_result"),
        Index("ix_complaints_state_due_on", "state", "due_on"),
        Index(
            "uq_complaints_open",
            "follower_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    ticket: Mapped[str] = mapped_column(unique=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    state: Mapped[ComplaintState] = mapped_column(default=ComplaintState.OPEN)
    text: Mapped[str] = mapped_column(Sealed("complaints.text"))
    about_rep: Mapped[str | None]
    handler: Mapped[str | None]
    filed_at: Mapped[datetime]
    limit_days: Mapped[int]
    due_on: Mapped[date]
    reminded_at_days: Mapped[int | None]
    extension_reason: Mapped[str | None]
    extension_asked_by: Mapped[str | None]
    extension_asked_at: Mapped[datetime | None]
    extended_by: Mapped[str | None]
    extended_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(Sealed("complaints.result"))
    result_delivery_id: Mapped[int | None] = mapped_column(BIG)
    told_by: Mapped[ToldBy | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    opinion: Mapped[Opinion | None]
