"""Words of the bank's people among themselves, beside a chat. They have a table of their own: nothing that sends
messages knows it, so that no note can ever reach a customer.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class Note(Base):
    """One note. `is_whisper`: a supervisor's word to the rep who had the chat at that time, `whispered_to`.

    `client_key` is the console's own id: a repeat of the same key is the same note.
    """

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_key"),
        Index("ix_notes_conversation_id_id", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    author: Mapped[str]
    whispered_to: Mapped[str | None]
    text: Mapped[str] = mapped_column(Sealed("notes.text"))
    client_key: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)

    @property
    def is_whisper(self) -> bool:
        """True for a supervisor's word to the rep who has the chat."""
        return self.whispered_to is not None


class Mention(Base):
    """A colleague named in a note: he may read the chat until it is closed, and is told that he was asked."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("note_id", "username"),
        Index("ix_mentions_username_read_at", "username", "read_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    username: Mapped[str]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
