"""Housekeeping: stale chats end, old rows go, nothing else does."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.db import Database
from bot.delivery.model import Allowance, Trigger
from bot.delivery.service import grant
from bot.events import Event, EventType
from bot.handoff.model import Conversation, Outcome, Owner
from bot.inbox import Inbox, InboxRow, RowState
from bot.outbox import OutboxRow, publish
from bot.staff.model import ConsoleSession
from bot.upkeep import AT_ONCE, BATCH, close_stale, forget_old
from tests.factories import MORNING, add_follower, add_waiting, conversation_of
from tests.product import text_message

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


def test_answered_pushes_go_after_three_days_and_unfinished_ones_stay(database: Database, clock: FixedClock) -> None:
    inbox = Inbox(database)
    for number in range(3):
        inbox.accept(text_message(clock, "你好", number=number, follower=f"o-{number}"), "plain", clock.now(), A_DAY)
    with database.transaction() as session:
        for row, state in zip(
            session.scalars(select(InboxRow)), (RowState.DONE, RowState.PARKED, RowState.NEW), strict=True
        ):
            row.state = state

    forget_old(database, MORNING + 3 * A_DAY)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboxRow)) == 3
    forget_old(database, MORNING + 3 * A_DAY + timedelta(seconds=1))

    with database.reading() as session:
        assert set(session.scalars(select(InboxRow.state))) == {RowState.PARKED, RowState.NEW}


def test_ended_sessions_and_old_events_go(database: Database) -> None:
    with database.transaction() as session:
        for number, seen_at in enumerate((MORNING, MORNING + A_DAY)):
            session.add(
                ConsoleSession(
                    token_hash=f"h{number}", username="rep", csrf_token="c", created_at=MORNING, last_seen_at=seen_at
                )
            )
        publish(session, MORNING, *(Event(EventType.LINE_ADDED, number) for number in range(3)))

    forget_old(database, MORNING + A_DAY + timedelta(hours=1))

    with database.reading() as session:
        assert session.scalars(select(ConsoleSession.token_hash)).all() == ["h1"]
        assert session.scalars(select(OutboxRow.conversation_id)).all() == [2]


def test_a_chat_in_which_nobody_ever_spoke_ends_a_day_after_it_was_opened(database: Database) -> None:
    silent = add_chat(database, 1)
    with database.transaction() as session:
        session.get_one(Conversation, silent).last_customer_at = None

    assert close_stale(database, MORNING + A_DAY) == 0
    assert close_stale(database, MORNING + A_DAY + timedelta(seconds=1)) == 1
    assert conversation_of(database, silent).owner is Owner.CLOSED


def test_pushes_set_aside_go_after_thirty_days(database: Database, clock: FixedClock) -> None:
    Inbox(database).accept(text_message(clock, "你好"), "plain", clock.now(), A_DAY)
    with database.transaction() as session:
        session.scalars(select(InboxRow)).one().state = RowState.PARKED

    forget_old(database, MORNING + 30 * A_DAY)
    assert count(database, InboxRow) == 1
    forget_old(database, MORNING + 30 * A_DAY + timedelta(seconds=1))

    assert count(database, InboxRow) == 0


def test_lapsed_allowances_go_three_days_later_however_many(database: Database) -> None:
    follower = add_follower(database)
    lapsed_at = MORNING + timedelta(minutes=1)
    with database.transaction() as session:
        grant(session, follower, Trigger.MESSAGE, MORNING)
        for _ in range(2 * BATCH + 1):
            session.add(
                Allowance(
                    follower_id=follower, trigger=Trigger.CLICK, granted_at=MORNING, expires_at=lapsed_at, total=3
                )
            )

    forget_old(database, lapsed_at + 3 * A_DAY)
    assert count(database, Allowance) == 2 * BATCH + 2
    forget_old(database, lapsed_at + 3 * A_DAY + timedelta(seconds=1))

    with database.reading() as session:
        assert session.scalars(select(Allowance.trigger)).all() == [Trigger.MESSAGE]


def count(database: Database, table: type[InboxRow] | type[Allowance]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
