"""What a push says by itself, before any word is understood: he follows, he left, he may be answered so many times."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.customers import service as customers
from bot.customers.model import Follower
from bot.delivery.model import Trigger
from bot.delivery.service import end_allowances, grant
from bot.handoff import queries
from bot.handoff.model import Outcome, Owner
from bot.handoff.transitions import close_by_bot
from bot.messages import EventName, InboundMessage

TALK = frozenset({EventName.CLICK, EventName.SUBSCRIBE})
TRIGGERS = {EventName.CLICK: Trigger.CLICK, EventName.SUBSCRIBE: Trigger.SUBSCRIBE, EventName.SCAN: Trigger.SCAN}
LEAVING = frozenset({EventName.REVOKED, EventName.CANCELLED})


def is_talk(message: InboundMessage) -> bool:
    """True for what belongs to a conversation: anything he said, a menu tap, the follow itself."""
    if message.event is None:
        return True
    return message.event in TALK


def note_event(session: Session, follower: Follower, message: InboundMessage, now: datetime) -> int | None:
    """What a push says about the follower himself, and the allowance it opens; the conversation whose wait it ended."""
    if message.event is None:
        # The platform takes no messages from strangers, also when it was the bank who told us of him first.
        customers.follow(follower, None)
        # A tap on a line counts as a menu click for the platform, not as a message.
        grant(session, follower.id, Trigger.CLICK if message.menu_choice else Trigger.MESSAGE, now)
        return None
    if message.event in TRIGGERS:
        grant(session, follower.id, TRIGGERS[message.event], now)
    if message.event in (EventName.SUBSCRIBE, EventName.SCAN):
        customers.follow(follower, message.event_key or None)
    if message.event in LEAVING:
        customers.forget_personal_data(follower, now)
    if message.event is not EventName.UNSUBSCRIBE:
        return None
    customers.unfollow(follower, now)
    end_allowances(session, follower.id, now)
    return _leave_line(session, follower, now)


def _leave_line(session: Session, follower: Follower, now: datetime) -> int | None:
    waiting = queries.lock_open(session, follower.id)
    if waiting is None or waiting.owner is Owner.ACTIVE:
        return None
    close_by_bot(session, waiting, Outcome.NO_REPLY, now)
    return waiting.id
