"""Reads of what was said."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.transcripts.model import Line


def page(
    session: Session, conversation_id: int, *, before: int | None = None, limit: int = 100
) -> tuple[Sequence[Line], bool]:
    """The newest lines before an id, oldest first, and whether there are earlier ones."""
    mine = select(Line).where(Line.conversation_id == conversation_id)
    if before is not None:
        mine = mine.where(Line.id < before)
    found = session.scalars(mine.order_by(Line.id.desc()).limit(limit + 1)).all()
    return list(reversed(found[:limit])), len(found) > limit


def by_id(session: Session, line_ids: Sequence[int]) -> dict[int, Line]:
    """These lines by their ids, in one query; one that was erased is missing."""
    return {line.id: line for line in session.scalars(select(Line).where(Line.id.in_(line_ids)))}


def find_rep(session: Session, conversation_id: int, delivery_id: int) -> str | None:
    """The rep whose words a message carries, or None when they are nobody's; of lines that share it the last one's."""
    carried = (Line.conversation_id == conversation_id) & (Line.delivery_id == delivery_id)
    return session.scalar(select(Line.rep).where(carried).order_by(Line.id.desc()).limit(1))


def find_by_client_key(session: Session, conversation_id: int, client_key: str) -> Line | None:
    """The line a console already sent under this key, or None."""
    known = (Line.conversation_id == conversation_id) & (Line.client_key == client_key)
    return session.scalars(select(Line).where(known)).first()
