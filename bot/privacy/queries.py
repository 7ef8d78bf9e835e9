"""Reads of requests, holds and reports."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.privacy.model import DataRequest, LegalHold, PurgeReport, RequestState


def request_page(
    session: Session, state: RequestState, *, before: int | None, limit: int
) -> list[tuple[DataRequest, str]]:
    """Requests in one state with the customer's label, open ones soonest due first, others newest first."""
    found = select(DataRequest, Follower.label).join(Follower, Follower.id == DataRequest.follower_id)
    found = found.where(DataRequest.state == state)
    if state is RequestState.OPEN:
        # All have the same time to be done in: the oldest is due first. Pages go on behind the last one.
        after = found if before is None else found.where(DataRequest.id > before)
        ordered = after.order_by(DataRequest.id)
    else:
        after = found if before is None else found.where(DataRequest.id < before)
        ordered = after.order_by(DataRequest.id.desc())
    return [(row[0], row[1]) for row in session.execute(ordered.limit(limit + 1))]


def open_holds(session: Session) -> list[tuple[LegalHold, str]]:
    """Holds that are not lifted, with the customer's label, newest first."""
    found = select(LegalHold, Follower.label).join(Follower, Follower.id == LegalHold.follower_id)
    rows = session.execute(found.where(LegalHold.lifted_at.is_(None)).order_by(LegalHold.id.desc()))
    return [(row[0], row[1]) for row in rows]


def is_held(session: Session, follower_id: int) -> bool:
    """True while a legal hold on this follower is open."""
    held = (LegalHold.follower_id == follower_id) & LegalHold.lifted_at.is_(None)
    return session.scalar(select(func.count()).select_from(LegalHold).where(held)) != 0


def last_run_on(session: Session) -> date | None:
    """The day of the last purge, or None before the first."""
    return session.scalar(select(func.max(PurgeReport.run_on)))


def reports_of(session: Session, day: date) -> Sequence[PurgeReport]:
    """What the purge of one day did, class by class in its order."""
    return session.scalars(select(PurgeReport).where(PurgeReport.run_on == day).order_by(PurgeReport.id)).all()
