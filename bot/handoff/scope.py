"""Whose conversations a person of the desk may read, decided in one place for lists and for single chats.

A supervisor reads all that came to the desk. A rep reads what is his (served, or offered to him), what waits on his
desks, the past chats of a customer he has now or has to call back, and, until it is closed, a chat in whose notes a
colleague mentioned him. What was said to the bot alone is nobody's to read.
"""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, union
from sqlalchemy.orm import Session

from bot.errors import NotFound
from bot.followups.model import Followup, FollowupState
from bot.handoff.model import Conversation, Owner
from bot.notes.model import Mention
from bot.staff.model import Role, StaffMember

CAME_TO_THE_DESK = Conversation.queued_at.is_not(None)


def readable_by(person: StaffMember) -> ColumnElement[bool]:
    """Which conversations this person may read."""
    if person.role is Role.SUPERVISOR:
        return CAME_TO_THE_DESK
    parts = parts_readable_by(person)
    return or_(*parts) if parts else false()


def parts_readable_by(person: StaffMember) -> list[ColumnElement[bool]]:
    """The same in parts, for lists that follow an index in each; for a rep what is his, what waits, his customers."""
    if person.role is Role.SUPERVISOR:
        return [CAME_TO_THE_DESK]
    if person.role is not Role.REP:
        return []
    waits = (Conversation.owner == Owner.QUEUED) & Conversation.skill.in_(person.skills)
    is_his_customer = Conversation.follower_id.in_(union(_serving(person), _promised(person)))
    is_asked = (Conversation.owner != Owner.CLOSED) & Conversation.id.in_(_mentioned(person))
    return [
        held_by(person),
        and_(CAME_TO_THE_DESK, waits),
        and_(CAME_TO_THE_DESK, is_his_customer),
        and_(CAME_TO_THE_DESK, is_asked),
    ]


def held_by(person: StaffMember) -> ColumnElement[bool]:
    """Which conversations are his: served by him, or offered to him."""
    return and_(CAME_TO_THE_DESK, Conversation.rep == person.username)


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
