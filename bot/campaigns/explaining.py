"""Why one follower is sent a campaign or not: the reason that counted, and each condition of its segments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import buckets
from bot.campaigns.approving import variants_of
from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient
from bot.campaigns.judging import judged, terms_of
from bot.campaigns.model import Campaign
from bot.campaigns.neighbours import Neighbours
from bot.campaigns.rules import ContactPolicy
from bot.customers.model import Follower
from bot.errors import NotFound


@dataclass(frozen=True)
class SegmentWhy:
    """One segment of the audience and why it holds the follower or does not, condition by condition."""

    segment_id: int
    name: str
    is_excluding: bool
    holds: bool
    because: Sequence[Any]


@dataclass(frozen=True)
class Why:
    """What a campaign decided about a follower. `is_planned`: it did; else it is what it would decide now. `is_in` is
    whether he is of its audience at all; with no reason he is sent it, as `variant` in `chunk`.
    """

    is_planned: bool
    is_in: bool
    segments: Sequence[SegmentWhy]
    reason: Reason | None = None
    variant: int | None = None
    chunk: int | None = None
    chunk_state: ChunkState | None = None
    at: datetime | None = None


def why(
    session: Session, campaign: Campaign, follower_id: int, now: datetime, policy: ContactPolicy, asked: Neighbours
) -> Why:
    """Why this follower is sent the campaign or not. Raises NotFound for a follower who is none."""
    if session.get(Follower, follower_id) is None:
        raise NotFound(follower_id=follower_id)
    segments = _segments(session, campaign, follower_id, now, asked)
    if campaign.planned_at is None:
        return _as_of_now(session, campaign, follower_id, now, policy, asked, segments)
    row = session.get(Recipient, (campaign.id, follower_id))
    if row is None:
        return Why(is_planned=True, is_in=False, segments=segments)
    chunk = session.scalars(select(Chunk).where(Chunk.campaign_id == campaign.id, Chunk.number == row.chunk)).first()
    return Why(
        is_planned=True,
        is_in=True,
        segments=segments,
        reason=row.reason,
        variant=row.variant,
        chunk=row.chunk,
        chunk_state=chunk.state if chunk else None,
        at=row.at,
    )


def _as_of_now(
    session: Session,
    campaign: Campaign,
    follower_id: int,
    now: datetime,
    policy: ContactPolicy,
    asked: Neighbours,
    segments: Sequence[SegmentWhy],
) -> Why:
    if not campaign.included:
        return Why(is_planned=False, is_in=False, segments=segments)
    buckets.teach(session)
    terms = terms_of(campaign, variants_of(session, campaign.id))
    found = judged(session, terms, now, policy, asked.who, only=follower_id).subquery()
    row = session.execute(select(found.c.reason, found.c.variant)).first()
    if row is None:
        return Why(is_planned=False, is_in=False, segments=segments)
    reason = Reason(row.reason) if row.reason else None
    return Why(is_planned=False, is_in=True, segments=segments, reason=reason, variant=row.variant)


def _segments(
    session: Session, campaign: Campaign, follower_id: int, now: datetime, asked: Neighbours
) -> Sequence[SegmentWhy]:
    found = []
    for is_excluding, ids in ((False, campaign.included), (True, campaign.excluded)):
        for one in ids:
            try:
                name, _ = asked.fingerprint(session, one)
                holds = asked.who(session, one, now)
                told = asked.because(session, one, follower_id, now)
            except NotFound:
                continue
            is_held = session.scalar(select(Follower.id).where(Follower.id == follower_id, holds)) is not None
            found.append(SegmentWhy(one, name, is_excluding, is_held, told))
    return found
