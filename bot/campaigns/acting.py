"""A campaign's row under lock, and what every act on it leaves behind."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.model import Campaign, CampaignAct, MassHalt
from bot.errors import NotFound
from bot.events import CAMPAIGNERS, Event, EventType
from bot.outbox import publish

log = structlog.get_logger()
# Who does what the product does by itself.
BY_ITSELF = "system"


def found(session: Session, campaign_id: int, *, lock: bool = True) -> Campaign:
    """The campaign, locked unless it is only read. Raises NotFound."""
    campaign = session.get(Campaign, campaign_id, with_for_update=lock or None)
    if campaign is None:
        raise NotFound(campaign_id=campaign_id)
    return campaign


def note_act(
    session: Session,
    campaign: Campaign,
    now: datetime,
    username: str,
    act: str,
    reason: str | None = None,
    **facts: Any,
) -> None:
    """Write down who did what, and tell the screens."""
    session.add(
        CampaignAct(
            at=now,
            username=username,
            act=act,
            campaign_id=campaign.id,
            content_hash=campaign.approved_hash,
            reason=reason,
            facts=facts,
        )
    )
    tell(session, campaign, now, act)
    log.info("campaign_act", campaign_id=campaign.id, outcome=act, rep_id=username)


def tell(session: Session, campaign: Campaign, now: datetime, act: str) -> None:
    """Tell the screens that a campaign is not what it was."""
    payload = {"campaign_id": campaign.id, "state": campaign.state.value, "act": act}
    publish(session, now, Event(EventType.CAMPAIGN_CHANGED, audience=CAMPAIGNERS, payload=payload))


def open_halt(session: Session) -> MassHalt | None:
    """The emergency stop that holds now, or None."""
    return session.scalars(select(MassHalt).where(MassHalt.lifted_at.is_(None)).limit(1)).first()
