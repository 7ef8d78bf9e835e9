"""Writing notes, and reading that one was mentioned. Whether somebody may write here is the caller's to say, in the
same transaction (bot/handoff/scope.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.errors import InvalidInput
from bot.events import Event, EventType
from bot.notes.model import Mention, Note
from bot.outbox import publish
from bot.staff.model import Role, StaffMember

SERVES = (Role.REP, Role.SUPERVISOR)


@dataclass(frozen=True)
class NewNote:
    """What somebody writes; `text` must be masked already."""

    conversation_id: int
    author: str
    text: str
    client_key: str
    mentioned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notes:
    """Acts on notes, each in one transaction."""

    database: Database
    clock: Clock

    def write(self, new: NewNote, check: Callable[[Session], str | None]) -> Note:
        """Write one note. `check` raises when its author may not write here; it tells to whom the note is whispered, if
        it is. Raises as write_note. Safe to repeat.
        """
        try:
            return self._write(new, check)
        except IntegrityError:
            # The same key came twice at once, and the other one has written it.
            return self._write(new, check)

    def read(self, conversation_id: int, username: str) -> None:
        """He has looked at what he was asked in this chat. Safe to repeat."""
        with self.database.transaction() as session:
            read_mentions(session, conversation_id, username, self.clock.now())

    def _write(self, new: NewNote, check: Callable[[Session], str | None]) -> Note:
        with self.database.transaction() as session:
            return write_note(session, new, self.clock.now(), whispered_to=check(session))


def write_note(session: Session, new: NewNote, now: datetime, *, whispered_to: str | None = None) -> Note:
    """Write one note with its mentions, or find the one this key already made. Raises InvalidInput for somebody who
    serves no customers, and for a key that now carries other words. Safe to repeat.
    """
    known = _find(session, new)
    if known is not None:
        return known
    mentioned = _colleagues(session, new)
    note = Note(
        conversation_id=new.conversation_id,
        author=new.author,
        whispered_to=whispered_to,
        text=new.text,
        client_key=new.client_key,
        at=now,
    )
    session.add(note)
    session.flush()
    payload = {"note_id": note.id, "author": new.author, "whispered_to": whispered_to}
    publish(session, now, Event(EventType.NOTE_ADDED, new.conversation_id, payload=payload))
    for username in mentioned:
        session.add(Mention(note_id=note.id, conversation_id=new.conversation_id, username=username, at=now))
        asked = {"note_id": note.id, "by": new.author}
        publish(session, now, Event(EventType.NOTE_MENTIONED, new.conversation_id, audience=username, payload=asked))
    return note


def read_mentions(session: Session, conversation_id: int, username: str, now: datetime) -> int:
    """He has looked at what he was asked in this chat; how many mentions were new. Safe to repeat."""
    mine = (Mention.conversation_id == conversation_id) & (Mention.username == username) & Mention.read_at.is_(None)
    done = session.execute(update(Mention).where(mine).values(read_at=now))
    count = done.rowcount if isinstance(done, CursorResult) else 0
    if count:
        read = {"count": count}
        publish(session, now, Event(EventType.MENTIONS_READ, conversation_id, audience=username, payload=read))
    return count


def _find(session: Session, new: NewNote) -> Note | None:
    same = (Note.conversation_id == new.conversation_id) & (Note.client_key == new.client_key)
    known = session.scalars(select(Note).where(same)).first()
    if known is not None and (known.author, known.text) != (new.author, new.text):
        raise InvalidInput(places=["client_key"])
    return known


def _colleagues(session: Session, new: NewNote) -> list[str]:
    """Whom the note names, each once. Raises InvalidInput."""
    wanted: Iterable[str] = dict.fromkeys(new.mentioned)
    serving = StaffMember.role.in_(SERVES) & StaffMember.is_enabled & (StaffMember.username != new.author)
    known = set(session.scalars(select(StaffMember.username).where(serving, StaffMember.username.in_(wanted))))
    if known != set(wanted):
        raise InvalidInput(places=["mentions"])
    return list(wanted)
