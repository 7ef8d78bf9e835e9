"""A rep has a chat: his room and idle time, and by when his words are due. Inside the caller's transaction.

The first word after an accept has a hard limit: a warning at half the time, at the full time somebody else is found.
To every later question of the customer there is only the warning: who has talked is no empty chair, and a screen that
went silent is taken care of by itself.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.desks.model import DeskRules
from bot.desks.queries import off_shift
from bot.errors import NotFound, RepAbsent
from bot.events import Event, EventType
from bot.handoff.model import Conversation
from bot.outbox import publish
from bot.staff.model import RepStatus, StaffMember


def begin_serving(
    session: Session, conversation: Conversation, rep: StaffMember, desk: DeskRules, now: datetime
) -> None:
    """This rep has the chat from now on: his first word is due, his missed offers are forgotten, and a dedicated rep
    who is passed over is told. The caller has raised the version and counted the room.
    """
    conversation.accepted_at = now
    conversation.wished_rep = None
    stop_waiting_for_words(conversation)
    if desk.first_reply_s > 0:
        conversation.reply_warn_at = now + timedelta(seconds=desk.first_reply_s / 2)
        conversation.reply_due_at = now + timedelta(seconds=desk.first_reply_s)
    rep.idle_since = now
    rep.missed_offers = 0
    mine = Follower.id == conversation.follower_id
    session.execute(update(Follower).where(mine).values(last_rep=rep.username))
    dedicated = session.scalar(select(Follower.dedicated_rep).where(mine))
    if dedicated is not None and dedicated != rep.username:
        payload = {"rep": rep.username}
        passed = Event(EventType.DEDICATED_PASSED_OVER, conversation.id, audience=dedicated, payload=payload)
        publish(session, now, passed)


def expect_answer(conversation: Conversation, desk: Callable[[], DeskRules], now: datetime) -> None:
    """The customer of an active chat says something: its rep is warned when it stays unanswered too long. The desk's
    rules are read only when that time begins.

    Called before the customer's word is noted in the row; the time runs from his first word that is unanswered.
    """
    is_first_word_due = conversation.reply_due_at is not None and not has_spoken(conversation)
    was_answered = has_spoken(conversation) and not is_unanswered(conversation)
    if is_first_word_due or not (was_answered or conversation.reply_warn_at is None):
        return
    first_reply_s = desk().first_reply_s
    if first_reply_s > 0:
        conversation.reply_warn_at = now + timedelta(seconds=first_reply_s)


def expect_another_try(conversation: Conversation, desk: DeskRules, now: datetime) -> None:
    """What its rep said was refused: he is warned when the customer stays unanswered too long from now. He tried and is
    no empty chair, so the hard limit of a first word is over.
    """
    stop_waiting_for_words(conversation)
    if desk.first_reply_s > 0 and is_unanswered(conversation):
        conversation.reply_warn_at = now + timedelta(seconds=desk.first_reply_s)


def stop_waiting_for_words(conversation: Conversation) -> None:
    """No word is due from anybody."""
    conversation.reply_warn_at = conversation.reply_due_at = None


def has_spoken(conversation: Conversation) -> bool:
    """True when its present rep has said something that was not refused."""
    said_at, accepted_at = conversation.last_rep_at, conversation.accepted_at
    return said_at is not None and accepted_at is not None and said_at >= accepted_at


def is_unanswered(conversation: Conversation) -> bool:
    """True when the customer's last word came after the last one of a rep that was not refused."""
    heard_at, said_at = conversation.last_customer_at, conversation.last_rep_at
    return heard_at is not None and (said_at is None or heard_at > said_at)


def lock_rep(session: Session, username: str) -> StaffMember:
    """The rep's row, locked: his capacity is counted under it. Raises NotFound."""
    rep = session.get(StaffMember, username, with_for_update=True, populate_existing=True)
    if rep is None:
        raise NotFound(rep=username)
    return rep


def check_present(session: Session, username: str, now: datetime) -> StaffMember:
    """Somebody a chat can be handed to now. Raises NotFound, RepAbsent (off duty, or off shift by the roster)."""
    rep = session.get(StaffMember, username)
    if rep is None:
        raise NotFound(rep=username)
    if not rep.is_enabled or rep.status is RepStatus.OFFLINE or username in off_shift(session, now):
        raise RepAbsent(rep=rep.display_name)
    return rep


def start_idling(session: Session, username: str, now: datetime) -> None:
    """The rep has one chat less: his waiting for the next starts now."""
    session.execute(update(StaffMember).where(StaffMember.username == username).values(idle_since=now))
