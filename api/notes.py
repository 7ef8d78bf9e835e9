"""Words among colleagues beside a chat: notes, whispers of supervisors, and who was asked where."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.handoff_schemas import HandoffPath
from api.knowledge_views import names_of
from api.notes_schemas import MentionOut, MentionsPage, NoteIn, NoteOut, NotesPage, NotesQuery
from api.reading import check_readable, me
from api.schemas import Problem
from bot.compliance.secrets import mask_secrets
from bot.customers.model import Follower
from bot.errors import InvalidInput
from bot.handoff import scope
from bot.handoff.model import Conversation, Owner
from bot.handoff.routing import DESK_BELL
from bot.notes import queries
from bot.notes.model import Note
from bot.notes.service import NewNote
from bot.staff.model import Role

PAGE = 50
ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
notes = APIBlueprint("notes", __name__, url_prefix="/api", abp_tags=[Tag(name="notes")])


@notes.get("/handoffs/<int:id>/notes", responses={200: NotesPage, **ERRORS})
@open_to(DESK_ROLES, is_activity=False)
def list_notes(path: HandoffPath, query: NotesQuery) -> dict[str, Any]:
    """What colleagues noted beside this chat."""
    check_readable(path.id)
    with the_bot().database.reading() as session:
        found, has_earlier = queries.page(session, path.id, before=query.before, limit=PAGE)
        page = NotesPage(notes=_shown(session, found), has_earlier=has_earlier)
    return page.model_dump(mode="json")


@notes.post("/handoffs/<int:id>/notes", responses={201: NoteOut, **ERRORS})
@open_to(DESK_ROLES)
def add_note(path: HandoffPath, body: NoteIn) -> tuple[dict[str, Any], int]:
    """Note something for colleagues; from a supervisor it is a whisper to the rep who has the chat."""
    bot = the_bot()
    text = mask_secrets(body.text.strip()).text
    if not text:
        raise InvalidInput(places=["text"])
    new = NewNote(path.id, caller().username, text, body.client_key, tuple(body.mentions))
    note = bot.notes.write(new, lambda session: _whispered_to(session, path.id))
    bot.waker.ring(DESK_BELL)
    with bot.database.reading() as session:
        return _shown(session, [note])[0].model_dump(mode="json"), 201


@notes.get("/mentions", responses={200: MentionsPage, **ERRORS})
@open_to(DESK_ROLES, is_activity=False)
def list_mentions(query: NotesQuery) -> dict[str, Any]:
    """Where colleagues asked the signed-in person."""
    with the_bot().database.reading() as session:
        found, has_more = queries.mentions_of(session, caller().username, before=query.before, limit=PAGE)
        chats = {note.conversation_id for _, note in found}
        readable = set(
            session.scalars(select(Conversation.id).where(Conversation.id.in_(chats), scope.readable_by(me(session))))
        )
        labels = _labels(session, chats)
        authors = names_of(session, {note.author for _, note in found})
        items = [
            MentionOut(
                id=mention.id,
                conversation_id=note.conversation_id,
                label=labels[note.conversation_id],
                by=note.author,
                by_name=authors.get(note.author, note.author),
                text=note.text,
                at=mention.at,
                is_read=mention.read_at is not None,
                is_readable=note.conversation_id in readable,
            )
            for mention, note in found
        ]
        unread = queries.unread(session, caller().username)
    return MentionsPage(items=items, unread=unread, next=items[-1].id if has_more else None).model_dump(mode="json")


@notes.post("/handoffs/<int:id>/mentions/read", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def note_mentions_read(path: HandoffPath) -> Response:
    """The signed-in person has looked at what he was asked in this chat. Safe to repeat."""
    the_bot().notes.read(path.id, caller().username)
    return Response(status=204)


def _whispered_to(session: Session, conversation_id: int) -> str | None:
    """The rep to whom the signed-in person speaks by noting something here. Raises NotFound if he may not read it."""
    person = me(session)
    row = scope.get_readable(session, conversation_id, person)
    is_others = row.owner is Owner.ACTIVE and row.rep != person.username
    return row.rep if is_others and person.role is Role.SUPERVISOR else None


def _shown(session: Session, found: Sequence[Note]) -> list[NoteOut]:
    mentioned = queries.mentioned_in(session, [note.id for note in found])
    authors = names_of(session, {note.author for note in found})
    return [_note(note, authors.get(note.author, note.author), mentioned.get(note.id, [])) for note in found]


def _note(note: Note, author_name: str, mentions: list[str]) -> NoteOut:
    return NoteOut(
        id=note.id,
        conversation_id=note.conversation_id,
        author=note.author,
        author_name=author_name,
        text=note.text,
        whispered_to=note.whispered_to,
        mentions=mentions,
        at=note.at,
    )


def _labels(session: Session, chats: set[int]) -> dict[int, str]:
    """What the customers of chats are called, in one query."""
    rows = session.execute(
        select(Conversation.id, Follower.label)
        .join(Follower, Follower.id == Conversation.follower_id)
        .where(Conversation.id.in_(chats))
    )
    return {row[0]: row[1] for row in rows}
