"""Follow-ups that an account's own clock makes due: the day after it was opened, and a week later."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.clock import local_day
from bot.followups import rules
from bot.followups.model import Followup, FollowupKind, FollowupOutcome
from bot.followups.service import NewFollowup, make
from bot.knowledge.content import Skill

# The checklist each kind is called with, unless whoever makes one chooses another.
SEGMENTS = {
    FollowupKind.PROMISED_CALL: "promised_call",
    FollowupKind.NEW_ACCOUNT_D1: "new_account",
    FollowupKind.NEW_ACCOUNT_D7: "new_account_week",
    FollowupKind.EXPIRY_REMINDER: "points_expiry",
    FollowupKind.RESCUE: "promised_call",
    FollowupKind.LOW_RATING: "promised_call",
    FollowupKind.OWN_REMINDER: "promised_call",
    FollowupKind.BRANCH: "promised_call",
}
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
CLOSED_WELL = frozenset({FollowupOutcome.SOLVED, FollowupOutcome.TOLD})
NEW_ACCOUNT_PRIORITY = 1


def account_opened(
    session: Session,
    *,
    follower_id: int,
    event_id: str,
    phone: str | None,
    opened_at: datetime,
    desk: Skill,
    now: datetime,
) -> Followup:
    """The first call to a new account's holder, when the desk opens on the next working day. Safe to repeat."""
    due_at = rules.first_duty_morning(local_day(opened_at) + A_DAY, desk)
    kind = FollowupKind.NEW_ACCOUNT_D1
    wanted = NewFollowup(
        kind=kind,
        segment=SEGMENTS[kind],
        follower_id=follower_id,
        skill=desk.id,
        reason="新开户：核对联系电话、提示防诈、看看用得顺不顺",
        phone=phone,
        due_at=max(due_at, rules.due_in_hours(now, now, desk)),
        priority=NEW_ACCOUNT_PRIORITY,
        made_once=f"account_opened:{event_id}",
    )
    return make(session, wanted, now)


def call_after_a_week(session: Session, closed: Followup, desk: Skill, now: datetime) -> Followup | None:
    """The call a week after the account was opened, once the chain of first calls ended well; else None."""
    first = closed if closed.root_id is None else session.get_one(Followup, closed.root_id)
    if first.kind is not FollowupKind.NEW_ACCOUNT_D1 or closed.outcome not in CLOSED_WELL:
        return None
    kind = FollowupKind.NEW_ACCOUNT_D7
    a_week_later = rules.first_duty_morning(local_day(first.created_at) + A_WEEK, desk)
    wanted = NewFollowup(
        kind=kind,
        segment=SEGMENTS[kind],
        follower_id=first.follower_id,
        skill=first.skill,
        reason="新开户满一周：看看转账、对账用上了没有",
        phone=closed.phone,
        due_at=max(a_week_later, rules.first_duty_morning(local_day(now) + A_DAY, desk)),
        priority=NEW_ACCOUNT_PRIORITY,
        is_elder=closed.is_elder,
        made_once=f"new_account_week:{first.id}",
    )
    return make(session, wanted, now)
