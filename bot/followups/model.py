"""A promise to a customer (回访): who keeps it, until when, why, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import NewlySealed, Sealed
from bot.outbox import BIG


class FollowupState(StrEnum):
    """Open until somebody records what came of it."""

    OPEN = "open"
    DONE = "done"


class Followup(Base):
    """One promise. `owner` is a username, or None while any rep of the desk may take it."""

    __tablename__ = "followups"
    __table_args__ = (Index("ix_followups_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    skill: Mapped[str]
    owner: Mapped[str | None]
    state: Mapped[FollowupState] = mapped_column(default=FollowupState.OPEN)
    reason: Mapped[str] = mapped_column(NewlySealed("followups.reason"))
    phone: Mapped[str | None] = mapped_column(Sealed("followups.phone"))
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(NewlySealed("followups.result"))
