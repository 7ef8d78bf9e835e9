"""Why a campaign may not send just now, and how long that lasts: told on its row, so that screens can say it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.campaigns.acting import open_halt, tell
from bot.campaigns.chunks import Chunk
from bot.campaigns.model import Campaign, WaitWhy
from bot.campaigns.rules import ContactPolicy, find_wait
from bot.handoff.model import Conversation, Owner

LOOK_AGAIN = timedelta(minutes=1)
A_MINUTE = timedelta(minutes=1)


def wait(session: Session, campaign: Campaign, now: datetime, until: datetime, why: WaitWhy, **facts: Any) -> None:
    """Let a campaign, which the caller has locked, wait; screens hear of it when the reason is a new one."""
    is_new = campaign.wait_why is not why
    campaign.wait_until, campaign.wait_why, campaign.wait_facts = until, why, facts
    if is_new:
        tell(session, campaign, now, "waiting")


def wait_no_more(campaign: Campaign) -> None:
    """Nothing holds it any more."""
    campaign.wait_until = campaign.wait_why = None
    campaign.wait_facts = {}


def is_held_back(session: Session, campaign: Campaign, now: datetime, policy: ContactPolicy) -> bool:
    """True when it has to wait: everything is stopped, the hour, the desk's load, or how often we called. Written down
    on the campaign's row.
    """
    if open_halt(session) is not None:
        wait(session, campaign, now, now + LOOK_AGAIN, WaitWhy.HALTED)
        return True
    quiet = find_wait(now, policy)
    if quiet is not None:
        wait(session, campaign, now, quiet[0], quiet[1])
        return True
    waiting = _waiting_for_people(session)
    if waiting > policy.most_waiting:
        wait(session, campaign, now, now + LOOK_AGAIN, WaitWhy.DESK_BUSY, waiting=waiting, most=policy.most_waiting)
        return True
    oldest = _oldest_of_a_full_minute(session, now, policy.calls_a_minute)
    if oldest is not None:
        wait(session, campaign, now, oldest + A_MINUTE, WaitWhy.PACE, calls=policy.calls_a_minute)
        return True
    return False


def _waiting_for_people(session: Session) -> int:
    line = select(func.count()).where(Conversation.owner.in_((Owner.QUEUED, Owner.OFFERED)))
    return session.scalar(line.select_from(Conversation)) or 0


def _oldest_of_a_full_minute(session: Session, now: datetime, most: int) -> datetime | None:
    """When the first of the last minute's calls was made, if there were as many as may be."""
    lately = select(Chunk.called_at).where(Chunk.called_at > now - A_MINUTE).order_by(Chunk.called_at.desc())
    calls = session.scalars(lately.limit(most)).all()
    return calls[-1] if len(calls) >= most else None
