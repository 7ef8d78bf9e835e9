"""Reads of referrals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.referrals.model import Referral, ReferralState

RUNNING = (ReferralState.SENT, ReferralState.ACCEPTED)


@dataclass(frozen=True)
class Place:
    """Where a page ends: the row's end of step, and its id."""

    due_at: datetime
    id: int


def referral_page(
    session: Session,
    state: ReferralState,
    within: ColumnElement[bool],
    after: Place | None,
    limit: int,
) -> Sequence[tuple[Referral, Follower]]:
    """Referrals in one state, soonest due first, closed ones latest first; one more than `limit` if there are more."""
    found = select(Referral, Follower).join(Follower, Follower.id == Referral.follower_id)
    found = found.where(Referral.state == state, within)
    if state is ReferralState.CLOSED:
        found = found.where(_before(after)).order_by(Referral.due_at.desc(), Referral.id.desc())
    else:
        found = found.where(_behind(after)).order_by(Referral.due_at, Referral.id)
    return [(row[0], row[1]) for row in session.execute(found.limit(limit + 1))]


def referral_counts(session: Session, within: ColumnElement[bool]) -> dict[ReferralState, int]:
    """How many there are in each state."""
    counts = select(Referral.state, func.count()).where(within).group_by(Referral.state)
    return {row[0]: row[1] for row in session.execute(counts)}


def open_of(session: Session, conversation_id: int | None, followup_id: int | None = None) -> Referral | None:
    """The referral of this chat or of this call that is not closed, or None."""
    same = [Referral.conversation_id == conversation_id] if conversation_id is not None else []
    same += [Referral.followup_id == followup_id] if followup_id is not None else []
    is_open = or_(false(), *same) & (Referral.state != ReferralState.CLOSED)
    return session.scalars(select(Referral).where(is_open).order_by(Referral.id)).first()


def _behind(place: Place | None) -> ColumnElement[bool]:
    if place is None:
        return true()
    same = and_(Referral.due_at == place.due_at, Referral.id > place.id)
    return or_(Referral.due_at > place.due_at, same)


def _before(place: Place | None) -> ColumnElement[bool]:
    if place is None:
        return true()
    same = and_(Referral.due_at == place.due_at, Referral.id < place.id)
    return or_(Referral.due_at < place.due_at, same)
