"""An alert: something a supervisor should look at now. Rows hold ids and figures, never words.

    open ──somebody looked──▶ seen ──cause ended──▶ closed
      └───────────────cause ended────────────────────▲

`kind` and `key` name the matter ("long_wait" of desk "loan"); a partial unique index holds one open alert per matter.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.outbox import BIG


class AlertKind(StrEnum):
    """What went wrong, or is about to."""

    LONG_WAIT = "long_wait"
    SERVICE_LEVEL = "service_level"
    NOBODY_READY = "nobody_ready"
    PROMISE_MISSED = "promise_missed"
    CUSTOMER_UNREACHABLE = "customer_unreachable"
    COMPLAINT_DUE = "complaint_due"
    LOW_RATING = "low_rating"
    WINDOW_CLOSING = "window_closing"
    REFERRAL_LATE = "referral_late"
    QUALITY_FAILED = "quality_failed"
    PUSH_STUCK = "push_stuck"


class AlertState(StrEnum):
    """Open until somebody looked; closed when its cause ended."""

    OPEN = "open"
    SEEN = "seen"
    CLOSED = "closed"


# These tell of something that happened, so nothing ends them by itself: a supervisor closes them.
CLOSED_BY_HAND = frozenset({AlertKind.LOW_RATING, AlertKind.QUALITY_FAILED, AlertKind.CUSTOMER_UNREACHABLE})
IS_GOING_ON = text("state <> 'closed'")


class Alert(Base):
    """One matter of one kind. `figures` are the numbers it was raised with (wait_s, percent, limit); no foreign key
    leads to the conversation, because an alert must not keep a chat from being deleted.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_going_on", "kind", "key", unique=True, sqlite_where=IS_GOING_ON, postgresql_where=IS_GOING_ON),
        Index("ix_alerts_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    kind: Mapped[AlertKind]
    key: Mapped[str]
    state: Mapped[AlertState] = mapped_column(default=AlertState.OPEN)
    skill: Mapped[str | None]
    rep: Mapped[str | None]
    conversation_id: Mapped[int | None] = mapped_column(BIG)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
