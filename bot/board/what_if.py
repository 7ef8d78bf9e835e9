"""What other rules would have meant: yesterday's arrivals dealt out once more, by the rules in force and by the changed
ones. Pure: rows in, figures out; both runs make the same simplifications, so the difference is what counts.

Simplified: an offer is always accepted, at once; the last rep is not known any more; a line is served by priority and
waiting; who was answered would have waited up to PATIENCE, who left leaves after the same time.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.board.figures import IN_TIME
from bot.desks.model import DeskRules, Strategy
from bot.desks.rules import Span
from bot.handoff.rules import rank, weight_for

PATIENCE = timedelta(minutes=10)
# Beyond it the newest are taken: the whole must be over within a second or two.
MOST_ARRIVALS = 400


@dataclass(frozen=True)
class Asking:
    """One arrival: at which desk, whose customer he is, how long his chat took, after how long he left if he did."""

    skill: str
    asked_at: datetime
    priority: int
    dedicated: str | None
    took: timedelta
    left_after: timedelta | None

    @property
    def patience(self) -> timedelta:
        """How long he waits before he leaves."""
        return PATIENCE if self.left_after is None else self.left_after


@dataclass
class Seat:
    """A rep: his desks, his room, and when he was ready."""

    username: str
    skills: frozenset[str]
    capacity: int
    ready: Sequence[Span]
    load: int = 0
    idle_since: datetime | None = None
    turn: int = 0

    def is_ready(self, at: datetime) -> bool:
        """True when he said so at that time."""
        return any(span.holds(at) for span in self.ready)


@dataclass(frozen=True)
class Dealt:
    """What came of the arrivals of a desk, or of all."""

    arrivals: int
    answered: int
    in_time: int
    abandoned: int
    mean_wait_s: int
    longest_wait_s: int


def deal(askings: Sequence[Asking], seats: Sequence[Seat], rules: Mapping[str, DeskRules]) -> dict[str, Dealt]:
    """What would have come of these arrivals under these rules, by desk."""
    known = [one for one in askings if one.skill in rules]
    run = _Run(rules, [replace(one) for one in seats])
    for one in known:
        run.at(one.asked_at, partial(run.join, one))
    for seat in run.seats:
        for span in seat.ready:
            run.at(span.starts_at)
    while run.moments:
        now, _, act = heapq.heappop(run.moments)
        act()
        run.serve(now)
    return {skill: run.dealt(skill, sum(one.skill == skill for one in known)) for skill in rules}


def total(dealt: Mapping[str, Dealt]) -> Dealt:
    """All desks together."""
    found = list(dealt.values())
    answered = sum(one.answered for one in found)
    waited = sum(one.mean_wait_s * one.answered for one in found)
    return Dealt(
        arrivals=sum(one.arrivals for one in found),
        answered=answered,
        in_time=sum(one.in_time for one in found),
        abandoned=sum(one.abandoned for one in found),
        mean_wait_s=round(waited / answered) if answered else 0,
        longest_wait_s=max((one.longest_wait_s for one in found), default=0),
    )


def _nothing() -> None:
    """The moment itself is what matters."""


class _Run:
    """One dealing out: who waits, who holds what, and the moments at which something changes."""

    def __init__(self, rules: Mapping[str, DeskRules], seats: Sequence[Seat]) -> None:
        self.rules, self.seats = rules, seats
        self.line: list[Asking] = []
        self.waits: dict[str, list[timedelta]] = defaultdict(list)
        self.moments: list[tuple[datetime, int, Callable[[], None]]] = []
        self._turns = 0

    def at(self, moment: datetime, act: Callable[[], None] = _nothing) -> None:
        """Do this and look again at this moment."""
        heapq.heappush(self.moments, (moment, self._next(), act))

    def join(self, asking: Asking) -> None:
        """Somebody comes; the line is looked at again when his next steps are due."""
        self.line.append(asking)
        rules = self.rules[asking.skill]
        waits = (timedelta(seconds=rules.dedicated_wait_s), timedelta(seconds=rules.overflow_after_s), asking.patience)
        for due in waits:
            if timedelta() < due <= asking.patience:
                self.at(asking.asked_at + due)

    def serve(self, now: datetime) -> None:
        """Give whom can be given; let go who has waited enough."""
        for asking in sorted(self.line, key=lambda one: rank(one.asked_at, one.priority)):
            seat = self._seat_for(asking, now)
            if seat is not None:
                self.line.remove(asking)
                self._give(asking, seat, now)
            elif now - asking.asked_at >= asking.patience:
                self.line.remove(asking)

    def dealt(self, skill: str, arrivals: int) -> Dealt:
        """The figures of a desk."""
        waits = self.waits[skill]
        return Dealt(
            arrivals=arrivals,
            answered=len(waits),
            in_time=sum(wait <= IN_TIME for wait in waits),
            abandoned=arrivals - len(waits),
            mean_wait_s=round(sum(waits, timedelta()).total_seconds() / len(waits)) if waits else 0,
            longest_wait_s=int(max(waits, default=timedelta()).total_seconds()),
        )

    def _seat_for(self, asking: Asking, now: datetime) -> Seat | None:
        rules, waited = self.rules[asking.skill], now - asking.asked_at
        ready = [seat for seat in self.seats if seat.is_ready(now)]
        able = [seat for seat in ready if seat.load + weight_for(rules.weight, seat.capacity) <= seat.capacity]
        own = [seat for seat in ready if seat.username == asking.dedicated and asking.skill in seat.skills]
        if own and waited < timedelta(seconds=rules.dedicated_wait_s):
            return own[0] if own[0] in able else None
        desks = {asking.skill}
        if rules.overflow_to and rules.overflow_after_s and waited >= timedelta(seconds=rules.overflow_after_s):
            desks.add(rules.overflow_to)
        return min(
            (seat for seat in able if desks & seat.skills), key=lambda seat: _merit(seat, rules.strategy), default=None
        )

    def _give(self, asking: Asking, seat: Seat, now: datetime) -> None:
        rules = self.rules[asking.skill]
        self.waits[asking.skill].append(now - asking.asked_at)
        weight = weight_for(rules.weight, seat.capacity)
        seat.load, seat.turn, seat.idle_since = seat.load + weight, self._next(), now
        over = now + asking.took + timedelta(seconds=rules.wrap_up_s)
        self.at(over, partial(_free, seat, weight, over))

    def _next(self) -> int:
        self._turns += 1
        return self._turns


def _free(seat: Seat, weight: int, now: datetime) -> None:
    seat.load, seat.idle_since = seat.load - weight, now


def _merit(seat: Seat, strategy: Strategy) -> tuple[float, str]:
    """Who is asked first has the least."""
    idle_since = seat.idle_since.timestamp() if seat.idle_since else 0.0
    by = {
        Strategy.LONGEST_IDLE: idle_since,
        Strategy.LEAST_BUSY: seat.load / max(1, seat.capacity),
        Strategy.ROUND_ROBIN: float(seat.turn),
    }
    return by[strategy], seat.username
