"""What the handler and the supervisors write down while a complaint is looked into; gone when the complaint goes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class ComplaintNote(Base):
    """One note; it is never rewritten."""

    __tablename__ = "complaint_notes"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    complaint_id: Mapped[int] = mapped_column(BIG, ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Sealed("complaint_notes.text"))
    by: Mapped[str]
    at: Mapped[datetime]


def notes_of(session: Session, complaint_id: int) -> Sequence[ComplaintNote]:
    """The notes of one complaint, oldest first."""
    mine = select(ComplaintNote).where(ComplaintNote.complaint_id == complaint_id)
    return session.scalars(mine.order_by(ComplaintNote.id)).all()
