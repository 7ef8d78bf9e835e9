"""Reads of what was said."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.transcripts.model import Line, Speaker


def page(
    session: Session, conversation_id: int, *, before: int | None = None, limit: int = 100
) -> tuple[Sequence[Line], bool]:
    """The newest lines before an id, oldest first, and whether there are earlier ones."""
    mine = select(Line).where(Line.conversation_id == conversation_id)
    if before is not None:
        mine = mine.where(Line.id < before)
    found = session.scalars(mine.order_by(Line.id.desc()).limit(limit + 1)).all()
    return list(reversed(found[:limit])), len(found) > limit


def last_words(session: Session, conversation_ids: Sequence[int]) -> dict[int, Line]:
    """The newest line a person said in each conversation, in one query; the bot's own words tell a rep nothing."""
    by_people = Line.conversation_id.in_(conversation_ids) & Line.speaker.in_([Speaker.CUSTOMER, Speaker.REP])
    newest = select(func.max(Line.id)).where(by_people).group_by(Line.conversation_id)
    return {line.conversation_id: line for line in session.scalars(select(Line).where(Line.id.in_(newest)))}


def unanswered(session: Session, conversation_ids: Sequence[int]) -> dict[int, int]:
    """How many customer lines follow the last rep's line, by conversation, in one query."""
    last_rep = (
        select(Line.conversation_id, func.max(Line.id).label("last"))
        .where(Line.conversation_id.in_(conversation_ids), Line.speaker == Speaker.REP)
        .group_by(Line.conversation_id)
        .subquery()
    )
    counts = (
        select(Line.conversation_id, func.count())
        .outerjoin(last_rep, last_rep.c.conversation_id == Line.conversation_id)
        .where(
            Line.conversation_id.in_(conversation_ids),
            Line.speaker == Speaker.CUSTOMER,
            Line.id > func.coalesce(last_rep.c.last, 0),
        )
        .group_by(Line.conversation_id)
    )
    return {row[0]: row[1] for row in session.execute(counts)}


def find_by_client_key(session: Session, conversation_id: int, client_key: str) -> Line | None:
    """The line a console already sent under this key, or None."""
    known = (Line.conversation_id == conversation_id) & (Line.client_key == client_key)
    return session.scalars(select(Line).where(known)).first()
