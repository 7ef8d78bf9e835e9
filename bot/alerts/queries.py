"""Reads of alerts."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.alerts.model import Alert, AlertState


def count_open(session: Session) -> int:
    """How many alerts nobody has looked at."""
    return session.scalar(select(func.count()).select_from(Alert).where(Alert.state == AlertState.OPEN)) or 0


def page(session: Session, *, is_closed: bool, before: int | None, limit: int) -> Sequence[Alert]:
    """Alerts that are going on, or closed ones; newest first, one more than `limit` when there are more."""
    is_over = Alert.state == AlertState.CLOSED
    found = select(Alert).where(is_over if is_closed else ~is_over)
    if before is not None:
        found = found.where(Alert.id < before)
    return session.scalars(found.order_by(Alert.id.desc()).limit(limit + 1)).all()
