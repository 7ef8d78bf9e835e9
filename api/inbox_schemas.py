"""What the desk's lists are asked for, and what a screen reports back."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, field_validator

from api.handoff_schemas import HandoffItem
from api.schemas import In, Out, Username
from bot.handoff.model import Outcome
from bot.handoff.orders import MAX_ID, Sort

MOST_IDS = 50


class HandoffPage(Out):
    """One page; `next` and `previous` are the cursors of the pages after and before it, or null."""

    items: list[HandoffItem]
    next: str | None
    previous: str | None


class InboxQuery(BaseModel):
    """Which conversations, in which order, which page.

    `scope`: mine (held by me, or offered to me), queue (nobody has them yet), watching (a colleague's that I looked
    at), all I may read. `sort` is by itself the serving order for `state=queued` and `scope=queue`, else the newest
    word first. `unanswered`: the customer waits for our word; `closing`: his window shuts within four hours; `since`,
    `until`: when the last word was said. `q` finds a customer's name, firm or the last four digits of his phone, and
    a conversation's number; what was said is sealed and cannot be searched. A page of a search may hold fewer than
    `limit` and still have a next one. `ids` lists of these only what fits all the rest. `state=wrapping`: closed, and
    its rep still wraps it up.
    """

    state: Literal["queued", "offered", "active", "wrapping", "closed"] | None = None
    scope: Literal["mine", "queue", "watching", "all"] = "all"
    sort: Sort | None = None
    skill: Annotated[str | None, Field(max_length=32)] = None
    rep: Username | None = None
    outcome: Outcome | None = None
    unread: bool = False
    unanswered: bool = False
    closing: bool = False
    urgent: bool = False
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    q: Annotated[str, Field(max_length=40)] = ""
    ids: Annotated[str, Field(pattern=r"^$|^[1-9][0-9]{0,15}(,[1-9][0-9]{0,15}){0,49}$")] = ""
    cursor: Annotated[str | None, Field(max_length=128)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50

    @field_validator("since", "until")
    @classmethod
    def _refuse_beyond_the_calendar(cls, value: datetime | None) -> datetime | None:
        # In UTC it must still be a date.
        if value is not None and not 1 < value.year < 9999:
            raise ValueError("is not a date of ours")
        return value


class ReadIn(In):
    """The newest line the person has seen."""

    line_id: Annotated[int, Field(ge=1, le=MAX_ID)]
