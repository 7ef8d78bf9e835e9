"""Reads of desk rules and rosters. The routing asks these at every look, so that a change holds at once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.desks import rules
from bot.desks.model import Absence, DeskRules, Order, Shift, StoredRules, Strategy, Thresholds
from bot.desks.rules import Span

V = TypeVar("V", DeskRules, Thresholds)

_ENUMS = {"strategy": Strategy, "order": Order}


def rules_in_force(session: Session, defaults: Mapping[str, DeskRules]) -> Mapping[str, DeskRules]:
    """The rules of every desk as they hold now."""
    stored = latest(session)
    return {desk: rules_of(stored.get(desk), default) for desk, default in defaults.items()}


def thresholds_in_force(session: Session, defaults: Mapping[str, Thresholds]) -> Mapping[str, Thresholds]:
    """When supervisors are alerted about each desk, as it holds now."""
    stored = latest(session)
    return {desk: thresholds_of(stored.get(desk), default) for desk, default in defaults.items()}


def rules_of(row: StoredRules | None, default: DeskRules) -> DeskRules:
    """The rules a version holds; the default for none."""
    return default if row is None or row.rules is None else _merged(default, row.rules)


def thresholds_of(row: StoredRules | None, default: Thresholds) -> Thresholds:
    """The thresholds a version holds; the default for none."""
    return default if row is None or row.thresholds is None else _merged(default, row.thresholds)


def latest(session: Session) -> dict[str, StoredRules]:
    """The newest version of every desk that has one."""
    newest = select(func.max(StoredRules.id)).group_by(StoredRules.desk)
    return {row.desk: row for row in session.scalars(select(StoredRules).where(StoredRules.id.in_(newest)))}


def history(session: Session, desk: str, before: int | None, limit: int) -> Sequence[StoredRules]:
    """Versions of a desk, newest first; one more than `limit` when there are more."""
    found = select(StoredRules).where(StoredRules.desk == desk)
    if before is not None:
        found = found.where(StoredRules.number < before)
    return session.scalars(found.order_by(StoredRules.number.desc()).limit(limit + 1)).all()


def off_shift(session: Session, now: datetime) -> set[str]:
    """Reps who are not at work now by their roster: they keep their chats and get no new ones. Who has no shift within
    two weeks of now is not rostered and works whenever he says he is ready.
    """
    return rules.off_shift(shifts_around(session, now), [_span(row) for row in absences_at(session, now)], now)


def deputies(session: Session, now: datetime) -> Mapping[str, str]:
    """Absent rep → who stands in for him now."""
    return rules.standing_in({row.rep: row.deputy for row in absences_at(session, now)})


def shifts_around(session: Session, now: datetime) -> list[Span]:
    """Every shift within two weeks of now."""
    return [_span(row) for row in shifts_between(session, now - rules.ROSTERED_WITHIN, now + rules.ROSTERED_WITHIN)]


def shifts_between(session: Session, start: datetime, end: datetime) -> Sequence[Shift]:
    """Shifts that share a moment with this time, soonest first."""
    shared = (Shift.ends_at > start) & (Shift.starts_at < end)
    return session.scalars(select(Shift).where(shared).order_by(Shift.starts_at, Shift.rep)).all()


def absences_at(session: Session, now: datetime) -> Sequence[Absence]:
    """Who is away now; of two absences of one rep the later written wins."""
    is_away = (Absence.starts_at <= now) & (Absence.ends_at > now)
    return session.scalars(select(Absence).where(is_away).order_by(Absence.id)).all()


def absences_between(session: Session, start: datetime, end: datetime) -> Sequence[Absence]:
    """Absences that share a moment with this time, soonest first."""
    shared = (Absence.ends_at > start) & (Absence.starts_at < end)
    return session.scalars(select(Absence).where(shared).order_by(Absence.starts_at, Absence.id)).all()


def _span(row: Shift | Absence) -> Span:
    return Span(row.rep, row.starts_at, row.ends_at)


def _merged(default: V, stored: Mapping[str, Any]) -> V:
    """Stored values over the default: a rule that came with a later release has its default until somebody sets it."""
    known = {field.name for field in fields(default)}
    kept = {name: _ENUMS[name](value) if name in _ENUMS else value for name, value in stored.items() if name in known}
    return type(default)(**{**asdict(default), **kept})
