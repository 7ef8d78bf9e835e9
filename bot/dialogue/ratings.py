"""What a customer says of a chat that ended: asked once, taken once, and a low one is followed up by a supervisor.

Asked by bot/dialogue/aftercare.py when a rep closes; what the customer says comes through bot/dialogue/carry_out.py.
"""

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.model import AlertKind
from bot.alerts.service import About, raise_alert
from bot.complaints.queries import has_complained
from bot.customers.model import Follower
from bot.delivery import rules
from bot.delivery.model import Sender
from bot.delivery.service import grants_of
from bot.dialogue import choices
from bot.followups.model import FollowupKind
from bot.followups.service import remind
from bot.handoff.model import Conversation
from bot.knowledge import hours
from bot.knowledge.content import Content
from bot.messages import Reply
from bot.staff.model import Role, StaffMember

RATING_FLOW = "rate"
_NUMBER = re.compile(r"[0-9]{1,18}")
RATINGS = ((5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不太满意"), (1, "不满意"))
GOOD = 4
RATING_TYPED_WITHIN = timedelta(hours=24)
WORDS_WITHIN = timedelta(minutes=30)
COMPLAINED = "complained"


def why_not_asked(session: Session, row: Conversation, now: datetime) -> str | None:
    """Why this chat's customer is not asked how satisfied he is; None when he is, with the message kept for it.

    Who complained is asked about the result of his complaint instead; who was cheated is asked, in words of care that
    were approved for it (rating_ask_fraud).
    """
    if has_complained(session, row.id, row.follower_id):
        return COMPLAINED
    return rules.why_not(Sender.NOTICE, grants_of(session, row.follower_id, now), now, takes_last=True)


def typed_rating(session: Session, follower_id: int, text: str, now: datetime) -> str | None:
    """The rating line whose words he typed while one is asked for, as if it was tapped; else None."""
    words = text.strip().strip("。.!！~～ ")
    stars = next((stars for stars, label in RATINGS if label == words), None)
    if stars is None:
        return None
    mine = (Conversation.follower_id == follower_id) & Conversation.rating.is_(None)
    asked = mine & (Conversation.rating_asked_at > now - RATING_TYPED_WITHIN)
    latest = select(Conversation.id).where(asked).order_by(Conversation.id.desc()).limit(1)
    conversation_id = session.scalars(latest).first()
    return f"{RATING_FLOW}:{conversation_id}:{stars}" if conversation_id is not None else None


def take_rating(
    session: Session, follower_id: int, choice: str | None, content: Content, now: datetime
) -> Reply | None:
    """Store a tapped rating, the first one only; what to say, or None when the tap was no rating of his own chat. A low
    one asks what went wrong, and calls a supervisor.
    """
    flow, rest = choices.split(choice or "")
    conversation_id, _, stars = rest.partition(":")
    if flow != RATING_FLOW or not (
        _NUMBER.fullmatch(conversation_id) and stars in {str(number) for number, _ in RATINGS}
    ):
        return None
    row = session.get(Conversation, int(conversation_id), with_for_update=True)
    if row is None or row.follower_id != follower_id:
        return None
    if row.rating is not None:
        return content.say("rating_again")
    row.rating, row.rated_at = int(stars), now
    if row.rating >= GOOD:
        return content.say("rating_thanks")
    _call_supervisor(session, row, content, now)
    return content.say("rating_sorry")


def keep_words(session: Session, follower_id: int, text: str, now: datetime) -> bool:
    """Keep what he says after a low rating with it, once; True when these words were kept."""
    mine = (Conversation.follower_id == follower_id) & (Conversation.rated_at > now - WORDS_WITHIN)
    asked = mine & (Conversation.rating < GOOD) & Conversation.rating_words.is_(None)
    latest = select(Conversation).where(asked).order_by(Conversation.rated_at.desc()).limit(1)
    row = session.scalars(latest.with_for_update()).first() if text else None
    if row is None:
        return False
    row.rating_words = text
    return True


def _call_supervisor(session: Session, row: Conversation, content: Content, now: datetime) -> None:
    """Somebody above the rep calls the customer within one working day."""
    skill = content.skills[row.skill or "general"]
    label = next(label for stars, label in RATINGS if stars == row.rating)
    about = About(skill=skill.id, rep=row.rep, conversation_id=row.id, figures={"rating": row.rating})
    raise_alert(session, AlertKind.LOW_RATING, str(row.id), now, about)
    remind(
        session,
        follower_id=row.follower_id,
        conversation_id=row.id,
        skill=skill.id,
        owner=_supervisor_of(session, skill.id),
        reason=f"客户评价{row.rating}星（{label}），请主管回电了解原因",
        phone=session.get_one(Follower, row.follower_id).phone,
        due_at=hours.working_day_after(now, skill),
        now=now,
        kind=FollowupKind.LOW_RATING,
    )


def _supervisor_of(session: Session, skill: str) -> str | None:
    """A supervisor of this desk, or else any; None when there is none."""
    found = session.scalars(
        select(StaffMember)
        .where(StaffMember.role == Role.SUPERVISOR, StaffMember.is_enabled)
        .order_by(StaffMember.username)
    ).all()
    own = [one.username for one in found if skill in one.skills]
    return next(iter([*own, *(one.username for one in found)]), None)
