"""Half hours for calls, on both databases: many customers at once never get more places than there are."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.errors import SlotTaken
from bot.followups.model import Followup
from bot.followups.service import promise
from bot.followups.slots import free_slots
from bot.knowledge.content import Skill
from tests.factories import MORNING, add_waiting, conversation_of

DESK = Skill("loan", "贷款", 9 * 60, 17 * 60 + 30, every_day=False, calls=2)
SLOT = MORNING + timedelta(minutes=30)


def ask(database: Database, chat: int, slot=SLOT) -> None:
    follower = conversation_of(database, chat).follower_id
    with database.transaction() as session:
        promise(
            session,
            follower_id=follower,
            conversation_id=chat,
            skill=DESK.id,
            reason="客户请回电",
            phone=None,
            due_at=slot + timedelta(minutes=30),
            now=MORNING,
            desk=DESK,
            slot_at=slot,
        )


def is_free(database: Database, slot=SLOT) -> bool:
    with database.reading() as session:
        return slot in free_slots(session, DESK, MORNING, MORNING + timedelta(days=1))


def test_twelve_at_once_get_two_places(both_databases: Database) -> None:
    chats = [add_waiting(both_databases, number) for number in range(12)]
    start = threading.Barrier(len(chats))

    def act(chat: int) -> bool:
        start.wait()
        try:
            ask(both_databases, chat)
        except SlotTaken:
            return False
        return True

    with ThreadPoolExecutor(len(chats)) as pool:
        got = list(pool.map(act, chats))

    with both_databases.reading() as session:
        there = session.scalar(select(func.count()).select_from(Followup).where(Followup.slot_at == SLOT))
    assert sum(got) == there == DESK.calls
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
