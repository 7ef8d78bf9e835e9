"""The nightly purge: what is past its time goes, class by class, in batches, and a report row says what went.

Once per local day: whoever writes the report row of a class works on it; a purge that died is taken up after an hour.
What a batch removed is counted in the batch's own transaction, so that nothing is counted twice.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock, SystemClock, local, local_day
from bot.db import Database
from bot.privacy import selecting
from bot.privacy.model import PurgeReport
from bot.privacy.registry import get_table
from bot.privacy.rules import Action, Retention, RetentionClass
from bot.privacy.sealing import clear, delete_rows, rows_of, seal

log = structlog.get_logger()

BEGINS_AT_HOUR = 2
TAKEN_UP_AFTER = timedelta(hours=1)
# Rows handled in one transaction: short enough that nobody waits for the write lock.
BATCH = 500


@dataclass(frozen=True)
class Purge:
    """Removes what the retention table no longer wants kept; `machine` is for what bears the machine's own time."""

    database: Database
    clock: Clock
    retention: Retention
    machine: Clock = field(default_factory=SystemClock)

    def run(self) -> int:
        """Work through all classes that nobody has worked through today; how many rows were removed.

        Before two in the morning it is still last night's. Safe to repeat, and to run in two workers at once.
        """
        now = self.clock.now()
        if local(now).hour < BEGINS_AT_HOUR:
            return 0
        reports = [self._begin(rule, local_day(now), now) for rule in self.retention.classes]
        taken = [(rule, report) for rule, report in zip(self.retention.classes, reports, strict=True) if report]
        removed = sum(self._work_through(rule, report, now) for rule, report in taken)
        if taken:
            log.info("purge_done", count=removed)
        return removed

    def _begin(self, rule: RetentionClass, day: date, now: datetime) -> int | None:
        """The id of today's report of this class if it is ours to do, else None."""
        try:
            with self.database.transaction() as session:
                report = PurgeReport(run_on=day, data_class=rule.id, started_at=now)
                session.add(report)
                session.flush()
                return report.id
        except IntegrityError:
            return self._take_up(rule, day, now)

    def _take_up(self, rule: RetentionClass, day: date, now: datetime) -> int | None:
        died = (PurgeReport.finished_at.is_(None)) & (PurgeReport.started_at < now - TAKEN_UP_AFTER)
        same = (PurgeReport.run_on == day) & (PurgeReport.data_class == rule.id)
        again = update(PurgeReport).where(same, died).values(started_at=now).returning(PurgeReport.id)
        with self.database.transaction() as session:
            return session.scalars(again.execution_options(synchronize_session=False)).first()

    def _work_through(self, rule: RetentionClass, report_id: int, now: datetime) -> int:
        began = time.monotonic()
        past = selecting.past_use(rule, self.machine.now() if rule.by_machine else now)
        free = past & ~selecting.is_held(rule)
        if rule.action is Action.DELETE:
            free &= ~selecting.is_referred_to(get_table(rule.table))
        with self.database.reading() as session:
            counted = _count(session, rule, past)
            held = _count(session, rule, past & selecting.is_held(rule))
        removed = 0
        while True:
            gone = self._one_batch(rule, report_id, free, now)
            removed += gone
            if gone < BATCH:
                break
        self._finish(report_id, removed, counted, held, began)
        return removed

    def _one_batch(self, rule: RetentionClass, report_id: int, free: ColumnElement[bool], now: datetime) -> int:
        columns = list(get_table(rule.table).primary_key.columns)
        with self.database.transaction() as session:
            batch = select(*columns).where(free).limit(BATCH).with_for_update(skip_locked=True)
            keys: Sequence[Any] = [row[0] if len(columns) == 1 else tuple(row) for row in session.execute(batch)]
            if not keys:
                return 0
            _remove(session, rule, keys, now)
            counted = update(PurgeReport).where(PurgeReport.id == report_id)
            session.execute(counted.values(removed=PurgeReport.removed + len(keys)))
        return len(keys)

    def _finish(self, report_id: int, removed: int, counted: int, held: int, began: float) -> None:
        with self.database.transaction() as session:
            report = session.get_one(PurgeReport, report_id)
            # A purge that was taken up had removed some before: they were past their time as well.
            report.counted = counted + report.removed - removed
            report.held, report.finished_at = held, self.clock.now()
            report.duration_ms += round((time.monotonic() - began) * 1000)


def _remove(session: Session, rule: RetentionClass, keys: Sequence[Any], now: datetime) -> None:
    if rule.action is Action.DELETE:
        delete_rows(session, rule.table, keys)
        return
    if rule.action is Action.SEAL:
        seal(session, rule, rows_of(session, rule.table, keys), now)
    clear(session, rule.table, keys)


def _count(session: Session, rule: RetentionClass, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(get_table(rule.table)).where(condition)) or 0
