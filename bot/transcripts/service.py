"""Writing lines: each with its event, in the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.events import Event, EventType
from bot.outbox import publish
from bot.transcripts.model import Line, Speaker


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
    payload = {"line_id": line.id, "speaker": speaker.value}
    publish(session, at, Event(EventType.LINE_ADDED, conversation_id, payload=payload))
    return line
