"""Notices: messages nobody asked for this minute, about a matter the follower has with us. Called by aftercare.py and
bindings.py inside their transaction; who called sends what was queued after the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Delivery, Sender
from bot.delivery.service import queue
from bot.errors import SendRefused
from bot.handoff.model import Conversation
from bot.knowledge.content import Content
from bot.messages import Reply
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line

WITHHELD_NOTICE = "notice_withheld"


@dataclass(frozen=True)
class Notice:
    """One notice, the content it was taken from, and the customer's names at the bank that it may hold. With
    `takes_last` the messages kept for others are for it too.
    """

    reply: Reply
    content: Content
    names: Sequence[str | None] = ()
    takes_last: bool = False


def say(session: Session, row: Conversation, notice: Notice, guard: OutboundGuard, now: datetime) -> int | None:
    """Queue one notice with its line; None when the platform's window is shut, which the line then says."""
    reply = guard.cleared(notice.reply, notice.content, row.id, notice.names, WITHHELD_NOTICE)
    try:
        delivery: Delivery = queue(
            session,
            follower_id=row.follower_id,
            conversation_id=row.id,
            sender=Sender.NOTICE,
            reply=reply,
            now=now,
            takes_last=notice.takes_last,
        )
    except SendRefused as refused:
        keep_unsaid(session, row, reply, now, str(refused.fields["reason"]))
        return None
    detail = _detail(reply)
    add_line(session, row.id, Speaker.SYSTEM, reply.text, now, kind="notice", detail=detail, delivery_id=delivery.id)
    return delivery.id


def keep_unsaid(session: Session, row: Conversation, reply: Reply, now: datetime, reason: str) -> None:
    """A line for the rep about a notice that does not go out."""
    detail = _detail(reply) | {"not_sent": reason}
    add_line(session, row.id, Speaker.SYSTEM, reply.text, now, kind="notice", detail=detail)


def latest_conversation(session: Session, follower_id: int) -> Conversation | None:
    """The follower's newest conversation, open or closed."""
    mine = select(Conversation).where(Conversation.follower_id == follower_id).order_by(Conversation.id.desc())
    return session.scalars(mine.limit(1)).first()


def _detail(reply: Reply) -> dict[str, object]:
    return {"choices": [[choice.id, choice.text] for choice in reply.choices], "source": reply.source}
