"""Pure decisions of campaigns: which change may follow which, when something may be sent, how an audience is cut.

Quiet hours and caps are the bank's (config/contact_policy.yml); sizes are the platform's.
"""

import calendar
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.campaigns.model import CampaignState, Repeats, WaitWhy
from bot.clock import BANK_ZONE, local
from bot.errors import CampaignStateConflict
from bot.knowledge.hours import DayKind, day_of

# guide/product/message/Batch_Sends: 2 to 10,000 openids a list.
CHUNK_SIZE = 10_000
FEWEST_IN_CHUNK = 2
BUCKETS = 10_000
MOST_VARIANTS = 4
DEFAULT_LATEST = timedelta(hours=2)
# clientmsgid is recognised for 24 hours; a minute less is ours to be sure.
RECOGNISED_FOR = timedelta(hours=24) - timedelta(minutes=1)
ASK_AGAIN_AFTER = timedelta(minutes=1)
LONGEST_REST = timedelta(days=40)

S = CampaignState
NEXT: Mapping[CampaignState, frozenset[CampaignState]] = {
    S.DRAFT: frozenset({S.IN_REVIEW, S.CANCELLED}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.APPROVED, S.CANCELLED}),
    S.APPROVED: frozenset({S.DRAFT, S.IN_REVIEW, S.SCHEDULED, S.CANCELLED}),
    S.SCHEDULED: frozenset({S.DRAFT, S.IN_REVIEW, S.PLANNING, S.RUNNING, S.CANCELLED}),
    S.PLANNING: frozenset({S.IN_REVIEW, S.RUNNING, S.FINISHED, S.PAUSED, S.SCHEDULED, S.CANCELLED}),
    S.RUNNING: frozenset({S.PAUSED, S.IN_REVIEW, S.FINISHED, S.CANCELLED}),
    S.PAUSED: frozenset({S.RUNNING, S.IN_REVIEW, S.FINISHED, S.CANCELLED}),
    S.FINISHED: frozenset(),
    S.CANCELLED: frozenset(),
}
# What an edit voids the approval of.
EDITABLE = frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.SCHEDULED})
ENDED = frozenset({S.FINISHED, S.CANCELLED})


@dataclass(frozen=True)
class ContactPolicy:
    """When and how often followers may be contacted unasked. Times are minutes of the bank's day. `morning` is when
    what came too late the evening before goes out.
    """

    opens: int
    closes: int
    morning: int
    week_days: int
    month_days: int
    in_month: int
    global_holdout_bp: int
    min_sample: int
    most_waiting: int
    calls_a_minute: int


def check_move(state: CampaignState, to: CampaignState) -> None:
    """Raises CampaignStateConflict when this state cannot follow that one."""
    if to not in NEXT[state]:
        raise CampaignStateConflict(state=state.value)


def find_wait(now: datetime, policy: ContactPolicy) -> tuple[datetime, WaitWhy] | None:
    """Until when nothing may be pushed, and why; None when it may be now (C15)."""
    here = local(now)
    if day_of(here.date()).kind is DayKind.HOLIDAY:
        return next_morning(now, policy), WaitWhy.HOLIDAY
    if policy.opens <= here.hour * 60 + here.minute < policy.closes:
        return None
    return next_morning(now, policy), WaitWhy.QUIET_HOURS


def next_morning(now: datetime, policy: ContactPolicy) -> datetime:
    """The next nine o'clock, strictly after `now`, of a day that is no statutory holiday."""
    day = local(now).date()
    last = day + LONGEST_REST
    while day <= last:
        found = datetime.combine(day, time(), BANK_ZONE) + timedelta(minutes=policy.morning)
        if found > now and day_of(day).kind is not DayKind.HOLIDAY:
            return found
        day += timedelta(days=1)
    raise ValueError(f"nothing but holidays within {LONGEST_REST.days} days")


def schedule_of(
    not_before: datetime, not_after: datetime, policy: ContactPolicy
) -> tuple[datetime, datetime, WaitWhy | None]:
    """When it really starts and ends, and why it was moved. What falls into quiet hours or a holiday starts the next
    morning and keeps its length; nothing runs on into the next month, whose messages are other ones.
    """
    moved = find_wait(not_before, policy)
    starts = moved[0] if moved else not_before
    ends = min(starts + (not_after - not_before), end_of_month(starts))
    return starts, ends, moved[1] if moved else None


def end_of_month(instant: datetime) -> datetime:
    """The first instant of the next month at the bank."""
    here = local(instant)
    days = calendar.monthrange(here.year, here.month)[1]
    return datetime.combine(date(here.year, here.month, days), time(), BANK_ZONE) + timedelta(days=1)


def next_midnight(now: datetime) -> datetime:
    """When the platform's daily counts begin anew: the next midnight in Beijing, and a minute to be sure."""
    day = local(now).date() + timedelta(days=1)
    return datetime.combine(day, time(0, 1), BANK_ZONE)


def next_run(starts: datetime, repeats: Repeats) -> datetime:
    """When a repeated campaign is due again, at the same time of day; the 31st becomes a shorter month's last day.
    Raises ValueError for one that is sent once.
    """
    here = local(starts)
    if repeats is Repeats.DAILY:
        return here + timedelta(days=1)
    if repeats is Repeats.WEEKLY:
        return here + timedelta(days=7)
    if repeats is not Repeats.MONTHLY:
        raise ValueError("it is sent once")
    year, month = here.year + here.month // 12, here.month % 12 + 1
    return here.replace(year=year, month=month, day=min(here.day, calendar.monthrange(year, month)[1]))


def eta(now: datetime, started: datetime | None, left: int, still: int, wait_until: datetime | None) -> datetime | None:
    """When the last chunk will be out, from the pace so far; None while nothing has left yet."""
    if still == 0:
        return now
    if started is None or left == 0:
        return None
    each = (now - started) / left
    return max(now, wait_until or now) + each * still


def edges_of(shares: Sequence[int]) -> list[int]:
    """The upper edge of each variant's buckets, in order: shares 30 and 70 end at 3000 and 10000."""
    edges, edge = [], 0
    for share in shares:
        edge += share * BUCKETS // 100
        edges.append(edge)
    return edges


def hash_of(said: Mapping[str, Any]) -> str:
    """The same for the same content, audience and schedule: what the second person says yes to."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def bucket(salt: str, follower_id: int, offset: int = 0) -> int:
    """The follower's bucket under a salt, 0 to 9999; the SQL of buckets.py finds the same."""
    digest = hashlib.sha256(f"{salt}:{follower_id}".encode()).digest()
    return (int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF) % BUCKETS
