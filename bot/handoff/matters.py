"""What became of each matter of a conversation, in the customer's own word: solved, not solved, or a person was needed.

Written by the turn that heard it (bot/dialogue/carry_out.py); the latest word counts.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db import Base
from bot.outbox import BIG


class MatterVerdict(StrEnum):
    """The customer's word, or that a person took over."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    HUMAN = "human"


class Matter(Base):
    """One matter of one conversation: the flow that served it and the intent it was."""

    __tablename__ = "matters"
    __table_args__ = (
        Index("uq_matters_conversation_id_intent", "conversation_id", "intent", unique=True),
        Index("ix_matters_at", "at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    flow: Mapped[str]
    intent: Mapped[str]
    verdict: Mapped[MatterVerdict]
    at: Mapped[datetime]


def note_matter(
    session: Session, conversation_id: int, flow: str, intent: str, verdict: MatterVerdict, now: datetime
) -> None:
    """Write the latest word on a matter; the conversation is locked by the caller's turn."""
    known = (Matter.conversation_id == conversation_id) & (Matter.intent == intent)
    row = session.scalars(select(Matter).where(known)).first()
    if row is None:
        session.add(Matter(conversation_id=conversation_id, flow=flow, intent=intent, verdict=verdict, at=now))
    else:
        row.flow, row.verdict, row.at = flow, verdict, now


def matter_counts(session: Session, since: datetime) -> dict[str, dict[MatterVerdict, int]]:
    """How many matters of each intent ended how since an instant; intents nobody said a word about are not there."""
    counts = select(Matter.intent, Matter.verdict, func.count()).where(Matter.at >= since)
    found: dict[str, dict[MatterVerdict, int]] = {}
    for intent, verdict, count in session.execute(counts.group_by(Matter.intent, Matter.verdict)):
        found.setdefault(intent, {})[verdict] = count
    return found
