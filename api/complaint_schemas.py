"""What the console sends and gets about one complaint: its notes, its handler, its file."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.customer_schemas import Cursor, Limit
from api.privacy_schemas import ReasonIn
from api.schemas import In, Out, Username
from bot.complaints.model import ComplaintState, Opinion, ToldBy

Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


class ComplaintsQuery(BaseModel):
    """Which complaints."""

    state: ComplaintState = ComplaintState.OPEN


class ComplaintOut(Out):
    """A complaint as the desk sees it; the phone is masked, secrets in its text are blacked out."""

    id: int
    ticket: str
    label: str
    phone: str | None
    state: ComplaintState
    text: str
    about_rep: str | None
    handler: str | None
    conversation_id: int
    filed_at: datetime
    limit_days: int
    due_on: date
    days_left: int
    is_extension_asked: bool
    extension_reason: str | None
    extension_asked_by: str | None
    extended_by: str | None
    result: str | None
    told_by: ToldBy | None
    closed_by: str | None
    closed_at: datetime | None
    opinion: Opinion | None


class ExtensionIn(In):
    """Why more time is needed; the customer reads it."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class ExtendedOut(Out):
    """Whether the customer was told here; if not, a call is on the desk's list."""

    is_told: bool


class ComplaintCloseIn(In):
    """The result, and how the customer learns it: sent here now, or told by the handler before."""

    result: Annotated[str, Field(min_length=1, max_length=500)]
    told_by: Annotated[ToldBy, Field(strict=False)]


class ComplaintsPageQuery(ComplaintsQuery):
    """Which complaints, page by page."""

    cursor: Cursor | None = None
    limit: Limit = 30


class ComplaintRow(ComplaintOut):
    """A complaint with the names people know, and what the reader may do with it."""

    customer_id: int
    firm_name: str | None
    about_name: str | None
    handler_name: str | None
    may_handle: bool
    notes: int


class ComplaintRows(Out):
    """Complaints: open ones soonest due first, closed ones latest first."""

    items: list[ComplaintRow]
    next: str | None


class ComplaintNoteOut(Out):
    """One note."""

    id: int
    text: str
    by: str
    at: datetime


class HandlerOut(Out):
    """Somebody who may handle it."""

    username: str
    display_name: str


class ComplaintDetail(Out):
    """One complaint whole; notes only for its handler and supervisors."""

    complaint: ComplaintRow
    notes_written: list[ComplaintNoteOut]
    handlers: list[HandlerOut]


class HandlerIn(In):
    """Who handles it from now on."""

    username: Username


class ComplaintNoteIn(In):
    """What to write down."""

    text: Words


class DossierIn(ReasonIn):
    """Why the file is taken out."""


class DossierOut(Out):
    """The file, to be saved under its name."""

    name: str
    content: str
    sha256: str


class ComplaintPath(BaseModel):
    """A complaint's id."""

    id: Annotated[int, Field(ge=1, le=2**53)]
