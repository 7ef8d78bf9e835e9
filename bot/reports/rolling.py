"""The sums of a day: made from the facts, kept for past days, made anew for a week because ratings and returns come
late.

A job rolls past days up (jobs/ticks.py); today is summed while it is looked at, from the same conditions.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, delete, func, or_, select
from sqlalchemy.orm import Session

from bot.clock import Clock, local_day
from bot.db import Database
from bot.reports import counters
from bot.reports.clocks import Span, by_hour, common, day_bounds, days_between, seconds, union
from bot.reports.counters import EVERY_DESK, Facts
from bot.reports.metrics import Dimension
from bot.reports.model import HandoffFact, ReportCell, RepSpan, Stint
from bot.staff.model import RepStatus, StaffMember

log = structlog.get_logger()

# A rating or a return that comes later than this changes no figure any more.
STILL_CHANGES = timedelta(days=7)
ROLLED_AGAIN_AFTER = timedelta(hours=1)
AT_ONCE = 31
ON_DUTY = (RepStatus.READY, RepStatus.BUSY)

Sums = dict[str, Any]
# desk, dimension, key
Place = tuple[str, Dimension, str]
Cells = dict[Place, Sums]


def add(into: Sums, more: Sums) -> None:
    """Add sums to others, counts by length included."""
    for name, value in more.items():
        if isinstance(value, dict):
            lengths = into.setdefault(name, {})
            for length, count in value.items():
                lengths[length] = lengths.get(length, 0) + count
        else:
            into[name] = into.get(name, 0) + value


def sums_of_day(session: Session, day: date, now: datetime, dimensions: Collection[Dimension]) -> Cells:
    """The sums of one day by these dimensions, of each desk and of all."""
    cells: Cells = defaultdict(dict)
    for facts in (make(day, day, now) for make in counters.MAKERS):
        for dimension in dimensions:
            if dimension in facts.dimensions:
                for place, sums in _summed(session, facts, dimension):
                    add(cells[place], sums)
    if Dimension.ALL in dimensions or Dimension.HOUR in dimensions or Dimension.REP in dimensions:
        for place, sums in _presence(session, day, now):
            if place[1] in dimensions:
                add(cells[place], sums)
    if Dimension.ALL in dimensions:
        # A day on which nothing happened is known to be one.
        cells.setdefault((EVERY_DESK, Dimension.ALL, ""), {})
    return dict(cells)


@dataclass(frozen=True)
class Rollup:
    """Keeps the sums of past days."""

    database: Database
    clock: Clock

    def run(self) -> int:
        """Roll up the past days that need it; how many. Safe to repeat, and to run in two workers at once."""
        now = self.clock.now()
        with self.database.reading() as session:
            days = _wanting(session, now)
        for day in days[:AT_ONCE]:
            self.roll(day)
        if days:
            log.info("reports_rolled", count=len(days[:AT_ONCE]))
        return len(days[:AT_ONCE])

    def roll_past(self, day: date) -> None:
        """Sum a day anew because something of it was changed late; today is summed when it is looked at."""
        if day < local_day(self.clock.now()):
            self.roll(day)

    def roll(self, day: date) -> None:
        """Replace the sums of one day."""
        now = self.clock.now()
        with self.database.reading() as session:
            cells = sums_of_day(session, day, now, tuple(Dimension))
        with self.database.transaction() as session:
            # Two workers replace the day one after the other, not into each other.
            session.execute(select(ReportCell.key).where(ReportCell.day == day).with_for_update()).all()
            session.execute(delete(ReportCell).where(ReportCell.day == day))
            session.add_all(
                ReportCell(desk=desk, dimension=dimension.value, day=day, key=key, sums=sums, rolled_at=now)
                for (desk, dimension, key), sums in cells.items()
            )


def _wanting(session: Session, now: datetime) -> list[date]:
    """Past days without sums, and those of the last week whose sums are an hour old; newest first."""
    yesterday = local_day(now) - timedelta(days=1)
    oldest = session.scalar(select(func.min(HandoffFact.arrived_on)))
    if oldest is None:
        return []
    whole = and_(ReportCell.desk == EVERY_DESK, ReportCell.dimension == Dimension.ALL.value)
    rolled = session.execute(select(ReportCell.day, ReportCell.rolled_at).where(whole))
    known = {row.day: row.rolled_at for row in rolled}
    days = reversed(days_between(oldest, yesterday))
    week_ago = yesterday - STILL_CHANGES
    fresh = now - ROLLED_AGAIN_AFTER
    return [day for day in days if day not in known or (day > week_ago and known[day] <= fresh)]


def _summed(session: Session, facts: Facts, dimension: Dimension) -> Iterator[tuple[Place, Sums]]:
    desk, key = _labels(facts, dimension)
    counted = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in facts.counters.items()]
    added = [func.sum(column).label(name) for name, column in facts.totals.items()]
    found = session.execute(_from(facts, dimension, desk, key, *counted, *added).group_by("at_desk", "at_key"))
    for values in found.mappings():
        sums = {name: int(values[name]) for name in (*facts.counters, *facts.totals) if values[name]}
        yield from _placed(values["at_desk"], dimension, values["at_key"], sums)
    for name, column in facts.lengths.items():
        if dimension is not Dimension.HOUR:
            yield from _lengths(session, facts, dimension, name, column)


def _lengths(
    session: Session, facts: Facts, dimension: Dimension, name: str, column: counters.Column
) -> Iterator[tuple[Place, Sums]]:
    """How many there were of each length, in seconds, a begun one counting whole."""
    desk, key = _labels(facts, dimension)
    length = ((column + 999) // 1000).label("length")
    counted = _from(facts, dimension, desk, key, length, func.count().label("times")).where(column.is_not(None))
    for row in session.execute(counted.group_by("at_desk", "at_key", "length")):
        yield from _placed(row.at_desk, dimension, row.at_key, {name: {str(row.length): row.times}})


def _labels(facts: Facts, dimension: Dimension) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """Under names that no table has: PostgreSQL would group by the table's column."""
    return cast(facts.desk, Text).label("at_desk"), cast(facts.dimensions[dimension], Text).label("at_key")


