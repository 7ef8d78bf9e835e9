"""One line said, by whom, when; text is masked before it gets here."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import NewlySealedJson, Sealed
from bot.outbox import BIG


class Speaker(StrEnum):
    """Whose words."""

    CUSTOMER = "customer"
    BOT = "bot"
    REP = "rep"
    SYSTEM = "system"


class Line(Base):
    """One line of a conversation. `detail` holds what a bubble needs beyond text: choices, media id, place, guide step.

    `client_key` is the console's own id of a rep's message: a repeat of the same key is the same message.
    """

    __tablename__ = "lines"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_key"),
        Index("ix_lines_conversation_id_id", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    speaker: Mapped[Speaker]
    rep: Mapped[str | None]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Sealed("lines.text"))
    detail: Mapped[dict[str, Any]] = mapped_column(NewlySealedJson("lines.detail"), default=dict)
    at: Mapped[datetime]
    client_key: Mapped[str | None]
    delivery_id: Mapped[int | None]
