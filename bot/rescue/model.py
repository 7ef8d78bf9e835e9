"""A message window that ends soon although somebody still waits in it: found by a timer, settled by a rep, by the
customer's next word, or in the end by itself.

    open ──invite──▶ invited
      │                 │
      └────────┬────────┘──▶ promised: somebody agreed on a call
               ├───────────▶ spoken: the customer or the rep wrote
               ├───────────▶ over: the chat ended
               └───────────▶ lapsed: the window ended, and a call was promised by itself
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.outbox import BIG


class Why(StrEnum):
    """What would be lost with the window."""

    UNANSWERED = "unanswered"
    PROMISE_LATER = "promise_later"
    IDLE = "idle"


class RescueState(StrEnum):
    """Pending while open or invited."""

    OPEN = "open"
    INVITED = "invited"
    PROMISED = "promised"
    SPOKEN = "spoken"
    OVER = "over"
    LAPSED = "lapsed"


PENDING = (RescueState.OPEN, RescueState.INVITED)


class Rescue(Base):
    """One window of one conversation; `customer_at` is the customer's word that opened it, `ends_at` its end.

    `settled_by` is the rep who did something, None when it settled by itself.
    """

    __tablename__ = "rescues"
    __table_args__ = (
        UniqueConstraint("conversation_id", "customer_at"),
        Index("ix_rescues_state_ends_at", "state", "ends_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"), index=True)
    why: Mapped[Why]
    state: Mapped[RescueState] = mapped_column(default=RescueState.OPEN)
    customer_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    found_at: Mapped[datetime]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
