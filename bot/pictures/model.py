"""A picture of a chat: a customer's, fetched from the platform when somebody first looks at it, or one a rep sent."""

import base64
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class ChatPicture(Base):
    """The bytes of one line's picture, sealed. The platform keeps its own copy for three days only."""

    __tablename__ = "pictures"
    __table_args__ = (UniqueConstraint("line_id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id", ondelete="CASCADE"))
    media_type: Mapped[str]
    content: Mapped[str] = mapped_column(Sealed("pictures.content"))
    at: Mapped[datetime] = mapped_column(index=True)

    @property
    def bytes(self) -> bytes:
        """The picture's own bytes."""
        return base64.b64decode(self.content)
