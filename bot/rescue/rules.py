"""Pure decisions about a window that ends: what would be lost with it, and what becomes of it in the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.model import Trigger
from bot.delivery.rules import GRANTS
from bot.handoff.model import Owner
from bot.rescue.model import RescueState, Why

WINDOW = GRANTS[Trigger.MESSAGE][1]
FOUND_BEFORE = timedelta(hours=2)
AT_DESK = (Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE)


@dataclass(frozen=True)
class Chat:
    """A conversation as these rules see it. `promised_until` is the end of its latest promise not kept yet.

    `message_at` is the customer's last message, when his last word was not one: a tap on a line opens no window. While
    `is_on_its_way` the rep's last word may still be refused.
    """

    owner: Owner
    customer_at: datetime
    rep_at: datetime | None
    promised_until: datetime | None = None
    message_at: datetime | None = None
    is_on_its_way: bool = False


def ends_at(chat: Chat) -> datetime:
    """When the platform takes no more messages for what the customer said."""
    return (chat.message_at or chat.customer_at) + WINDOW


def why(chat: Chat) -> Why | None:
    """What would be lost with the window; None when nobody at the desk has this chat."""
    if chat.owner not in AT_DESK:
        return None
    if chat.owner is not Owner.ACTIVE or chat.rep_at is None or chat.rep_at < chat.customer_at:
        return Why.UNANSWERED
    if chat.promised_until is not None and chat.promised_until > ends_at(chat):
        return Why.PROMISE_LATER
    return Why.IDLE


def settled(
    chat: Chat, state: RescueState, why: Why, customer_at: datetime, found_at: datetime, now: datetime
) -> RescueState | None:
    """What a pending rescue is now, or None while it still waits. LAPSED wants a call promised."""
    is_answered = chat.rep_at is not None and chat.rep_at > found_at
    if chat.customer_at != customer_at or (is_answered and not chat.is_on_its_way):
        return RescueState.SPOKEN
    if chat.owner not in AT_DESK:
        return RescueState.OVER
    if now < ends_at(chat) or is_answered:
        return None
    if chat.promised_until is not None:
        return RescueState.PROMISED
    # Who was answered and did not react to an invitation either wants nothing more of us.
    is_left_alone = state is RescueState.INVITED and why is Why.IDLE
    return RescueState.OVER if is_left_alone else RescueState.LAPSED
