"""Which customers a person finds, decided in one place for search, page and timeline.

A supervisor finds all. A rep finds whom he serves or served, has to call back, looks after, handles a complaint of
or referred to a branch; and whoever ever came to one of his desks. Of the latter he sees what there is, not the words
and not the phone. A person of a branch finds the branch's own customers and those referred to it. Every look at
somebody who is not in a chat of one's own is written down (api/customers.py).
"""

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from bot.complaints.model import Complaint
from bot.customers.model import Follower
from bot.errors import NotFound
from bot.followups.model import Followup, FollowupState
from bot.handoff.model import Conversation, Owner
from bot.referrals.model import Referral, ReferralState
from bot.staff.model import Role, StaffMember


def findable_by(person: StaffMember) -> ColumnElement[bool]:
    """Which followers this person finds."""
    if person.role is Role.REP:
        came = Conversation.queued_at.is_not(None) & Conversation.skill.in_(person.skills)
        return or_(close_to(person), Follower.id.in_(select(Conversation.follower_id).where(came)))
    return close_to(person)


def close_to(person: StaffMember) -> ColumnElement[bool]:
    """Whose words and phone this person may see as well."""
    if person.role is Role.SUPERVISOR:
        return true()
    if person.role is Role.BRANCH:
        return _of_branch(person.branch)
    if person.role is not Role.REP:
        return false()
    known = (_served(person), _promised(person), _complained(person), _referred(person))
    return or_(Follower.dedicated_rep == person.username, *(Follower.id.in_(ids) for ids in known))


def get_findable(session: Session, follower_id: int, person: StaffMember) -> Follower:
    """The follower, if this person finds him. Raises NotFound, alike for who is not there."""
    found = session.scalars(select(Follower).where(Follower.id == follower_id, findable_by(person))).first()
    if found is None:
        raise NotFound(customer_id=follower_id)
    return found


def is_close(session: Session, follower_id: int, person: StaffMember) -> bool:
    """True when this person may see the follower's words and phone."""
    mine = select(Follower.id).where(Follower.id == follower_id, close_to(person))
    return session.scalar(mine) is not None


def is_in_his_chat(session: Session, follower_id: int, person: StaffMember) -> bool:
    """True while this person has a chat with him: looking him up is part of it."""
    holds = (Conversation.owner == Owner.ACTIVE) & (Conversation.rep == person.username)
    mine = select(Conversation.id).where(Conversation.follower_id == follower_id, holds)
    return session.scalar(mine.limit(1)) is not None


def referrals_seen_by(person: StaffMember) -> ColumnElement[bool]:
    """Which referrals this person sees: a branch its own, a rep those of customers he finds."""
    if person.role is Role.SUPERVISOR:
        return true()
    if person.role is Role.BRANCH:
        return Referral.branch == person.branch if person.branch else false()
    return or_(
        Referral.sent_by == person.username,
        Referral.follower_id.in_(select(Follower.id).where(close_to(person))),
    )


def _of_branch(branch: str | None) -> ColumnElement[bool]:
    if branch is None:
        return false()
    # What it gave back is no longer its own.
    sent = select(Referral.follower_id).where(Referral.branch == branch, Referral.state != ReferralState.RETURNED)
    return or_(Follower.branch == branch, Follower.id.in_(sent))


def _served(person: StaffMember) -> Select[int]:
    his = (Conversation.rep == person.username) & Conversation.queued_at.is_not(None)
    waits = (Conversation.owner == Owner.QUEUED) & Conversation.skill.in_(person.skills)
    return select(Conversation.follower_id).where(his | waits)


def _promised(person: StaffMember) -> Select[int]:
    is_free = Followup.owner.is_(None) & Followup.skill.in_(person.skills)
    is_his = (Followup.owner == person.username) | is_free
    return select(Followup.follower_id).where(Followup.state == FollowupState.OPEN, is_his)


def _complained(person: StaffMember) -> Select[int]:
    return select(Complaint.follower_id).where(Complaint.handler == person.username)


def _referred(person: StaffMember) -> Select[int]:
    return select(Referral.follower_id).where(Referral.sent_by == person.username)
