"""Writing lines: each with its event and its mark on the conversation's row, in the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, column, table, update
from sqlalchemy.orm import Session

from bot.db import Instant
from bot.events import Event, EventType
from bot.outbox import publish
from bot.transcripts.model import Line, Speaker

# By its name: the conversation is a thing of the desk, which stands above the transcripts.
_CONVERSATIONS = table(
    "conversations",
    column("id"),
    column("last_word_id"),
    column("last_word_at", Instant()),
    column("last_asked_id"),
    column("unanswered"),
)
# Every line runs one of these. Written once, because putting a statement together costs more than running it.
_MARKED = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("chat"))
    .values(last_word_id=bindparam("line"), last_word_at=bindparam("said_at", type_=Instant()))
)
_ANSWERED = _MARKED.values(unanswered=0)
_ASKED = _MARKED.values(last_asked_id=bindparam("line"), unanswered=_CONVERSATIONS.c.unanswered + 1)


def add_line(
    session: Session,
    conversation_id: int,
    speaker: Speaker,
    text: str,
    at: datetime,
    *,
    kind: str = "text",
    detail: dict[str, Any] | None = None,
    rep: str | None = None,
    client_key: str | None = None,
    delivery_id: int | None = None,
) -> Line:
    """Write one line; `text` must be masked already."""
    line = Line(
        conversation_id=conversation_id,
        speaker=speaker,
        rep=rep,
        kind=kind,
        text=text,
        detail=detail or {},
        at=at,
        client_key=client_key,
        delivery_id=delivery_id,
    )
    session.add(line)
    session.flush()
    _mark(session, line)
    payload = {"line_id": line.id, "speaker": speaker.value}
    publish(session, at, Event(EventType.LINE_ADDED, conversation_id, payload=payload))
    return line


def _mark(session: Session, line: Line) -> None:
    """What lists show and are ordered by; the bot's own words and notices tell a rep nothing."""
    if line.speaker not in (Speaker.CUSTOMER, Speaker.REP):
        return
    mark = _ASKED if line.speaker is Speaker.CUSTOMER else _ANSWERED
    session.execute(mark, {"chat": line.conversation_id, "line": line.id, "said_at": line.at})
