"""What the console sends and gets about desk rules."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.privacy_schemas import Reason
from api.schemas import In, Out
from config.desks import RulesRow, ThresholdsRow

DeskId = Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class DeskPath(BaseModel):
    """A desk's id."""

    desk: DeskId


class DeskVersionOut(Out):
    """One version of a desk's rules; null is the release's own."""

    number: int
    rules: RulesRow | None
    thresholds: ThresholdsRow | None
    reason: str
    changed_by: str
    changed_at: datetime


class DeskOut(Out):
    """A desk: the rules and alert thresholds in force, the release's own, the newest version (null before the first).
    `number` is what a change must name as seen.
    """

    desk: str
    name: str
    number: int
    rules: RulesRow
    thresholds: ThresholdsRow
    default_rules: RulesRow
    default_thresholds: ThresholdsRow
    last_change: DeskVersionOut | None


class DesksPage(Out):
    """Every desk."""

    items: list[DeskOut]


class DeskHistoryQuery(BaseModel):
    """Versions before a number."""

    before: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class DeskHistoryPage(Out):
    """Versions, newest first; `next` is the number behind which the following page begins, or null."""

    items: list[DeskVersionOut]
    next: int | None


class DeskChangeIn(In):
    """What shall hold from now on (null: the release's own), the number that was looked at, and why."""

    seen: Number
    rules: RulesRow | None
    thresholds: ThresholdsRow | None
    reason: Reason


class WhatIfIn(In):
    """Rules to try out on the last day's arrivals."""

    rules: RulesRow


class DealtOut(Out):
    """What would have come of the arrivals."""

    arrivals: int
    answered: int
    in_time: int
    abandoned: int
    mean_wait_s: int
    longest_wait_s: int


class WhatIfOut(Out):
    """The last day dealt out by the rules in force and by the changed ones; `is_cut`: only its newest arrivals."""

    arrivals: int
    is_cut: bool
    desk_now: DealtOut
    desk_then: DealtOut
    all_now: DealtOut
    all_then: DealtOut
