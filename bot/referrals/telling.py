"""What follows for people outside the branch: the customer hears who looks after him, or the centre phones him; the
centre gets back what the branch cannot do. In the caller's transaction.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.customers.consents import is_allowed
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Delivery, Sender
from bot.delivery.service import queue
from bot.errors import SendRefused
from bot.followups.model import Followup, FollowupKind, FollowupOutcome
from bot.followups.rules import in_hours
from bot.followups.service import remind
from bot.knowledge.content import Content, Skill
from bot.knowledge.hours import moment_text
from bot.messages import Reply
from bot.referrals.model import Referral
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line

# A call that must tell what a message could not is due soon, while the desk is open.
TELL_WITHIN = timedelta(hours=2)
DESK = "general"


def tell_accepted(session: Session, row: Referral, content: Content, guard: OutboundGuard, now: datetime) -> int | None:
    """Queue the word to the customer that his matter is taken up; None when it takes a call, which is then on the list
    of whoever referred him, if his number is known.
    """
    chat = row.conversation_id
    if chat is None:
        _ask_to_phone(session, row, content.skills[DESK], now)
        return None
    is_his_own = session.get_one(Follower, row.follower_id).branch == row.branch
    branch, name = ("开户网点" if is_his_own else row.branch), row.accepted_name or ""
    told = content.say("referral_accepted", branch=branch, name=name, time=moment_text(row.due_at, now))
    reply = guard.cleared(told, content, chat, (name, branch), "notice_withheld")
    delivery = _queued(session, row, reply, now)
    if delivery is None:
        _ask_to_phone(session, row, content.skills[DESK], now)
        return None
    add_line(
        session,
        chat,
        Speaker.SYSTEM,
        reply.text,
        now,
        kind="notice",
        detail={"choices": [], "source": reply.source},
        delivery_id=delivery.id,
    )
    return delivery.id


def _queued(session: Session, row: Referral, reply: Reply, now: datetime) -> Delivery | None:
    """None when he refused such notices, or the platform lets none go out."""
    if not is_allowed(session, row.follower_id, Purpose.SERVICE):
        return None
    try:
        return queue(
            session,
            follower_id=row.follower_id,
            conversation_id=row.conversation_id,
            sender=Sender.NOTICE,
            reply=reply,
            now=now,
        )
    except SendRefused:
        return None


def can_be_phoned(session: Session, row: Referral) -> bool:
    """False when it came from a call whose number was not his."""
    call = session.get(Followup, row.followup_id) if row.followup_id is not None else None
    if call is None:
        return True
    is_lost = call.outcome in (FollowupOutcome.NOT_HIMSELF, FollowupOutcome.WRONG_NUMBER)
    return not is_lost and call.kind is not FollowupKind.BRANCH


def phone_of(session: Session, row: Referral) -> str | None:
    """Where he is phoned: at the number of the call it came from, which he may have changed, unless it was not his."""
    call = session.get(Followup, row.followup_id) if row.followup_id is not None else None
    known = call.phone if call is not None and can_be_phoned(session, row) else None
    return known or session.get_one(Follower, row.follower_id).phone


def _ask_to_phone(session: Session, row: Referral, desk: Skill, now: datetime) -> None:
    if not can_be_phoned(session, row):
        return
    until = moment_text(row.due_at, now)
    reason = f"转介{row.number}已由{row.branch}{row.accepted_name or ''}跟进，{until}前联系客户，请电话告知"
    ask_centre(session, row, reason, desk, now)


def ask_centre(session: Session, row: Referral, reason: str, desk: Skill, now: datetime) -> None:
    """Put a task on the list of whoever referred him, due soon, in the hours of this desk."""
    remind(
        session,
        follower_id=row.follower_id,
        conversation_id=row.conversation_id,
        skill=desk.id,
        owner=row.sent_by,
        reason=reason,
        phone=phone_of(session, row),
        due_at=in_hours(now + TELL_WITHIN, desk),
        now=now,
    )
