"""What became of an answer that was suggested to a rep. Ids only: neither the customer's words nor the rep's."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.outbox import BIG


class SuggestionUse(StrEnum):
    """`used`: sent as it stood. `edited`: sent with other words. `rejected`: put away as unfit."""

    USED = "used"
    EDITED = "edited"
    REJECTED = "rejected"


class SuggestedBy(StrEnum):
    """Who understood the customer: the model, or keyword rules while it was away."""

    MODEL = "model"
    KEYWORDS = "keywords"


class SuggestionFeedback(Base):
    """One suggestion one rep dealt with. `line_id` is the customer's line it answers, `source` and `version` name the
    approved content, `place` is where it stood in the list, from 1.
    """

    __tablename__ = "suggestion_uses"
    __table_args__ = (
        UniqueConstraint("line_id", "username", "source"),
        Index("ix_suggestion_uses_source_at", "source", "at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id", ondelete="CASCADE"))
    username: Mapped[str]
    source: Mapped[str]
    version: Mapped[int]
    place: Mapped[int]
    suggested_by: Mapped[SuggestedBy]
    use: Mapped[SuggestionUse]
    at: Mapped[datetime] = mapped_column(index=True)
