"""Reads for the report page and for the desk's top line: sums of any days, from the kept cells and, for days without
them, from the facts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_day
from bot.reports.business import drawdowns, drawdowns_by_branch, drawdowns_by_day
from bot.reports.clocks import days_between
from bot.reports.counters import EVERY_DESK
from bot.reports.metrics import Dimension
from bot.reports.model import ReportCell
from bot.reports.rolling import Sums, add, sums_of_day

# How far back sums are made while somebody looks, when the job that keeps them did not run.
LIVE_DAYS = 2


@dataclass(frozen=True)
class Wanted:
    """Which days, both included, of which desk, and of whom: one value of one dimension, or everything."""

    first: date
    last: date
    desk: str = EVERY_DESK
    dimension: Dimension = Dimension.ALL
    key: str = ""

    @property
    def before(self) -> "Wanted":
        """As many days before these."""
        length = self.last - self.first + timedelta(days=1)
        return replace(self, first=self.first - length, last=self.last - length)


def by_day(session: Session, wanted: Wanted, now: datetime) -> dict[date, Sums]:
    """The sums of each day, drawdowns included."""
    found: dict[date, Sums] = {day: {} for day in days_between(wanted.first, wanted.last)}
    for day, key, sums in _cells(session, wanted, now):
        if key == wanted.key:
            add(found[day], sums)
    if wanted.dimension is Dimension.ALL and wanted.desk == EVERY_DESK:
        for day, sums in drawdowns_by_day(session, wanted.first, wanted.last).items():
            add(found[day], sums)
    return found


def total(session: Session, wanted: Wanted, days: Iterable[Sums]) -> Sums:
    """The sums of all days together; a firm that drew on two days is one firm."""
    found: Sums = {}
    for sums in days:
        add(found, sums)
    if wanted.dimension is Dimension.ALL and wanted.desk == EVERY_DESK:
        found.update(drawdowns(session, wanted.first, wanted.last))
    return found


def by_key(session: Session, wanted: Wanted, now: datetime) -> dict[str, Sums]:
    """The sums of all days by each value of the wanted dimension; `key` is left aside."""
    found: dict[str, Sums] = defaultdict(dict)
    for _, key, sums in _cells(session, wanted, now):
        add(found[key], sums)
    if wanted.dimension is Dimension.BRANCH and wanted.desk == EVERY_DESK:
        for branch, sums in drawdowns_by_branch(session, wanted.first, wanted.last).items():
            add(found[branch], sums)
    return dict(found)


def by_day_and_hour(session: Session, wanted: Wanted, now: datetime) -> list[tuple[date, int, Sums]]:
    """The sums of each hour in which anything happened."""
    hours = replace(wanted, dimension=Dimension.HOUR)
    return [(day, int(key), sums) for day, key, sums in _cells(session, hours, now)]


def today(session: Session, now: datetime) -> Sums:
    """The sums of today so far, of all desks."""
    day = local_day(now)
    return sums_of_day(session, day, now, (Dimension.ALL,))[EVERY_DESK, Dimension.ALL, ""]


def _cells(session: Session, wanted: Wanted, now: datetime) -> Sequence[tuple[date, str, Sums]]:
    is_wanted = (ReportCell.desk == wanted.desk) & (ReportCell.dimension == wanted.dimension.value)
    days = ReportCell.day.between(wanted.first, wanted.last) & (ReportCell.day < local_day(now))
    kept = session.execute(select(ReportCell.day, ReportCell.key, ReportCell.sums).where(is_wanted, days)).all()
    found = [(row.day, row.key, row.sums) for row in kept]
    for day in _live_days(session, wanted, now):
        cells = sums_of_day(session, day, now, (wanted.dimension,))
        mine = ((key, sums) for (desk, dimension, key), sums in cells.items() if desk == wanted.desk)
        found += [(day, key, sums) for key, sums in mine]
    return found


def _live_days(session: Session, wanted: Wanted, now: datetime) -> list[date]:
    """Today, and yesterday until the job has been there."""
    today_ = local_day(now)
    near = [today_ - timedelta(days=back) for back in range(LIVE_DAYS)]
    whole = (ReportCell.desk == EVERY_DESK) & (ReportCell.dimension == Dimension.ALL.value)
    kept = set(session.scalars(select(ReportCell.day).where(whole, ReportCell.day.in_(near))))
    return [day for day in near if wanted.first <= day <= wanted.last and (day == today_ or day not in kept)]
