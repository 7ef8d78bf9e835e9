"""Half hours for calls, on both databases: many customers at once never get more places than there are."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import SlotTaken
from bot.followups.model import Followup
from bot.followups.service import promise
from bot.followups.slots import free_slots
from bot.knowledge.content import Skill
from bot.transcripts.model import Line, Speaker
from config.settings import Settings
from tests.at_once import at_once, verdicts
from tests.factories import MORNING, add_waiting, conversation_of
from tests.product import UnderTest, make, text_message

DESK = Skill("loan", "贷款", 9 * 60, 17 * 60 + 30, every_day=False, calls=2)
SLOT = MORNING + timedelta(minutes=30)


def ask(database: Database, chat: int, slot: datetime = SLOT, desk: Skill = DESK) -> None:
    follower = conversation_of(database, chat).follower_id
    with database.transaction() as session:
        promise(
            session,
            follower_id=follower,
            conversation_id=chat,
            skill=desk.id,
            reason="客户请回电",
            phone=None,
            due_at=slot + timedelta(minutes=30),
            now=MORNING,
            desk=desk,
            slot_at=slot,
        )


def is_free(database: Database, slot: datetime = SLOT) -> bool:
    with database.reading() as session:
        return slot in free_slots(session, DESK, MORNING, MORNING + timedelta(days=1))


def test_twelve_at_once_get_two_places(both_databases: Database) -> None:
    chats = [add_waiting(both_databases, number) for number in range(12)]
    got = verdicts(*[partial(ask, both_databases, chat) for chat in chats])

    with both_databases.reading() as session:
        there = session.scalar(select(func.count()).select_from(Followup).where(Followup.slot_at == SLOT))
    assert set(got) == {"done", SlotTaken.code}
    assert got.count("done") == there == DESK.calls
    assert not is_free(both_databases)


def test_who_moves_to_another_half_hour_leaves_a_place(both_databases: Database) -> None:
    chats = [add_waiting(both_databases, number) for number in range(3)]
    for chat in chats[:2]:
        ask(both_databases, chat)
    with pytest.raises(SlotTaken):
        ask(both_databases, chats[2])

    ask(both_databases, chats[0], SLOT + timedelta(hours=1))
    ask(both_databases, chats[2])

    assert not is_free(both_databases)
    assert is_free(both_databases, SLOT + timedelta(hours=1))


def test_asking_again_for_the_same_half_hour_costs_nothing(both_databases: Database) -> None:
    chat = add_waiting(both_databases)

    for _ in range(3):
        ask(both_databases, chat)

    assert is_free(both_databases)


def test_of_two_who_tap_the_last_place_at_once_one_is_shown_others(
    settings: Settings, both_databases: Database, clock: FixedClock
) -> None:
    product = make(settings, both_databases, clock)
    product.understands("给我回电", "callback_request")
    followers = ("o-a", "o-b")
    desk = product.bot.content.skills["general"]
    for number in range(desk.calls - 1):
        ask(both_databases, add_waiting(both_databases, number, skill="general"), desk=desk)
    for follower in followers:
        say(product, follower, "给我回电", 1)
        with both_databases.transaction() as session:
            session.scalars(select(Follower).where(Follower.openid == follower)).one().phone = "13800001234"

    def tap(follower: str) -> None:
        say(product, follower, "今天10:30-11:00", 2, menu_choice=f"callback:slot:{int(SLOT.timestamp())}")

    at_once(*[partial(tap, follower) for follower in followers])

    with both_databases.reading() as session:
        there = session.scalar(select(func.count()).select_from(Followup).where(Followup.slot_at == SLOT))
        said = [line.text for line in session.scalars(select(Line).where(Line.speaker == Speaker.BOT))]
    assert there == desk.calls
    assert sum("约好了" in text for text in said) == 1
    assert sum("已经约满" in text for text in said) == 1


def say(product: UnderTest, follower: str, text: str, number: int, **more: object) -> None:
    message = text_message(product.fakes.clock, text, follower=follower, number=number, **more)
    accepted = product.bot.inbox.accept(message, "plain", product.fakes.clock.now(), timedelta(seconds=4))
    product.bot.inbound.drive(follower, accepted.claim)
