"""What the console gets about the desks at this moment."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas import In, Out, Username
from bot.staff.model import RepStatus


class RepPath(BaseModel):
    """A person of the desk."""

    username: Username


class ForcedStatusIn(In):
    """What a rep shall say of himself."""

    status: Annotated[RepStatus, Field(strict=False)]


class BoardFiguresOut(Out):
    """What became of some arrivals, percentages null while there is nothing to divide by (docs/glossary.md)."""

    arrivals: int
    answered: int
    in_time: int
    abandoned: int
    service_level: int | None
    answer_rate: int | None
    abandon_rate: int | None


class BucketOut(Out):
    """A quarter of an hour of the chart."""

    starts_at: datetime
    arrivals: int
    answered: int
    abandoned: int


class DeskNowOut(Out):
    """A desk: who waits, who could serve, how it goes lately (half an hour) and today."""

    skill: str
    name: str
    is_open: bool
    waiting: int
    longest_wait_s: int
    active: int
    ready: int
    lately: BoardFiguresOut
    today: BoardFiguresOut


class ChatNowOut(Out):
    """A chat of a rep; `waiting_since` is set while his customer waits for a word."""

    id: int
    label: str
    skill: str | None
    is_offer: bool
    accepted_at: datetime | None
    waiting_since: datetime | None


class RepNowOut(Out):
    """A rep. `is_on_shift` is null without a roster; `is_connected` is whether his screen is alive.
    `load` is by weight, wrap-ups included.
    """

    username: str
    display_name: str
    role: str
    skills: list[str]
    status: RepStatus
    status_since: datetime | None
    is_on_shift: bool | None
    shift_ends_at: datetime | None
    away_until: datetime | None
    is_connected: bool
    load: int
    capacity: int
    wrapping: int
    missed: int
    declined: int
    chats: list[ChatNowOut]


class WaitingNowOut(Out):
    """A customer nobody serves yet."""

    id: int
    label: str
    skill: str
    priority: int
    queued_at: datetime
    offered_to: str | None


class BoardOut(Out):
    """Everything of one moment."""

    at: datetime
    desks: list[DeskNowOut]
    reps: list[RepNowOut]
    waiting: list[WaitingNowOut]
    total: BoardFiguresOut
    chart: list[BucketOut]
