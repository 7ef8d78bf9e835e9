"""What the platform lets us send, as numbers and pure decisions.

Source: developers.weixin.qq.com, 服务号 customer-service messages (5 per message and 48 h; 3 per minute after CLICK,
follow, scan).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.model import DeliveryState, Sender, Trigger

# The platform's limit of one text (customer-service messages, UTF-8).
TEXT_BYTES = 2048

GRANTS = {
    Trigger.MESSAGE: (5, timedelta(hours=48)),
    Trigger.CLICK: (3, timedelta(minutes=1)),
    Trigger.SUBSCRIBE: (3, timedelta(minutes=1)),
    Trigger.SCAN: (3, timedelta(minutes=1)),
}
RETRY_DELAYS_S = (2, 10, 60, 300, 900)
# What each leaves to the others while messages are left. The bot answers a word that has just granted five; a rep
# leaves one to the question whether the customer is satisfied, and may take it when he knows that it is the last; a
# notice leaves that one and one for the rep's answer.
KEPT_BACK = {Sender.BOT: 0, Sender.REP: 1, Sender.NOTICE: 2}
LAST_MESSAGE, KEPT_FOR_ANSWER = "last_message", "kept_for_answer"
# What a rep can do instead, by the reason he may not send. SMS comes beside it with the journeys.
ALTERNATIVES = {
    "window_closed": ("call", "spoken"),
    "allowance_spent": ("wait", "call", "spoken"),
    "too_long": ("shorten",),
    "fraud_risk": ("spoken",),
    "not_following": ("call",),
}
# With no more than this many free messages left, a rep's short line waits a moment for the next one: they go as one.
MERGED_FROM_FREE = 2
SHORT_LINE = 60
HELD_FOR = timedelta(seconds=6)
HELD_AT_MOST = timedelta(seconds=20)


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


def why_not(sender: Sender, grants: Sequence[Grant], now: datetime, *, takes_last: bool = False) -> str | None:
    """Why this sender may not send now, or None when he may. With `takes_last` the messages kept back are for him too:
    the question they are kept for, or a rep who was told.
    """
    left = room(grants, now).left
    if left == 0:
        return refusal(grants, now)
    if takes_last or left > KEPT_BACK[sender]:
        return None
    return LAST_MESSAGE if sender is Sender.REP else KEPT_FOR_ANSWER


def free(room: Room) -> int:
    """How many messages a rep may send without a thought."""
    return max(0, room.left - KEPT_BACK[Sender.REP])


def hold_until(text: str, room: Room, now: datetime) -> datetime | None:
    """Until when a rep's line waits for the next one; None when it goes at once. `room` is what it still takes from."""
    is_scarce = free(room) <= MERGED_FROM_FREE
    until = now + HELD_FOR
    is_in_time = room.closes_at is not None and until < room.closes_at
    return until if is_scarce and is_in_time and len(text) <= SHORT_LINE else None


def hold_longer(held_since: datetime, now: datetime) -> datetime:
    """Until when a line waits after another one joined it; in the end it goes, however much is still being typed."""
    return min(now + HELD_FOR, held_since + HELD_AT_MOST)


def joined(before: str, more: str) -> str | None:
    """Two lines as one text; None when the platform would not take it."""
    text = f"{before}\n{more}"
    return text if len(text.encode()) <= TEXT_BYTES else None


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
