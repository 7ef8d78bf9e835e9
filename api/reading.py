"""Reading conversations: within the person's scope, and written down when it is not his own chat."""

from sqlalchemy.orm import Session

from api.auth import caller, the_bot
from api.tracing import doer
from bot.audit.model import Act
from bot.audit.service import Thing, has_just_looked, note
from bot.errors import NotFound
from bot.handoff import scope
from bot.handoff.model import Conversation
from bot.staff.model import StaffMember


def me(session: Session) -> StaffMember:
    """The signed-in person's row."""
    return session.get_one(StaffMember, caller().username)


def get_seen_by_desk(session: Session, handoff_id: int) -> Conversation:
    """The conversation, if it ever came to the desk: what was said to the bot alone is nobody's to read. Raises
    NotFound.
    """
    row = session.get(Conversation, handoff_id)
    if row is None or row.queued_at is None:
        raise NotFound(handoff_id=handoff_id)
    return row


def check_readable(conversation_id: int) -> None:
    """Raises NotFound when the signed-in person may not read this conversation; a look at it is written down."""
    bot = the_bot()
    with bot.database.reading() as session:
        row = scope.get_readable(session, conversation_id, me(session))
    if row.rep == caller().username:
        return
    now, thing = bot.clock.now(), thing_of(row)
    with bot.database.transaction() as session:
        if not has_just_looked(session, now, caller().username, thing):
            note(session, now, doer(), Act.CONVERSATION_READ, thing)


def thing_of(row: Conversation) -> Thing:
    """A conversation as acts name it."""
    return Thing("conversation", row.id, row.follower_id)
