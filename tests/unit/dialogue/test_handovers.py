"""What a customer is told when his chat passes on without his doing, and what the bot does not ask again."""

from datetime import timedelta
from functools import partial

import pytest

from bot.clock import FixedClock
from bot.compliance.rules import check_outbound
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Allowance
from bot.delivery.service import Deliverer
from bot.dialogue.handovers import Handovers
from bot.handoff.model import Conversation, Owner
from bot.knowledge.content import Content
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line
from config.rules import load_wording
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.fakes import FakeWeChat, FixedContents
from tests.unit.dialogue.chat import Chat

GUARD = OutboundGuard(partial(check_outbound, wording=load_wording()))


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def handovers(database: Database, wechat: FakeWeChat, content: Content, clock: FixedClock) -> Handovers:
    return Handovers(database, Deliverer(database, wechat, clock), FixedContents(content), clock, GUARD)


def left_alone(database: Database, *, used: int = 0) -> int:
    """He waits again because his rep fell silent; so many of his five messages are used."""
    chat = add_waiting(database)
    hear(database, chat)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.lost_rep_at = MORNING
        session.query(Allowance).update({"used": used})
    return chat


def test_who_lost_his_rep_is_told_once_in_a_conversation(
    handovers: Handovers, wechat: FakeWeChat, database: Database
) -> None:
    chat = left_alone(database)

    assert [handovers.tell_late() for _ in range(2)] == [1, 0]
    with database.transaction() as session:
        session.get_one(Conversation, chat).lost_rep_at = MORNING + timedelta(minutes=9)

    assert handovers.tell_late() == 0
    assert ["换一位" in reply.text for _, reply in wechat.sent] == [True]


@pytest.mark.parametrize(("used", "count"), [(2, 1), (3, 0), (5, 0)])
def test_the_last_two_messages_are_left_for_answers(
    handovers: Handovers, database: Database, used: int, count: int
) -> None:
    left_alone(database, used=used)

    assert handovers.tell_late() == count


def test_who_is_served_again_already_is_told_nothing(handovers: Handovers, database: Database) -> None:
    chat = left_alone(database)
    with database.transaction() as session:
        session.get_one(Conversation, chat).owner = Owner.ACTIVE

    assert handovers.tell_late() == 0
    assert conversation_of(database, chat).sorry_at is None


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("您想贷多少额度，用多久？", ["amount", "term"]),
        ("这笔钱打算用来做什么？", ["purpose"]),
        ("公司注册多久了？名下有房产可以抵押吗？", ["collateral", "years"]),
        ("您好，我是小钱，您的申请我看到了。", []),
    ],
)
def test_what_a_rep_asked_is_recognised(handovers: Handovers, database: Database, said: str, asked: list[str]) -> None:
    chat = add_waiting(database)
    with database.transaction() as session:
        add_line(session, chat, Speaker.REP, said, MORNING, rep="rep01")
        add_line(session, chat, Speaker.CUSTOMER, "抵押要什么材料？期限呢？", MORNING)

    assert handovers.asked_of(chat) == asked


def test_who_comes_back_from_a_rep_is_not_greeted_anew_and_gets_the_same_person(chat: Chat) -> None:
    chat.session = chat.session.with_slots(returned=True)

    assert "刚才的情况我都接着" in chat.say("你好", "greet").text
    assert "先为您请回刚才那位" in chat.say("还是转人工吧", "human_agent").text
