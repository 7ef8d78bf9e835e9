"""Reads of notes and mentions."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.notes.model import Mention, Note


def page(session: Session, conversation_id: int, *, before: int | None, limit: int) -> tuple[Sequence[Note], bool]:
    """The newest notes of a chat before an id, oldest first, and whether there are earlier ones."""
    mine = select(Note).where(Note.conversation_id == conversation_id)
    if before is not None:
        mine = mine.where(Note.id < before)
    found = session.scalars(mine.order_by(Note.id.desc()).limit(limit + 1)).all()
    return list(reversed(found[:limit])), len(found) > limit


def mentioned_in(session: Session, note_ids: Sequence[int]) -> dict[int, list[str]]:
    """Who is named in each note, in one query."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(Mention.note_id, Mention.username).where(Mention.note_id.in_(note_ids)).order_by(Mention.id)
    )
    for note_id, username in rows:
        found.setdefault(note_id, []).append(username)
    return found


def mentions_of(
    session: Session, username: str, *, before: int | None, limit: int
) -> tuple[Sequence[tuple[Mention, Note]], bool]:
    """Where somebody was asked, newest first, and whether there are earlier ones."""
    mine = select(Mention, Note).join(Note, Note.id == Mention.note_id).where(Mention.username == username)
    if before is not None:
        mine = mine.where(Mention.id < before)
    rows = session.execute(mine.order_by(Mention.id.desc()).limit(limit + 1)).all()
    return [(row[0], row[1]) for row in rows[:limit]], len(rows) > limit


def unread(session: Session, username: str) -> int:
    """How many mentions somebody has not looked at."""
    mine = (Mention.username == username) & Mention.read_at.is_(None)
    return session.scalar(select(func.count()).select_from(Mention).where(mine)) or 0
