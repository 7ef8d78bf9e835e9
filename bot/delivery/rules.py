"""What the platform lets us send, as numbers and pure decisions.

Source: developers.weixin.qq.com, 服务号 customer-service messages (5 per message and 48 h; 3 per minute after CLICK,
follow, scan).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.model import DeliveryState, Sender, Trigger

GRANTS = {
    Trigger.MESSAGE: (5, timedelta(hours=48)),
    Trigger.CLICK: (3, timedelta(minutes=1)),
    Trigger.SUBSCRIBE: (3, timedelta(minutes=1)),
    Trigger.SCAN: (3, timedelta(minutes=1)),
}
RETRY_DELAYS_S = (2, 10, 60, 300, 900)


@dataclass(frozen=True)
class Room:
    """How many messages may still go out, and when the last of them lapses."""

    left: int
    closes_at: datetime | None


@dataclass(frozen=True)
class Grant:
    """One allowance as rules see it."""

    id: int
    left: int
    expires_at: datetime


def room(grants: Sequence[Grant], now: datetime) -> Room:
    """What is left over all allowances that have not lapsed."""
    open_grants = [grant for grant in grants if grant.left > 0 and grant.expires_at > now]
    if not open_grants:
        return Room(0, None)
    return Room(sum(grant.left for grant in open_grants), max(grant.expires_at for grant in open_grants))


def choose_grant(grants: Sequence[Grant], now: datetime) -> Grant | None:
    """The allowance to use next: the one that lapses first; None when nothing may be sent."""
    open_grants = [grant for grant in grants if grant.left > 0 and grant.expires_at > now]
    return min(open_grants, key=lambda grant: (grant.expires_at, grant.id), default=None)


def refusal(grants: Sequence[Grant], now: datetime) -> str:
    """Why nothing may be sent: the window is closed (45015), or its messages are used up (45047)."""
    return "allowance_spent" if any(grant.expires_at > now for grant in grants) else "window_closed"


def after_unknown(sender: Sender, attempts: int) -> DeliveryState:
    """What becomes of a send that timed out: the bot's words are said once more, a person's or the bank's never by
    themselves.
    """
    return DeliveryState.QUEUED if sender is Sender.BOT and attempts < 2 else DeliveryState.UNKNOWN


def retry_at(now: datetime, attempts: int) -> datetime | None:
    """When to try again after a refusal that surely did nothing; None when it was tried often enough."""
    if attempts > len(RETRY_DELAYS_S):
        return None
    return now + timedelta(seconds=RETRY_DELAYS_S[attempts - 1])
