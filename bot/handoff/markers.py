"""How far each person of the desk has read each chat: what came since is his unread count.

Only open chats count, his own and those he once looked at: nobody has to read what a colleague serves.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, and_, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db import Base
from bot.handoff.model import Conversation, Owner
from bot.outbox import BIG
from bot.transcripts.model import Line, Speaker


class ReadMarker(Base):
    """The newest line of one chat that one person has seen."""

    __tablename__ = "read_markers"
    __table_args__ = (
        UniqueConstraint("username", "conversation_id"),
        Index("ix_read_markers_conversation_id", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    username: Mapped[str]
    conversation_id: Mapped[int] = mapped_column(BIG, ForeignKey("conversations.id"))
    line_id: Mapped[int] = mapped_column(BIG)
    read_at: Mapped[datetime]


def mark(session: Session, conversation: Conversation, username: str, line_id: int, now: datetime) -> None:
    """He has seen the chat up to this line. Safe to repeat; a marker never goes back, nor beyond what was said.

    The caller has locked the conversation, so that two screens of one person do not both write the first marker.
    """
    seen = min(line_id, conversation.last_asked_id or 0)
    known = session.scalars(select(ReadMarker).where(_of(username), _in(conversation.id))).first()
    if known is None:
        session.add(ReadMarker(username=username, conversation_id=conversation.id, line_id=seen, read_at=now))
    elif seen > known.line_id:
        known.line_id, known.read_at = seen, now


def unread_counts(session: Session, username: str, rows: Sequence[Conversation]) -> dict[int, int]:
    """How many of the customer's lines this person has not seen, by conversation, in one query; nothing for none."""
    is_open = [row for row in rows if row.owner is not Owner.CLOSED]
    own = [row.id for row in is_open if row.rep == username]
    its_marker = and_(ReadMarker.conversation_id == Line.conversation_id, _of(username))
    counts = (
        select(Line.conversation_id, func.count())
        .outerjoin(ReadMarker, its_marker)
        .where(
            Line.conversation_id.in_([row.id for row in is_open]),
            Line.speaker == Speaker.CUSTOMER,
            Line.id > func.coalesce(ReadMarker.line_id, 0),
            or_(ReadMarker.id.is_not(None), Line.conversation_id.in_(own)),
        )
        .group_by(Line.conversation_id)
    )
    return {row[0]: row[1] for row in session.execute(counts)}


def has_unread(username: str) -> ColumnElement[bool]:
    """Which conversations hold words this person has not seen."""
    seen = select(ReadMarker.line_id).where(_of(username), _in(Conversation.id)).scalar_subquery()
    of_own = and_(Conversation.rep == username, Conversation.last_asked_id > func.coalesce(seen, 0))
    return and_(Conversation.owner != Owner.CLOSED, or_(of_own, Conversation.last_asked_id > seen))


def is_watched(username: str) -> ColumnElement[bool]:
    """Which conversations are somebody else's, and were looked at by this person."""
    looked_at = exists().where(_of(username), _in(Conversation.id))
    return and_(Conversation.rep != username, looked_at)


def _of(username: str) -> ColumnElement[bool]:
    return ReadMarker.username == username


def _in(conversation_id: object) -> ColumnElement[bool]:
    return ReadMarker.conversation_id == conversation_id
