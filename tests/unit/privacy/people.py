"""A customer with something in every table."""

from datetime import datetime, timedelta

from sqlalchemy import select

from bot.audit.service import Doer
from bot.customers.model import BankFact, Follower
from bot.customers.remarks import TagSource, put_tag, write_note
from bot.customers.rules import IdentityLevel
from bot.db import Database
from bot.delivery.model import Delivery, DeliveryState, Sender
from bot.followups.service import promise
from bot.handoff.model import Conversation, Outcome, Owner
from bot.inbox import Inbox, InboxRow, RowState
from bot.messages import InboundMessage, MessageKind
from bot.referrals.model import Referral, ReferralReason
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line
from tests.factories import MORNING, add_follower, add_parse

PHONE, NAME, FIRM_NAME = "13912345678", "欧阳无忌", "铁观音茶业有限公司"
BOSS = Doer("supervisor", "request-1")


def add_customer(database: Database, openid: str = "o-ouyang", at: datetime = MORNING) -> int:
    """A bound follower; his id."""
    follower_id = add_follower(database, openid)
    with database.transaction() as session:
        row = session.get_one(Follower, follower_id)
        row.firm_id, row.firm_name, row.contact, row.phone = "F1", FIRM_NAME, NAME, PHONE
        row.identity_level, row.last_seen_at = int(IdentityLevel.BOUND), at
    return follower_id


def add_chat(database: Database, follower_id: int, text: str, *, with_people: bool, at: datetime = MORNING) -> int:
    """A closed conversation with one line and one message out; its id."""
    with database.transaction() as session:
        row = Conversation(
            follower_id=follower_id,
            owner=Owner.CLOSED,
            opened_at=at,
            closed_at=at,
            queued_at=at if with_people else None,
            rep="rep" if with_people else None,
            outcome=Outcome.SOLVED,
            outcome_note=f"关于{NAME}",
            card={"summary": [FIRM_NAME]},
            session={"slots": {"phone": PHONE}},
        )
        session.add(row)
        session.flush()
        add_line(session, row.id, Speaker.CUSTOMER, text, at, detail={"label": NAME})
        session.add(
            Delivery(
                follower_id=follower_id,
                conversation_id=row.id,
                sender=Sender.BOT,
                state=DeliveryState.SENT,
                content={"text": f"{NAME}您好", "choices": [], "is_ai": True, "source": None},
                created_at=at,
                due_at=at,
            )
        )
        return row.id


def add_everything(database: Database) -> int:
    """A customer who talked to the bot and to people, was called, and had a loan paid out; his id."""
    follower_id = add_customer(database)
    chat = add_chat(database, follower_id, f"我叫{NAME}", with_people=False)
    add_chat(database, follower_id, f"电话{PHONE}", with_people=True)
    add_parse(database, chat, "回单在哪")
    message = InboundMessage(MessageKind.TEXT, "o-ouyang", "gh", MORNING, "k1", text=f"我是{NAME}")
    Inbox(database).accept(message, "plain", MORNING, timedelta(seconds=4))
    with database.transaction() as session:
        promise(
            session,
            follower_id=follower_id,
            conversation_id=chat,
            skill="loan",
            reason=f"{NAME}请回电",
            phone=PHONE,
            due_at=MORNING,
            now=MORNING,
        )
        write_note(session, follower_id, f"{NAME}，手机{PHONE}", "rep", MORNING)
        put_tag(session, follower_id, "dialect", TagSource.CALL, "rep", MORNING)
        session.add(
            Referral(
                follower_id=follower_id,
                conversation_id=chat,
                branch="鼓楼支行",
                reason=ReferralReason.CASH,
                ask=f"请联系{NAME}",
                sent_by="rep",
                sent_at=MORNING,
                due_at=MORNING,
            )
        )
        pushed = session.scalars(select(InboxRow)).one()
        pushed.state, pushed.answer = RowState.DONE, f"<xml>{NAME}</xml>"
        session.add(
            BankFact(
                event_id="e1",
                type="drawdown_paid",
                firm_id="F1",
                follower_id=follower_id,
                amount_fen=30_000_000,
                occurred_at=MORNING,
                received_at=MORNING,
            )
        )
    return follower_id
