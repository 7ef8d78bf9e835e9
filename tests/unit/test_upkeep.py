"""Housekeeping: stale chats end, old events go, nothing else does."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.events import Event, EventType
from bot.handoff.model import Conversation, Outcome, Owner
from bot.outbox import OutboxRow, publish
from bot.upkeep import AT_ONCE, close_stale, forget_events
from tests.factories import MORNING, add_waiting, conversation_of

A_DAY = timedelta(days=1)


def add_chat(database: Database, number: int, owner: Owner = Owner.BOT, quiet_since: datetime = MORNING) -> int:
    chat = add_waiting(database, number)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.last_customer_at = owner, quiet_since
    return chat


def test_a_chat_nobody_continues_ends_after_a_day(database: Database) -> None:
    stale = add_chat(database, 1)
    fresh = add_chat(database, 2, quiet_since=MORNING + timedelta(minutes=1))

    assert close_stale(database, MORNING + A_DAY + timedelta(seconds=1)) == 1

    row = conversation_of(database, stale)
    assert (row.owner, row.outcome, row.closed_at) == (
        Owner.CLOSED,
        Outcome.EXPIRED,
        MORNING + A_DAY + timedelta(seconds=1),
    )
    assert conversation_of(database, fresh).owner is Owner.BOT


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE])
def test_a_chat_of_the_desk_is_never_ended_by_the_broom(database: Database, owner: Owner) -> None:
    chat = add_chat(database, 1, owner)

    assert close_stale(database, MORNING + 9 * A_DAY) == 0
    assert conversation_of(database, chat).owner is owner


def test_many_stale_chats_end_in_portions(database: Database) -> None:
    for number in range(AT_ONCE + 5):
        add_chat(database, number)
    now = MORNING + 2 * A_DAY

    assert [close_stale(database, now) for _ in range(3)] == [AT_ONCE, 5, 0]


def test_old_events_go_and_the_newest_stays(database: Database) -> None:
    with database.transaction() as session:
        publish(session, MORNING, *(Event(EventType.LINE_ADDED, number) for number in range(3)))

    forget_events(database, MORNING + A_DAY + timedelta(hours=1))

    with database.reading() as session:
        assert session.scalars(select(OutboxRow.conversation_id)).all() == [2]


def test_a_chat_in_which_nobody_ever_spoke_ends_a_day_after_it_was_opened(database: Database) -> None:
    silent = add_chat(database, 1)
    with database.transaction() as session:
        session.get_one(Conversation, silent).last_customer_at = None

    assert close_stale(database, MORNING + A_DAY) == 0
    assert close_stale(database, MORNING + A_DAY + timedelta(seconds=1)) == 1
    assert conversation_of(database, silent).owner is Owner.CLOSED
