"""What a supervisor sees of the desks at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.board.figures import Bucket, Figures
from bot.staff.model import RepStatus


@dataclass(frozen=True)
class WaitingNow:
    """A customer nobody serves yet."""

    id: int
    label: str
    skill: str
    priority: int
    queued_at: datetime
    offered_to: str | None


@dataclass(frozen=True)
class ChatNow:
    """A chat a rep holds or is asked about; `waiting_since` is his customer's last word while it has no answer."""

    id: int
    label: str
    skill: str | None
    is_offer: bool
    accepted_at: datetime | None
    waiting_since: datetime | None


@dataclass(frozen=True)
class RepNow:
    """A rep: what he said, whether his roster has him at work (None: he has no roster), what he holds.

    `load` is by weight, as routing counts it, wrap-ups included; `wrapping` is how many chats he still writes up.
    `missed` and `declined` count today's offers. `silent_s` is None when his screen was never seen alive.
    """

    username: str
    display_name: str
    role: str
    skills: Sequence[str]
    status: RepStatus
    status_since: datetime | None
    is_on_shift: bool | None
    shift_ends_at: datetime | None
    away_until: datetime | None
    silent_s: float | None
    load: int
    capacity: int
    wrapping: int
    missed: int
    declined: int
    chats: Sequence[ChatNow]


@dataclass(frozen=True)
class DeskNow:
    """A desk: who waits, who could serve, how it goes lately (half an hour) and today."""

    skill: str
    is_open: bool
    waiting: int
    longest_wait_s: int
    active: int
    ready: int
    lately: Figures
    today: Figures


@dataclass(frozen=True)
class Board:
    """Everything of one moment."""

    at: datetime
    desks: Sequence[DeskNow]
    reps: Sequence[RepNow]
    waiting: Sequence[WaitingNow]
    total: Figures
    chart: Sequence[Bucket]
