"""What the console sends and gets about the message window and the calls that take its place."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas import In, Out

Moment = Annotated[AwareDatetime, Field(strict=False)]


class CallSlotOut(Out):
    """A half hour with a place left; `label` as one says it."""

    at: datetime
    label: str


class CallTimesOut(Out):
    """When the desk can phone this customer, and what is known for it. `soonest_at` takes no half hour of its own."""

    desk_name: str
    phone: str | None
    reason: str
    soonest_at: datetime
    soonest_label: str
    slots: list[CallSlotOut]


class CallIn(In):
    """A promise of a call: in a half hour (`slot_at`), or by an instant of the desk's hours (`due_at`); one of both."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    slot_at: Moment | None = None
    due_at: Moment | None = None


class CallOut(Out):
    """The promise as it stands."""

    id: int
    due_at: datetime
    slot_at: datetime | None
    owner: str | None
