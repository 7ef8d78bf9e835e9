"""Referrals that begin on the phone: made at once where a call shows that only the branch can go on, and the call that
follows when the branch has answered. In the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.customers.consents import is_allowed
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.events import EventType
from bot.followups import rules as call_rules
from bot.followups.branching import Asked as AskedOf
from bot.followups.closing import close, tell
from bot.followups.model import Followup, FollowupKind, FollowupState
from bot.followups.service import NewFollowup, make
from bot.knowledge.content import Skill
from bot.knowledge.live import Contents
from bot.referrals.asking import Briefing
from bot.referrals.model import Referral, ReferralReason
from bot.referrals.queries import RUNNING, open_of
from bot.referrals.sending import Asked, Origin, send_in
from bot.referrals.telling import phone_of
from bot.staff.service import staffed_branches

# What the branch found out is called about the same day, while the desk is open.
CALL_WITHIN = timedelta(hours=2)
NO_BRANCH = "开户网点没有登记，请先确认网点"
NOBODY_THERE = "{branch}还没有人接收转介，请另选网点"
NO_CONSENT = "客户不接受服务联系，请先征得客户同意"
GOING_ON = "本次回访的转介{number}还没有结束，请先办结"


@dataclass(frozen=True)
class CallReferrals:
    """Asks a branch on behalf of a call."""

    contents: Contents
    briefing: Briefing

    def ask_branch(self, session: Session, row: Followup, wish: str, username: str, now: datetime) -> AskedOf:
        """Refer the customer of a call to the branch of his firm; what this branch has of the call is the same. Without
        his consent or a branch that reads it nothing is made, and the reason is told.
        """
        branch = session.get_one(Follower, row.follower_id).branch
        lacks = self._lacks(session, row.follower_id, branch) or _going_on_elsewhere(session, row.id, branch)
        if lacks is not None or branch is None:
            return AskedOf(None, lacks)
        content = self.contents.for_branch(now, branch)
        asked = Asked(branch, ReferralReason.DOCUMENTS, self.briefing.words(session, row, wish, content))
        origin = Origin(row.conversation_id, row.id)
        return AskedOf(send_in(session, row.follower_id, origin, asked, username, now).id)

    @staticmethod
    def _lacks(session: Session, follower_id: int, branch: str | None) -> str | None:
        if not is_allowed(session, follower_id, Purpose.SERVICE):
            return NO_CONSENT
        if branch is None:
            return NO_BRANCH
        return None if branch in staffed_branches(session) else NOBODY_THERE.format(branch=branch)


def _going_on_elsewhere(session: Session, followup_id: int, branch: str | None) -> str | None:
    """What stands in the way when the call's own referral is at another branch, or the centre's turn."""
    known = open_of(session, None, followup_id)
    if known is None or (known.state in RUNNING and known.branch == branch):
        return None
    return GOING_ON.format(number=known.number)


def settle_task(
    session: Session, followup_id: int, referral: Referral, username: str, desk: Skill, now: datetime
) -> None:
    """A task to make a referral is done with it; any other call goes on. Safe to repeat."""
    row = session.get(Followup, followup_id, with_for_update=True)
    if row is not None and row.kind is FollowupKind.BRANCH and row.state is FollowupState.OPEN:
        close(session, row, username, None, f"已转介{referral.branch}，编号{referral.number}", desk, now)


def call_on(session: Session, referral: Referral, desk: Skill, now: datetime) -> None:
    """The branch answered what a call could not find out: the call is due again, with the answer; one that still goes
    on is told it, so that nobody is called twice.
    """
    asked_for = session.get(Followup, referral.followup_id, with_for_update=True)
    if asked_for is None:
        return
    answered = f"网点已答复（转介{referral.number}）：{referral.answer}"
    if asked_for.state is FollowupState.OPEN:
        # Its time stays: it is what was agreed on with the customer, or stands first on the list already.
        asked_for.reason = f"{asked_for.reason}；{answered}"
        tell(session, asked_for, EventType.FOLLOWUP_CHANGED, now)
        return
    first = session.get(Followup, asked_for.root_id) if asked_for.root_id is not None else asked_for
    wanted = NewFollowup(
        kind=FollowupKind.PROMISED_CALL,
        segment=(first or asked_for).segment,
        follower_id=referral.follower_id,
        skill=asked_for.skill,
        reason=f"{answered}。请按答复继续回访",
        due_at=call_rules.in_hours(now + CALL_WITHIN, desk),
        phone=phone_of(session, referral),
        conversation_id=asked_for.conversation_id,
        is_elder=asked_for.is_elder,
        root_id=asked_for.root_id or asked_for.id,
        made_once=f"referral_answered:{referral.id}",
    )
    make(session, wanted, now)
