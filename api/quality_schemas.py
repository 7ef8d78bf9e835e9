"""What the page 质检 sends and gets; style and rules as in api/schemas.py."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.report_schemas import DaysQuery, Id
from api.schemas import In, Out, Username
from bot.handoff.model import Outcome
from bot.quality.model import CheckState, Mark, Picked
from bot.quality.rules import Rule

Words = Annotated[str, Field(max_length=500)]


class ChecksQuery(BaseModel):
    """Which checks: what is to do, what is done, or appeals; of one rep or of all."""

    list: Literal["to_do", "done", "appeals"] = "to_do"
    rep: Username | None = None
    before: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class MyChecksQuery(BaseModel):
    """One's own checks, page by page."""

    before: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class CheckPath(BaseModel):
    """A check's id."""

    id: Id


class MarksIn(In):
    """A mark for every item of the form, a reason for each that did not pass, and a word to the rep."""

    marks: dict[str, Annotated[Mark, Field(strict=False)]]
    reasons: dict[str, Words]
    comment: Words = ""


class AppealIn(In):
    """Why the rep disagrees."""

    words: Annotated[str, Field(min_length=1, max_length=500)]


class SettleIn(In):
    """The supervisor's decision: new marks grant the appeal, none leaves the score; either way with an answer."""

    answer: Annotated[str, Field(min_length=1, max_length=500)]
    marks: MarksIn | None = None


class CheckItemOut(Out):
    """One line of the form."""

    id: str
    name: str
    weight: int
    hint: str
    is_fatal: bool
    finding: Rule | None


class FormOut(Out):
    """The form as it stands."""

    version: int
    sample_percent: float
    low_rating: int
    appeal_days: int
    items: list[CheckItemOut]


class CheckRow(Out):
    """One check in a list."""

    id: int
    conversation_id: int
    label: str
    rep: str
    rep_name: str
    desk_name: str
    picked: Picked
    picked_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None
    rating: int | None
    failed: list[Rule]
    state: CheckState
    score: int | None
    is_fatal: bool
    is_seen: bool


class CheckOut(Out):
    """A check whole."""

    row: CheckRow
    findings: dict[Rule, bool]
    marks: dict[str, Mark]
    reasons: dict[str, str]
    comment: str | None
    checker_name: str | None
    scored_at: datetime | None
    appeal: str | None
    appealed_at: datetime | None
    may_appeal: bool
    is_upheld: bool | None
    answer: str | None
    settler_name: str | None
    settled_at: datetime | None


class ChecksPage(Out):
    """A page; `next` goes into `before` for the following one. `counts` are all checks by state, without one's own."""

    items: list[CheckRow]
    next: int | None
    counts: dict[CheckState, int]


class SummaryQuery(DaysQuery):
    """Which days the scores were given on."""


class RepQualityOut(Out):
    """How one rep's checks came out."""

    rep: str
    rep_name: str
    checks: int
    mean: float
    fatal: int
    appeals: int


class SummaryOut(Out):
    """Scores by rep, in the order of their names."""

    first: date
    last: date
    items: list[RepQualityOut]
