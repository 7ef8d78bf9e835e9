"""What the console sends and gets about personal data: unmasking, acts, requests, holds, keeping times."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas import In, Out
from bot.audit.model import Act
from bot.privacy.model import RequestKind, RequestState
from bot.privacy.rules import Action

Id = Annotated[int, Field(ge=1, le=2**53)]
Limit = Annotated[int, Field(ge=1, le=200)]
# Not "x": a reason that nobody can follow is none.
Reason = Annotated[str, Field(min_length=4, max_length=200, pattern=r"\S.*\S")]


class PrivacyPath(BaseModel):
    """The id of a request or a hold."""

    id: Id


class ReasonIn(In):
    """Why."""

    reason: Reason


class UnmaskIn(ReasonIn):
    """What to show of a customer, and why."""

    field: Literal["phone", "contact"]


class UnmaskedOut(Out):
    """A value in clear, to be shown for `shown_s` seconds only."""

    value: str
    shown_s: int


class AuditQuery(BaseModel):
    """Which acts; `before` is the id behind which the page begins."""

    username: Annotated[str, Field(max_length=64)] | None = None
    act: Act | None = None
    follower_id: Id | None = None
    before: Id | None = None
    limit: Limit = 50


class AuditActOut(Out):
    """One act. The object is told by kind and id."""

    id: int
    at: datetime
    username: str
    act: Act
    object_kind: str
    object_id: int | None
    follower_id: int | None
    reason: str | None
    request_id: str | None


class AuditPage(Out):
    """Acts, newest first."""

    items: list[AuditActOut]
    next: int | None


class RequestsQuery(BaseModel):
    """Which requests; `before` is the id behind which the page begins."""

    state: RequestState = RequestState.OPEN
    before: Id | None = None
    limit: Limit = 50


class DataRequestIn(In):
    """What a customer asks in person or by phone, by one of his chats, and how he proved who he is."""

    conversation_id: Id
    kind: Annotated[RequestKind, Field(strict=False)]
    proved_by: Reason


class DataRequestOut(Out):
    """One request of a customer about his own data. `told`: he was told of it in the chat; None while it is open."""

    id: int
    number: str
    label: str
    kind: RequestKind
    state: RequestState
    created_at: datetime
    due_at: datetime
    is_overdue: bool
    handled_by: str | None
    handled_at: datetime | None
    note: str | None
    proof: dict[str, Any] | None
    told: bool | None = None


class RequestsPage(Out):
    """Open requests soonest due first, others newest first."""

    items: list[DataRequestOut]
    next: int | None


class HeldTableOut(Out):
    """What one table holds of the customer."""

    label: str
    count: int
    rows: list[dict[str, Any]]


class ExportOut(Out):
    """Everything held of one customer: a sentence a table, then the rows."""

    number: str
    made_at: datetime
    summary: list[str]
    tables: list[HeldTableOut]


class HoldIn(ReasonIn):
    """Whose data must not be removed, by one of his chats."""

    conversation_id: Id


class HoldOut(Out):
    """A legal hold."""

    id: int
    label: str
    reason: str
    set_by: str
    set_at: datetime


class HoldsPage(Out):
    """Open holds, newest first."""

    items: list[HoldOut]


class RetentionClassOut(Out):
    """One class of data, how long it is kept, and what the last purge did with it."""

    id: str
    label: str
    table: str
    keep_min_days: int
    keep_max_days: int
    action: Action
    basis: str
    counted: int | None
    removed: int | None
    held: int | None
    duration_ms: int | None
    is_finished: bool | None


class RetentionOut(Out):
    """The retention table with the report of the last purge; `run_on` is None before the first."""

    run_on: date | None
    items: list[RetentionClassOut]
