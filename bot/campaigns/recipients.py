"""The followers of a chunk: who still gets it, who dropped out since it was planned, their openids."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, cast, null, select
from sqlalchemy import String as Text
from sqlalchemy.orm import Session

from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient
from bot.campaigns.leaving_out import now_rules
from bot.campaigns.ledger import drop
from bot.campaigns.model import Campaign, CampaignState
from bot.customers.model import Follower

HELD = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.SCHEDULED)


def openids_of(session: Session, chunk: Chunk, *, without: Sequence[int] = ()) -> list[str]:
    """Who gets the chunk, in order, without some of them."""
    found = select(Follower.openid).join(Recipient, Recipient.follower_id == Follower.id).where(_members(chunk))
    if without:
        found = found.where(Follower.id.not_in(without))
    return list(session.scalars(found.order_by(Follower.id)))


def find_dropouts(session: Session, campaign: Campaign, chunk: Chunk) -> dict[Reason, list[int]]:
    """Who of a chunk may not be sent it any more, by the reason that counts."""
    rules = now_rules(campaign.message_class)
    reason = cast(case(*((rule.holds, rule.reason.value) for rule in rules), else_=null()), Text).label("reason")
    judged = (
        select(Follower.id.label("follower_id"), reason)
        .join(Recipient, Recipient.follower_id == Follower.id)
        .where(_members(chunk))
        .subquery()
    )
    found: dict[Reason, list[int]] = {}
    for follower_id, why in session.execute(select(judged).where(judged.c.reason.is_not(None))):
        found.setdefault(Reason(why), []).append(follower_id)
    return found


def drop_out(session: Session, chunk: Chunk, dropouts: dict[Reason, list[int]]) -> int:
    """Leave them out with their reasons; how many. The caller holds the campaign's row."""
    return sum(
        drop(session, chunk.campaign_id, chunk.number, reason, Recipient.follower_id.in_(ids))
        for reason, ids in dropouts.items()
    )


def drop_leavers(session: Session, campaign: Campaign) -> int:
    """Who said no or left since the plan is out of what has not been sent, long before its turn comes (A10); how many.

    Asked of all of them at once by what changed since, so that it may run every few seconds.
    """
    waiting = select(Chunk).where(Chunk.campaign_id == campaign.id, Chunk.state == ChunkState.PLANNED)
    chunks = {chunk.number: chunk for chunk in session.scalars(waiting)}
    if not chunks or campaign.planned_at is None:
        return 0
    left = (
        Follower.erased_at >= campaign.planned_at,
        Follower.unfollowed_at >= campaign.planned_at,
        Follower.opted_out_at >= campaign.planned_at,
    )
    told = case((left[0], Reason.ERASED.value), (left[1], Reason.NOT_FOLLOWING.value), else_=Reason.OPTED_OUT.value)
    found = (
        select(Recipient.follower_id, Recipient.chunk, told)
        .join(Follower, Follower.id == Recipient.follower_id)
        .where(Recipient.campaign_id == campaign.id, Recipient.reason.is_(None), Recipient.chunk.in_(chunks))
        .where(left[0] | left[1] | left[2])
    )
    gone: dict[int, dict[Reason, list[int]]] = {}
    for follower_id, number, why in session.execute(found):
        gone.setdefault(number, {}).setdefault(Reason(why), []).append(follower_id)
    return sum(drop_out(session, chunks[number], dropouts) for number, dropouts in gone.items())


def _members(chunk: Chunk) -> ColumnElement[bool]:
    return and_(
        Recipient.campaign_id == chunk.campaign_id,
        Recipient.follower_id.between(chunk.first_id, chunk.last_id),
        Recipient.chunk == chunk.number,
        Recipient.reason.is_(None),
    )
