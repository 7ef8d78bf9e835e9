"""What the console sends and gets about one complaint: its notes, its handler, its file."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.customer_schemas import Cursor, Limit
from api.privacy_schemas import ReasonIn
from api.schemas import ComplaintOut, ComplaintsQuery, In, Out, Username

Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


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
