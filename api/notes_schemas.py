"""Notes beside a chat, and where one was asked for help."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas import ClientKey, In, Out, Username


class NoteOut(Out):
    """One note. `whispered_to`: a supervisor's word to the rep who had the chat then."""

    id: int
    conversation_id: int
    author: str
    author_name: str
    text: str
    whispered_to: str | None
    mentions: list[str]
    at: datetime


class NotesPage(Out):
    """The newest notes before an id, oldest first."""

    notes: list[NoteOut]
    has_earlier: bool


class NotesQuery(BaseModel):
    """Notes before one id; without it the newest."""

    before: Annotated[int | None, Field(ge=1, le=2**53)] = None


class NoteIn(In):
    """What a colleague is to know; never sent to the customer. `mentions` are usernames."""

    client_key: ClientKey
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    mentions: Annotated[list[Username], Field(max_length=10)] = []


class MentionOut(Out):
    """Where somebody was asked. `is_readable` False: the chat is over, and it is not his."""

    id: int
    conversation_id: int
    label: str
    by: str
    by_name: str
    text: str
    at: datetime
    is_read: bool
    is_readable: bool


class MentionsPage(Out):
    """Newest first; `unread` counts all that were not looked at, `next` is the id to go on before."""

    items: list[MentionOut]
    unread: int
    next: int | None
