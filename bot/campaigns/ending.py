"""A campaign ends when every chunk has: what is unknown or refused keeps it open until it is settled."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.campaigns.acting import BY_ITSELF, note_act
from bot.campaigns.model import Campaign, CampaignState
from bot.campaigns.queries import is_settled
from bot.campaigns.rules import check_move

GOING = (CampaignState.RUNNING, CampaignState.PAUSED)


def end_if_settled(session: Session, campaign: Campaign, now: datetime) -> bool:
    """Finish a campaign, which the caller has locked, of which nothing is open; True when it was."""
    session.flush()
    if campaign.state not in GOING or not is_settled(session, campaign.id):
        return False
    check_move(campaign.state, CampaignState.FINISHED)
    campaign.state, campaign.ended_at = CampaignState.FINISHED, now
    campaign.pause_why = campaign.wait_why = campaign.wait_until = None
    note_act(session, campaign, now, BY_ITSELF, "finished")
    return True
