"""Reads of campaigns: the list, progress, who is in and who is left out, what every message of a month went to.

Progress is read from chunks and kept counts, never by counting followers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.campaigns.acting import open_halt
from bot.campaigns.chunks import LEFT, SETTLED, UNCERTAIN, Chunk, ChunkState, Reason, Recipient, RecipientCount
from bot.campaigns.model import Campaign, CampaignAct, CampaignState, CampaignVariant, PauseWhy, WaitWhy
from bot.campaigns.rules import eta
from bot.customers.model import Follower


@dataclass(frozen=True)
class Left:
    """What pausing or cancelling can no longer touch. `gone` left for sure, of `uncertain` nobody knows yet, `still`
    has not left; followers each.
    """

    gone: int
    uncertain: int
    still: int


@dataclass(frozen=True)
class Progress:
    """How far a campaign is. `chunks` by state; `total` to `errors` are what the platform reported so far; `waits` why
    and until when nothing leaves.
    """

    state: CampaignState
    chunks: dict[ChunkState, int]
    left: Left
    total: int
    filtered: int
    sent: int
    errors: int
    needs_person: int
    eta: datetime | None
    waits: tuple[WaitWhy, datetime | None, dict[str, object]] | None
    pause_why: PauseWhy | None
    is_halted: bool
    reasons: list[tuple[Reason | None, int, int]]


@dataclass(frozen=True)
class CampaignFilter:
    """Which campaigns; None is any."""

    state: CampaignState | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Start:
    """When a campaign starts, and its id: where a page of the list ends."""

    at: datetime
    id: int


def page(session: Session, wanted: CampaignFilter, before: Start | None, limit: int) -> Sequence[Campaign]:
    """Campaigns, the latest start first; one more than `limit` when there are more."""
    found = select(Campaign).where(*_wishes(wanted))
    if before is not None:
        same = and_(Campaign.starts_at == before.at, Campaign.id < before.id)
        found = found.where(or_(Campaign.starts_at < before.at, same))
    return session.scalars(found.order_by(Campaign.starts_at.desc(), Campaign.id.desc()).limit(limit + 1)).all()


def counts_by_state(session: Session) -> dict[CampaignState, int]:
    """How many campaigns stand where."""
    found = session.execute(select(Campaign.state, func.count()).group_by(Campaign.state))
    return {row[0]: row[1] for row in found}


def progress(session: Session, campaign: Campaign, now: datetime) -> Progress:
    """How far a campaign is; reads its chunks and kept counts."""
    rows = session.execute(
        select(
            Chunk.state,
            func.count(),
            func.sum(Chunk.size),
            func.sum(Chunk.total),
            func.sum(Chunk.filtered),
            func.sum(Chunk.sent),
            func.sum(Chunk.errors),
            func.count().filter(Chunk.needs_person),
        )
        .where(Chunk.campaign_id == campaign.id)
        .group_by(Chunk.state)
    ).all()
    chunks = {row[0]: int(row[1]) for row in rows}
    total, filtered, sent, errors, asks = (sum(int(row[at] or 0) for row in rows) for at in range(3, 8))
    left = left_of({row[0]: int(row[2] or 0) for row in rows})
    out = sum(chunks.get(state, 0) for state in LEFT)
    waiting = chunks.get(ChunkState.PLANNED, 0)
    goes_on = campaign.state is CampaignState.RUNNING
    return Progress(
        state=campaign.state,
        chunks=chunks,
        left=left,
        total=total,
        filtered=filtered,
        sent=sent,
        errors=errors,
        needs_person=asks + chunks.get(ChunkState.REJECTED, 0),
        eta=eta(now, campaign.started_at, out, waiting, campaign.wait_until) if goes_on else None,
        waits=_waits(campaign),
        pause_why=campaign.pause_why if campaign.state is CampaignState.PAUSED else None,
        is_halted=open_halt(session) is not None,
        reasons=reasons_of(session, campaign.id),
    )


def left_of(sizes: dict[ChunkState, int]) -> Left:
    """Followers by whether it can still be held back."""
    return Left(
        gone=sum(sizes.get(state, 0) for state in LEFT),
        uncertain=sum(sizes.get(state, 0) for state in UNCERTAIN),
        still=sizes.get(ChunkState.PLANNED, 0) + sizes.get(ChunkState.REJECTED, 0),
    )


def reasons_of(session: Session, campaign_id: int) -> list[tuple[Reason | None, int, int]]:
    """Followers by reason (None: sent it) and variant."""
    mine = select(RecipientCount).where(RecipientCount.campaign_id == campaign_id, RecipientCount.followers > 0)
    order = mine.order_by(RecipientCount.reason, RecipientCount.variant)
    return [(Reason(row.reason) if row.reason else None, row.variant, row.followers) for row in session.scalars(order)]


def recipients_page(
    session: Session, campaign_id: int, reason: Reason | None, after: int | None, limit: int
) -> list[tuple[Recipient, Follower]]:
    """Those with this reason, or those who are sent it; one more than `limit` when there are more."""
    mine = select(Recipient, Follower).join(Follower, Follower.id == Recipient.follower_id)
    mine = mine.where(Recipient.campaign_id == campaign_id)
    mine = mine.where(Recipient.reason == reason if reason is not None else Recipient.reason.is_(None))
    if after is not None:
        mine = mine.where(Recipient.follower_id > after)
    rows = session.execute(mine.order_by(Recipient.follower_id).limit(limit + 1))
    return [(row[0], row[1]) for row in rows]


def chunks_of(session: Session, campaign_id: int) -> Sequence[Chunk]:
    """A campaign's chunks, in order."""
    return session.scalars(select(Chunk).where(Chunk.campaign_id == campaign_id).order_by(Chunk.number)).all()


