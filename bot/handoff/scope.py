"""Whose conversations a person of the desk may read, decided in one place for lists and for single chats.

A supervisor reads all that came to the desk. A rep reads what is his (served, or offered to him), what waits on his
desks, the past chats of a customer he has now or has to call back, and, until it is closed, a chat in whose notes a
colleague mentioned him. What was said to the bot alone is nobody's to read.
"""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from bot.errors import NotFound
from bot.followups.model import Followup, FollowupState
from bot.handoff.model import Conversation, Owner
from bot.notes.model import Mention
from bot.staff.model import Role, StaffMember


def readable_by(person: StaffMember) -> ColumnElement[bool]:
    """Which conversations this person may read."""
    came_to_the_desk = Conversation.queued_at.is_not(None)
    if person.role is Role.SUPERVISOR:
        return came_to_the_desk
    if person.role is not Role.REP:
        return false()
    waits = (Conversation.owner == Owner.QUEUED) & Conversation.skill.in_(person.skills)
    is_his_customer = Conversation.follower_id.in_(_serving(person)) | Conversation.follower_id.in_(_promised(person))
    is_asked = (Conversation.owner != Owner.CLOSED) & Conversation.id.in_(_mentioned(person))
    return and_(came_to_the_desk, or_(Conversation.rep == person.username, waits, is_his_customer, is_asked))


def get_readable(session: Session, conversation_id: int, person: StaffMember) -> Conversation:
    """The conversation, if this person may read it. Raises NotFound, alike for what is not there."""
    mine = select(Conversation).where(Conversation.id == conversation_id, readable_by(person))
    found = session.scalars(mine).first()
    if found is None:
        raise NotFound(handoff_id=conversation_id)
    return found


def may_call_back(followup: Followup, person: StaffMember) -> bool:
    """True when this promise is the person's to keep: his own, or a free one of his desks."""
    if person.role is Role.SUPERVISOR:
        return True
    is_free = followup.owner is None and followup.skill in person.skills
    return followup.owner == person.username or is_free


def _serving(person: StaffMember) -> Select[int]:
    served = (Conversation.owner == Owner.ACTIVE) & (Conversation.rep == person.username)
    return select(Conversation.follower_id).where(served)


def _promised(person: StaffMember) -> Select[int]:
    is_free = Followup.owner.is_(None) & Followup.skill.in_(person.skills)
    is_his = (Followup.owner == person.username) | is_free
    return select(Followup.follower_id).where(Followup.state == FollowupState.OPEN, is_his)


def _mentioned(person: StaffMember) -> Select[int]:
    return select(Mention.conversation_id).where(Mention.username == person.username)
