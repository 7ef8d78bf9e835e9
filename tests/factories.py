"""Rows tests start from."""

from datetime import UTC, datetime
from typing import Any

from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.model import Trigger
from bot.delivery.service import grant
from bot.handoff.model import Conversation, Owner
from bot.knowledge.edition import Edition
from bot.knowledge.model import KnowledgeVersion
from bot.knowledge.service import Knowledge
from bot.learning.model import Parse, Verdict
from bot.learning.recording import text_hash
from bot.staff.model import RepStatus, Role, StaffMember
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line
from config.desks import load_desk_rules

DESK_RULES = load_desk_rules(("loan", "ebank", "general", "complaint", "fraud"))
MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # a Tuesday, 10:00 on the bank's wall clock


def add_rep(
    database: Database,
    username: str,
    *,
    skills: tuple[str, ...] = ("loan",),
    capacity: int = 3,
    status: RepStatus = RepStatus.READY,
) -> str:
    """A rep who is on duty."""
    with database.transaction() as session:
        session.add(
            StaffMember(
                username=username,
                display_name=username.upper(),
                role=Role.REP,
                password_hash="x",
                skills=list(skills),
                capacity=capacity,
                status=status,
                idle_since=MORNING,
            )
        )
    return username


def add_follower(database: Database, openid: str = "o-tao") -> int:
    """A follower; his id."""
    with database.transaction() as session:
        follower = Follower(openid=openid, label="客户", first_seen_at=MORNING, last_seen_at=MORNING)
        session.add(follower)
        session.flush()
        return follower.id


def add_waiting(
    database: Database, number: int = 1, *, skill: str = "loan", priority: int = 0, queued_at: datetime = MORNING
) -> int:
    """A conversation that waits for a rep; its id."""
    follower_id = add_follower(database, f"o-{skill}-{number}")
    with database.transaction() as session:
        conversation = Conversation(
            follower_id=follower_id,
            owner=Owner.QUEUED,
            skill=skill,
            priority=priority,
            opened_at=queued_at,
            queued_at=queued_at,
            last_customer_at=queued_at,
            card={},
            session={},
        )
        session.add(conversation)
        session.flush()
        return conversation.id


def hear(database: Database, conversation_id: int, text: str = "在吗", at: datetime = MORNING) -> int:
    """The customer of a conversation says something, which lets five messages go out; his line's id."""
    with database.transaction() as session:
        row = session.get_one(Conversation, conversation_id)
        row.last_customer_at = at
        grant(session, row.follower_id, Trigger.MESSAGE, at)
        return add_line(session, conversation_id, Speaker.CUSTOMER, text, at).id


def add_parse(
    database: Database,
    conversation_id: int,
    text: str,
    intent: str = "e_receipt",
    *,
    at: datetime = MORNING,
    **more: Any,
) -> int:
    """What the model made of a line of this conversation; its id. `more` are columns of the row."""
    line_id = hear(database, conversation_id, text, at)
    columns: dict[str, Any] = {"confidence": 0.95, "by": "model", "verdict": Verdict.ANSWERED, "model": "m1"}
    with database.transaction() as session:
        parse = Parse(
            conversation_id=conversation_id,
            follower_id=session.get_one(Conversation, conversation_id).follower_id,
            line_id=line_id,
            at=at,
            text=text,
            text_hash=text_hash(text),
            intent=intent,
            **{**columns, **more},
        )
        session.add(parse)
        session.flush()
        return parse.id


def add_approved(knowledge: Knowledge, wanted: Edition) -> KnowledgeVersion:
    """A version that ann wrote and ben approved."""
    draft = knowledge.save(wanted, "ann")
    knowledge.submit(draft.id, "ann")
    return knowledge.approve(draft.id, "ben", draft.content_hash)


def conversation_of(database: Database, conversation_id: int) -> Conversation:
    """A conversation as it stands now."""
    with database.reading() as session:
        return session.get_one(Conversation, conversation_id)
