"""Whose turn it is: one chunk of a running campaign is taken by one process, with a lease and a number (fence) by which
its later writes are told from those of a process that was thought dead.

The campaign's row is always locked before its chunk's, so that pausing waits for a claim and a claim for pausing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from bot.campaigns.acting import BY_ITSELF, note_act
from bot.campaigns.chunks import Chunk, ChunkState
from bot.campaigns.model import Campaign, CampaignState, CampaignVariant, Route, scene_of
from bot.campaigns.rules import ASK_AGAIN_AFTER, RECOGNISED_FOR, ContactPolicy
from bot.campaigns.service import back_to_review
from bot.campaigns.waiting import is_held_back, wait_no_more

LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Claim:
    """A chunk that is ours until its lease ends. `is_repeat`: the same client id again, to learn what became of it."""

    chunk_id: int
    campaign_id: int
    number: int
    fence: int
    client_id: str
    version_id: int
    purpose: str
    scene: str
    route: Route
    speed: int
    is_first: bool
    is_repeat: bool
    media_id: str | None


def expire_leases(session: Session, now: datetime) -> int:
    """A call whose process died may have been executed: its chunk is unknown, whatever it was before; how many."""
    died = and_(Chunk.state == ChunkState.SENDING, Chunk.lease_until < now)
    unknown = update(Chunk).where(died)
    values = {"state": ChunkState.UNKNOWN, "lease_until": None, "next_try_at": now + ASK_AGAIN_AFTER}
    return int(session.execute(unknown.values(**values)).rowcount)  # type: ignore[attr-defined]


def give_to_people(session: Session, now: datetime) -> int:
    """What the platform no longer recognises, or may not be asked any more, somebody has to find out; how many."""
    cancelled = select(Campaign.id).where(Campaign.state == CampaignState.CANCELLED)
    too_late = or_(Chunk.sending_at < now - RECOGNISED_FOR, Chunk.campaign_id.in_(cancelled))
    lost = update(Chunk).where(Chunk.state == ChunkState.UNKNOWN, ~Chunk.needs_person, too_late)
    return int(session.execute(lost.values(needs_person=True)).rowcount)  # type: ignore[attr-defined]


def find_claim(session: Session, now: datetime, policy: ContactPolicy) -> Claim | None:
    """Take the next chunk, or None when nothing may go now."""
    goes = and_(Campaign.state == CampaignState.RUNNING, or_(Campaign.wait_until.is_(None), Campaign.wait_until <= now))
    running = select(Campaign).where(goes).order_by(Campaign.id).with_for_update(skip_locked=True)
    for campaign in session.scalars(running).all():
        chunk = _next_chunk(session, campaign, now)
        if chunk is None:
            continue
        if chunk.state is ChunkState.PLANNED and campaign.ends_at <= now:
            back_to_review(campaign, "late", now)
            note_act(session, campaign, now, BY_ITSELF, "taken_back", "late")
            continue
        if is_held_back(session, campaign, now, policy):
            continue
        wait_no_more(campaign)
        chunk.fence += 1
        chunk.lease_until = now + LEASE
        return _claim(session, campaign, chunk)
    return None


def _next_chunk(session: Session, campaign: Campaign, now: datetime) -> Chunk | None:
    """What nobody knows of comes before what has not begun."""
    is_free = or_(Chunk.lease_until.is_(None), Chunk.lease_until < now)
    asks = and_(Chunk.state == ChunkState.UNKNOWN, ~Chunk.needs_person, Chunk.next_try_at <= now)
    mine = select(Chunk).where(Chunk.campaign_id == campaign.id, is_free)
    for which in (asks, Chunk.state == ChunkState.PLANNED):
        found = session.scalars(mine.where(which).order_by(Chunk.number).limit(1).with_for_update()).first()
        if found is not None:
            return found
    return None


def _claim(session: Session, campaign: Campaign, chunk: Chunk) -> Claim:
    variant = session.get_one(CampaignVariant, (campaign.id, chunk.variant))
    called = select(Chunk.id).where(Chunk.campaign_id == campaign.id, Chunk.called_at.is_not(None)).limit(1)
    return Claim(
        chunk_id=chunk.id,
        campaign_id=campaign.id,
        number=chunk.number,
        fence=chunk.fence,
        client_id=chunk.client_id,
        version_id=variant.article_version_id,
        purpose=f"c{campaign.id}_v{chunk.variant}_{chunk.attempt}_{chunk.number}",
        scene=scene_of(campaign.id, chunk.variant),
        route=campaign.route,
        speed=campaign.speed,
        is_first=session.scalar(called) is None,
        is_repeat=chunk.state is ChunkState.UNKNOWN,
        media_id=chunk.media_id,
    )


def held(session: Session, claim: Claim) -> tuple[Campaign, Chunk] | None:
    """Campaign and chunk of a claim, locked; None when the chunk is somebody else's by now."""
    campaign = session.get_one(Campaign, claim.campaign_id, with_for_update=True)
    chunk = session.get_one(Chunk, claim.chunk_id, with_for_update=True)
    return (campaign, chunk) if chunk.fence == claim.fence and chunk.lease_until is not None else None
