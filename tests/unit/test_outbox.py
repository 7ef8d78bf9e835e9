"""Event rows: written with what they tell of, read by id, forgotten after a day."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select

from bot.db import Database
from bot.events import Event, EventType
from bot.outbox import OutboxRow, first_id, forget_old, last_id, publish, read_after
from tests.factories import MORNING


def write(database: Database, *numbers: int, at=MORNING) -> None:
    with database.transaction() as session:
        publish(session, at, *(Event(EventType.LINE_ADDED, number, payload={"n": number}) for number in numbers))


def numbers(database: Database, after: int = 0, limit: int = 500) -> list[int]:
    with database.reading() as session:
        return [row.payload["n"] for row in read_after(session, after, limit)]


def test_events_of_one_transaction_keep_their_order(database: Database) -> None:
    write(database, 3, 1, 2)

    assert numbers(database) == [3, 1, 2]


def test_reading_goes_on_after_an_id_up_to_a_limit(database: Database) -> None:
    write(database, 1, 2, 3, 4)

    assert numbers(database, after=1, limit=2) == [2, 3]
    assert numbers(database, after=4) == []


def test_an_empty_outbox_has_neither_first_nor_last(database: Database) -> None:
    with database.reading() as session:
        assert (first_id(session), last_id(session)) == (None, 0)


def test_a_failed_transaction_takes_its_events_along(database: Database) -> None:
    session = database._sessions()
    publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"n": 1}))
    session.connection()
    session.rollback()
    publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"n": 2}))
    session.commit()
    session.close()

    assert numbers(database) == [2]


def test_a_second_commit_does_not_repeat_the_first_ones_events(database: Database) -> None:
    session = database._sessions()
    publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"n": 1}))
    session.commit()
    session.connection()
    session.commit()
    session.close()

    assert numbers(database) == [1]


def test_old_events_go_but_the_newest_stays_so_that_ids_never_come_again(database: Database) -> None:
    write(database, 1, 2)
    write(database, 3, at=MORNING + timedelta(hours=2))

    with database.transaction() as session:
        gone = forget_old(session, MORNING + timedelta(hours=25))
    with database.transaction() as session:
        later = forget_old(session, MORNING + timedelta(hours=99))
    write(database, 4)

    assert (gone, later) == (2, 0)
    with database.reading() as session:
        assert (first_id(session), last_id(session)) == (3, 4)
    assert numbers(database) == [3, 4]


def test_nothing_is_forgotten_before_its_day_is_over(database: Database) -> None:
    write(database, 1, 2)

    with database.transaction() as session:
        assert forget_old(session, MORNING + timedelta(hours=24)) == 0


def test_a_savepoint_that_is_taken_back_takes_along_only_what_was_published_in_it(database: Database) -> None:
    with database.transaction() as session:
        publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"n": 1}))
        with suppress(LookupError), session.begin_nested():
            publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"n": 2}))
            raise LookupError
        publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"n": 3}))

    assert numbers(database) == [1, 3]


def test_the_events_of_a_savepoint_wait_for_the_transaction(database: Database) -> None:
    with database.transaction() as session:
        with session.begin_nested():
            publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"n": 1}))
        assert session.scalars(select(OutboxRow)).all() == []

    assert numbers(database) == [1]