def _from(facts: Facts, dimension: Dimension, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    found = select(*columns).select_from(facts.root)
    for other, on in facts.joins:
        found = found.join(other, on)
    return found.where(facts.of_days, facts.dimensions[dimension].is_not(None))


def _placed(desk: str, dimension: Dimension, key: str, sums: Sums) -> Iterator[tuple[Place, Sums]]:
    yield (EVERY_DESK, dimension, key), sums
    if desk != EVERY_DESK:
        yield (desk, dimension, key), {name: dict(one) if isinstance(one, dict) else one for name, one in sums.items()}


def _presence(session: Session, day: date, now: datetime) -> Iterator[tuple[Place, Sums]]:
    """Seconds on duty, and with at least one chat while on duty; a rep of two desks counts at both."""
    start, end = day_bounds(day)
    end = min(end, now)
    duty, chats = _on_duty(session, start, end), _with_chats(session, start, end)
    skills = {row.username: row.skills for row in session.execute(select(StaffMember.username, StaffMember.skills))}
    for rep in sorted(duty.keys() | chats.keys()):
        there = union(duty.get(rep, ()))
        sums = {"duty_s": seconds(there), "busy_s": seconds(common(there, union(chats.get(rep, ()))))}
        sums = {name: value for name, value in sums.items() if value}
        for desk in (EVERY_DESK, *skills.get(rep, ())):
            yield (desk, Dimension.ALL, ""), sums
            yield (desk, Dimension.REP, rep), sums
            for hour, length in by_hour(there).items():
                yield (desk, Dimension.HOUR, str(hour)), {"duty_s": length}


def _on_duty(session: Session, start: datetime, end: datetime) -> dict[str, list[Span]]:
    cut = or_(RepSpan.ended_at > start, RepSpan.ended_at.is_(None))
    spans = select(RepSpan).where(RepSpan.began_at < end, cut, RepSpan.status.in_(ON_DUTY))
    found: dict[str, list[Span]] = defaultdict(list)
    for span in session.scalars(spans):
        found[span.rep].append((max(start, span.began_at), min(end, span.ended_at or end)))
    return found


def _with_chats(session: Session, start: datetime, end: datetime) -> dict[str, list[Span]]:
    # A chat lasts hours; one that was accepted three days ago and never ended tells nothing of today.
    recent = Stint.began_on >= local_day(start) - timedelta(days=2)
    cut = and_(Stint.accepted_at < end, or_(Stint.ended_at > start, Stint.ended_at.is_(None)))
    found: dict[str, list[Span]] = defaultdict(list)
    rows: Any = session.execute(select(Stint.rep, Stint.accepted_at, Stint.ended_at).where(recent, cut))
    for rep, began, ended in rows:
        found[rep].append((max(start, began), min(end, ended or end)))
    return found
