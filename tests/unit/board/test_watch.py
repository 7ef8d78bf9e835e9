"""Each alert is raised when its cause begins, once, and closed when it ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.alerts.model import Alert, AlertKind, AlertState
from bot.clock import FixedClock, local_day
from bot.complaints.model import Complaint, ComplaintState
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.staff.model import RepStatus, StaffMember
from config.settings import Settings
from tests.factories import MORNING, add_rep, add_waiting, conversation_of
from tests.product import UnderTest, make

EVERY_DESK = ("loan", "ebank", "general", "complaint", "fraud")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    add_rep(database, "ann", skills=EVERY_DESK)
    return make(settings, database, clock)


@pytest.fixture
def going_on(product: UnderTest, database: Database) -> Callable[[], set[tuple[str, str]]]:
    """Sweeps twice, as two workers would, and tells what is going on."""

    def look() -> set[tuple[str, str]]:
        product.bot.watch.sweep()
        assert product.bot.watch.sweep() == 0
        with database.reading() as session:
            rows = session.scalars(select(Alert).where(Alert.state != AlertState.CLOSED)).all()
        return {(row.kind, row.key) for row in rows}

    return look


def test_all_is_well(going_on) -> None:
    assert going_on() == set()


def test_a_long_wait_is_told_of_its_longest_and_ends_with_the_accept(
    going_on, product: UnderTest, database: Database, clock: FixedClock
) -> None:
    first = add_waiting(database, 1)
    add_waiting(database, 2, queued_at=MORNING + MINUTE)
    clock.advance(120)
    assert going_on() == set()
    clock.advance(1)
    assert going_on() == {(AlertKind.LONG_WAIT, "loan")}
    with database.reading() as session:
        alert = session.scalars(select(Alert)).one()
    assert (alert.conversation_id, alert.figures) == (first, {"wait_s": 121, "limit_s": 120})

    product.bot.desk.accept(first, "ann")

    assert going_on() == set()


def test_a_low_service_level_is_told_of_when_enough_came(going_on, database: Database, clock: FixedClock) -> None:
    chats = [add_waiting(database, number) for number in range(5)]
    clock.advance(60)
    with database.transaction() as session:
        for number, chat in enumerate(chats):
            row = session.get_one(Conversation, chat)
            row.owner, row.rep = Owner.ACTIVE, "ann"
            row.accepted_at = MORNING + timedelta(seconds=10 if number < 2 else 50)

    assert going_on() == {(AlertKind.SERVICE_LEVEL, "loan")}
    with database.transaction() as session:
        session.get_one(Conversation, chats[2]).accepted_at = MORNING
    assert going_on() == set()


def test_nobody_ready_is_told_of_only_while_the_desk_is_open(going_on, database: Database, clock: FixedClock) -> None:
    with database.transaction() as session:
        session.get_one(StaffMember, "ann").skills = ["loan", "ebank", "general", "complaint"]
    assert going_on() == {(AlertKind.NOBODY_READY, "fraud")}

    with database.transaction() as session:
        session.get_one(StaffMember, "ann").status = RepStatus.BUSY
    assert going_on() == {(AlertKind.NOBODY_READY, desk) for desk in EVERY_DESK}
    clock.advance(8 * 3600)
    assert going_on() == set()


def test_a_complaint_is_told_of_a_day_before_its_clock_ends(going_on, database: Database, clock: FixedClock) -> None:
    chat = add_waiting(database, skill="complaint")
    with database.transaction() as session:
        session.get_one(Conversation, chat).owner = Owner.ACTIVE
        session.add(
            Complaint(
                ticket="TS1",
                follower_id=conversation_of(database, chat).follower_id,
                conversation_id=chat,
                text="收费不对",
                filed_at=MORNING,
                limit_days=15,
                due_on=local_day(MORNING) + timedelta(days=2),
                state=ComplaintState.OPEN,
            )
        )
    assert going_on() == set()
    clock.advance(24 * 3600)

    assert going_on() == {(AlertKind.COMPLAINT_DUE, "1")}