def acts_of(session: Session, campaign_id: int) -> Sequence[CampaignAct]:
    """Who did what to a campaign, oldest first."""
    mine = select(CampaignAct).where(CampaignAct.campaign_id == campaign_id)
    return session.scalars(mine.order_by(CampaignAct.id)).all()


def variants_by_campaign(session: Session, ids: Sequence[int]) -> dict[int, list[CampaignVariant]]:
    """The variants of several campaigns; one query."""
    rows = session.scalars(
        select(CampaignVariant).where(CampaignVariant.campaign_id.in_(ids)).order_by(CampaignVariant.number)
    )
    found: dict[int, list[CampaignVariant]] = {one: [] for one in ids}
    for row in rows:
        found[row.campaign_id].append(row)
    return found


def sizes_by_campaign(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, Left]]:
    """Of several campaigns how many followers they are sent to, and how far they are; one query."""
    sums = select(Chunk.campaign_id, Chunk.state, func.sum(Chunk.size)).where(Chunk.campaign_id.in_(ids))
    sizes: dict[int, dict[ChunkState, int]] = {one: {} for one in ids}
    for campaign_id, state, size in session.execute(sums.group_by(Chunk.campaign_id, Chunk.state)):
        sizes[campaign_id][state] = int(size)
    return {one: (sum(found.values()), left_of(found)) for one, found in sizes.items()}


def is_settled(session: Session, campaign_id: int) -> bool:
    """True when every chunk has come to its end."""
    going = select(Chunk.id).where(Chunk.campaign_id == campaign_id, Chunk.state.not_in(SETTLED))
    return session.scalars(going.limit(1)).first() is None


def _waits(campaign: Campaign) -> tuple[WaitWhy, datetime | None, dict[str, object]] | None:
    if campaign.wait_why is None or campaign.state not in (CampaignState.RUNNING, CampaignState.SCHEDULED):
        return None
    return campaign.wait_why, campaign.wait_until, dict(campaign.wait_facts)


def _wishes(wanted: CampaignFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(Campaign.state == wanted.state)
    if wanted.text.strip():
        found.append(Campaign.name.contains(wanted.text.strip(), autoescape=True))
    if wanted.since is not None:
        found.append(Campaign.starts_at >= wanted.since)
    if wanted.until is not None:
        found.append(Campaign.starts_at < wanted.until)
    return found
