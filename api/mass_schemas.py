"""What all campaigns share, as the page 群发 gets it: the month, the stop, sends made outside."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.customer_schemas import Id
from api.schemas import In, Out
from bot.campaigns.ledger import OutsideState
from bot.campaigns.model import CampaignState


class OutsidePath(BaseModel):
    """A send made outside."""

    id: Id


class MassPlannerQuery(BaseModel):
    """Beside how the month stands, what this campaign would make of it."""

    campaign_id: Id | None = None


class MassCalendarQuery(BaseModel):
    """The month whose campaigns and outside sends are shown: 2026-11."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]


class OutsideBookIn(In):
    """Whom a send made outside went to; null: nobody who counts."""

    segment_id: Id | None


class MassMonthOut(Out):
    """How many followers have 0, 1 … 4 messages of the month left, now and after the campaign; `none_percent` of a
    hundred would have none.
    """

    month: int
    now: list[int]
    after: list[int]
    none_percent: int


class MassCalendarDay(Out):
    """One entry of the calendar; of an outside send the id is of that."""

    day: date
    kind: Literal["campaign", "outside"]
    id: int
    name: str
    state: CampaignState | None
    starts_at: datetime | None
    size: int | None


class MassCalendarOut(Out):
    """By day."""

    items: list[MassCalendarDay]


class MassStopOut(Out):
    """The emergency stop that holds now; `since` null: none does. `running` campaigns would be held by one."""

    since: datetime | None
    by_name: str | None
    reason: str | None
    running: int


class OutsideSendOut(Out):
    """A send the bank's people made in the platform's console."""

    id: int
    title: str
    url: str
    sent_on: date
    targets: int | None
    state: OutsideState
    booked: int
    segment_id: int | None
    decided_by: str | None
    decided_at: datetime | None


class OutsideSendsOut(Out):
    """Those to be decided first, then the newest."""

    items: list[OutsideSendOut]


class ContactPolicyOut(Out):
    """The rules of contacting: hours as 08:30, caps, and the part that is never sent marketing."""

    opens: str
    closes: str
    morning: str
    week_days: int
    month_days: int
    in_month: int
    global_holdout_bp: int
    min_sample: int
