"""What the page 报表 asks for and gets; style and rules as in api/schemas.py. Shares are from 0 to 1, money in fen."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas import Out
from bot.handoff.model import Outcome
from bot.reports.business import Step
from bot.reports.metrics import Dimension, Group, Unit, Wants

Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2100, 12, 31))]
Desk = Annotated[str, Field(pattern=r"^(\*|[a-z][a-z_]{1,31})$")]
Key = Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]
Id = Annotated[int, Field(ge=1, le=2**53)]


class DaysQuery(BaseModel):
    """Which days, both included; at most a year and a day."""

    first: Day
    last: Day


class ReportQuery(DaysQuery):
    """Which days, of which desk ("*" is all), and of whom: one value of one dimension, or everything."""

    desk: Desk = "*"
    dimension: Dimension = Dimension.ALL
    key: Key = ""


class BreakdownQuery(DaysQuery):
    """Which days of which desk, told apart by what."""

    desk: Desk = "*"
    by: Literal["rep", "branch", "product", "source", "matter", "desk"]


class DrillQuery(ReportQuery):
    """The chats behind a figure, page by page."""

    before: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class MetricPath(BaseModel):
    """A figure of the dictionary."""

    metric: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]


class MetricOut(Out):
    """One figure of the dictionary, in words."""

    id: str
    name: str
    english: str
    group: Group
    unit: Unit
    formula: str
    population: str
    notes: str
    target: float | None
    wants: Wants | None
    has_chats: bool


class FigureOut(Out):
    """A figure's value, None when there was nothing to measure; `before` is the value of as many days before."""

    metric: str
    value: float | None
    part: int | None
    whole: int | None
    before: float | None


class DayOut(Out):
    """The values of one day by figure."""

    day: date
    values: dict[str, float | None]


class OutcomeOut(Out):
    """How many chats of one day ended how."""

    day: date
    outcome: Outcome
    count: int


class ReportDeskOut(Out):
    """A desk one can ask for."""

    id: str
    name: str


class ReportOut(Out):
    """The page: what each figure is, its value, its days."""

    metrics: list[MetricOut]
    figures: list[FigureOut]
    days: list[DayOut]
    outcomes: list[OutcomeOut]
    desks: list[ReportDeskOut]
    made_at: datetime


class HourOut(Out):
    """An hour of a weekday (0 is Monday): how many asked for a person and how many reps were on duty, per such day."""

    weekday: int
    hour: int
    arrivals: float
    staffed: float


class HoursPage(Out):
    """Hours in which anything happened."""

    items: list[HourOut]


class BreakdownRow(Out):
    """One rep, branch, product, article, matter or desk."""

    key: str
    name: str
    values: dict[str, float | None]


class BreakdownOut(Out):
    """The figures of each, by name; never in an order of merit."""

    metrics: list[str]
    rows: list[BreakdownRow]


class FunnelStepOut(Out):
    """A step of a loan's way, and how many got there."""

    step: Step
    count: int
    before: int


class RisingOut(Out):
    """An intent that is asked more this week than in the four before."""

    intent: str
    label: str
    this_week: int
    per_week_before: float


class BusinessOut(Out):
    """The way of loans, and what is asked more and more."""

    steps: list[FunnelStepOut]
    rising: list[RisingOut]


class BehindOut(Out):
    """One chat behind a figure. Times in seconds."""

    id: int
    conversation_id: int
    label: str
    desk_name: str | None
    rep_name: str | None
    queued_at: datetime | None
    wait_s: float | None
    reply_s: float | None
    handle_s: float | None
    outcome: Outcome | None
    rating: int | None


class BehindPage(Out):
    """A page; `next` goes into `before` for the following one."""

    items: list[BehindOut]
    next: int | None
