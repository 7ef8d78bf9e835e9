"""Waiting chats that are served sooner because their window is about to end, in SQL: what `rules.rank_in` says in
Python, for lists that are read by an index. Used by the lists and, for who can still be answered, by the routing.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Float, and_, cast, exists, extract, literal
from sqlalchemy.orm import InstrumentedAttribute

from bot.delivery.model import Allowance
from bot.handoff.model import Conversation
from bot.handoff.rules import CLOSING_WITHIN, HURRIED_POINTS, PRIORITY_WORTH_S, WINDOW


def hurried(by_window: Collection[str], now: datetime) -> ColumnElement[bool]:
    """True for a chat of these desks whose place is given by the end of its window."""
    said = Conversation.last_customer_at
    return and_(
        Conversation.skill.in_(sorted(by_window)),
        said > now - WINDOW,
        said <= now - WINDOW + CLOSING_WITHIN,
        hurried_rank(now) < Conversation.rank,
        has_room(Conversation.follower_id, now),
    )


def hurried_rank(now: datetime) -> ColumnElement[float]:
    """The place the end of the window gives."""
    said_s = cast(extract("epoch", Conversation.last_customer_at), Float)
    left_s = said_s + literal(WINDOW.total_seconds() - now.timestamp(), Float)
    points = literal(float(HURRIED_POINTS), Float) - left_s / literal(CLOSING_WITHIN.total_seconds(), Float)
    return literal(now.timestamp(), Float) - points * literal(PRIORITY_WORTH_S, Float)


def has_room(follower_id: InstrumentedAttribute[int], now: datetime) -> ColumnElement[bool]:
    """True while something may still be sent to this follower: nothing hurries whom no answer reaches."""
    is_his = Allowance.follower_id == follower_id
    return exists().where(is_his, Allowance.expires_at > now, Allowance.used < Allowance.total)
