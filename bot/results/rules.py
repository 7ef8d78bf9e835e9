"""Pure decisions of results: how long a touch or a send counts, what a difference of two groups says, when to look
again.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

# After a proven touch a conversation comes from it; after a mere send only possibly, and not for as long.
PROVEN_FOR = timedelta(days=7)
POSSIBLE_FOR = timedelta(hours=72)
# So long after the touch or the send a fact of the bank is counted for the campaign.
CREDITED_FOR = timedelta(days=30)
LOSS_WITHIN = timedelta(hours=72)
WEEK = timedelta(days=7)
WEEKS = 5
# Nothing that comes later is counted; a day more, because the bank reports with delay.
WATCHED_FOR = CREDITED_FOR + timedelta(days=1)
# The platform's figures of an article are final after this many days (datacube/getarticletotaldetail).
FIGURES_FOR_DAYS = 30
READY_AT_HOUR = 8
ASK_AGAIN_AFTER = timedelta(minutes=30)

Z_95 = 1.959964
LEAST_EVENTS = 10

_SCENE = re.compile(r"m([1-9]\d{0,17})v([1-9]\d?)")


@dataclass(frozen=True)
class Scene:
    """One variant of a campaign, as its scene code names it."""

    campaign_id: int
    variant: int


@dataclass(frozen=True)
class Part:
    """So many of so many."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share, None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Difference:
    """The first share less the second, with its 95% confidence interval. `is_enough`: the samples say something at all;
    `is_clear`: and what they say is not chance.
    """

    value: float | None
    low: float | None
    high: float | None
    is_enough: bool

    @property
    def is_clear(self) -> bool:
        """True when the interval does not hold nought."""
        return self.is_enough and self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def scene_in(code: str | None) -> Scene | None:
    """The variant a scene code names (m12v1); None for any other code."""
    found = _SCENE.fullmatch(code or "")
    return Scene(int(found[1]), int(found[2])) if found else None


def difference(first: Part, second: Part, least: int) -> Difference:
    """What two groups differ by. Fewer than `least` in either, or too few who did it at all, say nothing.

    Newcombe's hybrid score interval (method 10): right also for the small shares that pushes have.
    """
    if first.share is None or second.share is None:
        return Difference(None, None, None, is_enough=False)
    value = first.share - second.share
    (low_1, high_1), (low_2, high_2) = wilson(first), wilson(second)
    low = value - math.hypot(first.share - low_1, high_2 - second.share)
    high = value + math.hypot(high_1 - first.share, second.share - low_2)
    is_enough = min(first.whole, second.whole) >= least and first.part + second.part >= LEAST_EVENTS
    return Difference(value, low, high, is_enough)


def wilson(one: Part) -> tuple[float, float]:
    """The 95% score interval of a share; `one` is of something."""
    share, whole = one.part / one.whole, one.whole
    spread = Z_95 * math.sqrt(share * (1 - share) / whole + Z_95**2 / (4 * whole**2))
    middle, by = share + Z_95**2 / (2 * whole), 1 + Z_95**2 / whole
    return max(0.0, (middle - spread) / by), min(1.0, (middle + spread) / by)


def next_look(now: datetime, started_at: datetime, last_send_at: datetime, *, is_over: bool) -> datetime | None:
    """When to gather a campaign's effects again: often while it is young, hourly later. None once it is over and
    nothing more is counted for it.
    """
    if is_over and now - last_send_at > WATCHED_FOR:
        return None
    age = now - started_at
    if age < timedelta(days=1):
        return now + timedelta(minutes=1)
    return now + (timedelta(minutes=10) if age < timedelta(days=7) else timedelta(hours=1))
