"""What the console sends and gets about people, shifts, absences and dedicated customers."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from api.privacy_schemas import Id, Limit
from api.schemas import In, Note, Out, Username
from bot.desks.model import AwayFor

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
# JSON has no dates, so these may be converted.
Day = Annotated[date, Field(strict=False, ge=date(2020, 1, 1), le=date(2099, 12, 31))]
Moment = Annotated[
    AwareDatetime,
    Field(
        strict=False,
        ge=datetime.fromisoformat("2020-01-01T00:00:00Z"),
        le=datetime.fromisoformat("2099-12-31T00:00:00Z"),
    ),
]


class WeekQuery(BaseModel):
    """A day of the wanted week; this week without one."""

    day: Annotated[date | None, Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))] = None


class TemplateOut(Out):
    """A kind of shift by the bank's wall clock."""

    id: str
    name: str
    starts: str
    ends: str


class ShiftOut(Out):
    """A shift of a person."""

    template: str
    on: date
    starts_at: datetime
    ends_at: datetime


class AbsenceOut(Out):
    """A person is away; `deputy` stands in for his dedicated customers."""

    id: int
    away_for: AwayFor
    starts_at: datetime
    ends_at: datetime
    deputy: str | None
    note: str


class RosterRowOut(Out):
    """A person with what he does in this week. `version` is what a change must name as seen."""

    username: str
    display_name: str
    role: str
    version: int
    skills: list[str]
    capacity: int
    customers: int
    shifts: list[ShiftOut]
    absences: list[AbsenceOut]


class RosterOut(Out):
    """One week, from its Monday."""

    monday: date
    templates: list[TemplateOut]
    skills: list[tuple[str, str]]
    reps: list[RosterRowOut]


class PersonIn(In):
    """The desks a person serves and how many chats at once."""

    seen: Version
    skills: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=20)]
    capacity: Annotated[int, Field(ge=0, le=20)]


class ShiftIn(In):
    """A shift on a day."""

    on: Day
    template: Annotated[str, Field(max_length=32)]


class WeekIn(In):
    """A person's whole week, in place of what he had."""

    seen: Version
    monday: Day
    shifts: Annotated[list[ShiftIn], Field(max_length=21)]


class CopyWeekIn(In):
    """From one week to another; each by its Monday."""

    source: Day
    target: Day


class CopiedOut(Out):
    """How many people got shifts."""

    reps: int


class AbsenceIn(In):
    """A person will be away, and who stands in."""

    seen: Version
    away_for: Annotated[AwayFor, Field(strict=False)]
    starts_at: Moment
    ends_at: Moment
    deputy: Username | None = None
    note: Note = ""


class AbsencePath(BaseModel):
    """An absence's id."""

    id: Id


class DedicatedQuery(BaseModel):
    """Customers before an id."""

    before: Id | None = None
    limit: Limit = 50


class DedicatedOut(Out):
    """A dedicated customer. `conversation_id` is his newest chat that came to the desk."""

    follower_id: int
    label: str
    firm_name: str | None
    conversation_id: int | None


class DedicatedPage(Out):
    """A rep's dedicated customers, newest first."""

    items: list[DedicatedOut]
    next: int | None


class DedicateIn(In):
    """The customer of this chat becomes the rep's."""

    conversation_id: Id


class DedicatedPath(BaseModel):
    """A customer of a rep."""

    username: Username
    id: Id


class StandInOut(Out):
    """For whom I stand in now, until when, and what he left me to know."""

    rep: str
    rep_name: str
    ends_at: datetime
    note: str


class DutyOut(Out):
    """My own roster: the shift now or the next one, my absence, and for whom I stand in. `is_rostered` False: I work
    whenever I say I am ready.
    """

    is_rostered: bool
    shift_starts_at: datetime | None
    shift_ends_at: datetime | None
    away_until: datetime | None
    standing_in: list[StandInOut]
