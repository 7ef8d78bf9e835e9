"""Reads of windows that end soon."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.delivery.claims import UNFINISHED
from bot.delivery.model import Allowance, Delivery, Sender, Trigger
from bot.followups.model import Followup, FollowupKind, FollowupState
from bot.handoff.model import Conversation
from bot.rescue.model import PENDING, Rescue
from bot.rescue.rules import AT_DESK, FOUND_BEFORE, WINDOW, Chat

AT_ONCE = 200


def ending(session: Session, now: datetime) -> Sequence[int]:
    """Conversations of the desk whose window ends soon, or ended, and was not looked at; the first to end first."""
    is_found = exists().where(
        Rescue.conversation_id == Conversation.id, Rescue.customer_at == Conversation.last_customer_at
    )
    messages = _last_message().where(Allowance.follower_id == Conversation.follower_id).scalar_subquery()
    ends_soon = func.coalesce(messages, Conversation.last_customer_at) <= now + FOUND_BEFORE - WINDOW
    has_spoken = Conversation.last_customer_at.is_not(None)
    found = select(Conversation.id).where(Conversation.owner.in_(AT_DESK), has_spoken, ends_soon, ~is_found)
    return session.scalars(found.order_by(Conversation.last_customer_at).limit(AT_ONCE)).all()


def to_settle(session: Session, now: datetime) -> Sequence[int]:
    """Pending rescues whose window ended, or in whose conversation something happened."""
    moved = or_(
        Conversation.last_customer_at != Rescue.customer_at,
        and_(Conversation.last_rep_at > Rescue.found_at, ~_is_on_its_way()),
        Conversation.owner.not_in(AT_DESK),
    )
    found = select(Rescue.id).join(Conversation, Conversation.id == Rescue.conversation_id)
    pending = found.where(Rescue.state.in_(PENDING), or_(Rescue.ends_at <= now, moved))
    return session.scalars(pending.order_by(Rescue.id).limit(AT_ONCE)).all()


def find_pending(session: Session, conversation: Conversation) -> Rescue | None:
    """The rescue of the conversation's present window that still waits for something, or None."""
    return session.scalars(select(Rescue).where(_of_window(conversation), Rescue.state.in_(PENDING))).first()


def has_another_pending(session: Session, rescue: Rescue) -> bool:
    """True when the same chat's window was found anew after the customer's next word, and still waits."""
    others = (Rescue.conversation_id == rescue.conversation_id) & (Rescue.id != rescue.id)
    return session.scalar(select(Rescue.id).where(others, Rescue.state.in_(PENDING)).limit(1)) is not None


def find_latest(session: Session, conversation: Conversation) -> Rescue | None:
    """The rescue of the conversation's present window, whatever became of it, or None."""
    return session.scalars(select(Rescue).where(_of_window(conversation))).first()


def open_promise(session: Session, conversation_id: int) -> Followup | None:
    """The latest promise of this conversation that nobody has kept yet, or None."""
    mine = (Followup.conversation_id == conversation_id) & (Followup.kind == FollowupKind.PROMISED_CALL)
    still_open = select(Followup).where(mine, Followup.state == FollowupState.OPEN)
    return session.scalars(still_open.order_by(Followup.due_at.desc()).limit(1)).first()


def chat_of(session: Session, row: Conversation) -> Chat:
    """A conversation as the rules see it; the customer must have said something in it."""
    assert row.last_customer_at is not None, "a window without a word of the customer"
    promised = open_promise(session, row.id)
    message_at = session.scalar(_last_message().where(Allowance.follower_id == row.follower_id))
    return Chat(
        row.owner,
        row.last_customer_at,
        row.last_rep_at,
        promised.due_at if promised else None,
        message_at,
        is_on_its_way=session.scalar(select(_is_on_its_way()).where(Conversation.id == row.id)) or False,
    )


def _last_message() -> Select[datetime | None]:
    """When a message last opened a window; what the ledger keeps, for a tap is a word too."""
    return select(func.max(Allowance.granted_at)).where(Allowance.trigger == Trigger.MESSAGE)


def _is_on_its_way() -> ColumnElement[bool]:
    """A word of the rep that the platform has neither taken nor refused."""
    his = (Delivery.follower_id == Conversation.follower_id) & (Delivery.conversation_id == Conversation.id)
    unfinished = (Delivery.sender == Sender.REP) & Delivery.state.in_(UNFINISHED)
    return exists().where(his, unfinished).correlate(Conversation)


def _of_window(conversation: Conversation) -> ColumnElement[bool]:
    return and_(Rescue.conversation_id == conversation.id, Rescue.customer_at == conversation.last_customer_at)
