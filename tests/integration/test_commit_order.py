"""Events become visible in the order of their ids: a reader that has seen 11 never finds 10 later."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from bot.db import Database
from bot.events import Event, EventType
from bot.outbox import publish, read_after
from tests.factories import MORNING
from tests.product import eventually

HELD = "held"


@contextmanager
def commits_held(database: Database) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Commits of the thread called HELD stop right before the database is told, ids already drawn: (reached, go on)."""
    reached, go_on = threading.Event(), threading.Event()

    def hold(_connection) -> None:
        if threading.current_thread().name == HELD:
            reached.set()
            go_on.wait(10)

    event.listen(database.engine, "commit", hold)
    yield reached, go_on
    go_on.set()
    event.remove(database.engine, "commit", hold)


def write(database: Database, number: int) -> None:
    with database.transaction() as session:
        publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"number": number}))


def visible(database: Database, after: int = 0) -> list[tuple[int, int]]:
    with database.reading() as session:
        return [(row.id, row.payload["number"]) for row in read_after(session, after)]


def test_a_transaction_held_open_with_a_lower_id_is_not_skipped(both_databases: Database) -> None:
    database = both_databases
    write(database, 0)
    [(start, _)] = visible(database)
    with commits_held(database) as (reached, go_on):
        slow = threading.Thread(target=write, args=(database, 1), name=HELD)
        quick = threading.Thread(target=write, args=(database, 2))
        slow.start()
        assert reached.wait(5)
        quick.start()
        eventually(lambda: _somebody_waits(database) or not quick.is_alive(), within_s=2)

        seen_meanwhile = visible(database, after=start)
        go_on.set()
        slow.join(10)
        quick.join(10)

    assert seen_meanwhile == [], "2 must not be seen while 1 is still on its way"
    assert visible(database, after=start) == [(start + 1, 1), (start + 2, 2)]


def test_a_reader_beside_many_writers_sees_growing_ids_without_gaps(both_databases: Database) -> None:
    database, writers, each = both_databases, 4, 15

    def write_some() -> None:
        for number in range(each):
            write(database, number)

    threads = [threading.Thread(target=write_some) for _ in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    is_over = False
    while not is_over:
        is_over = not any(thread.is_alive() for thread in threads)  # asked first: the last read comes after all writes
        seen += [row_id for row_id, _ in visible(database, after=seen[-1] if seen else 0)]

    assert seen == [row_id for row_id, _ in visible(database)]
    assert len(seen) == writers * each


def test_a_rolled_back_transaction_leaves_no_event(both_databases: Database) -> None:
    def write_and_fail() -> None:
        with both_databases.transaction() as session:
            publish(session, MORNING, Event(EventType.LINE_ADDED, payload={"number": 1}))
            session.connection()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    write(both_databases, 2)

    assert [number for _, number in visible(both_databases)] == [2]


def _somebody_waits(database: Database) -> bool:
    """True when a writer stands behind the order lock; SQLite has no such table, its second writer cannot even begin."""
    if database.is_sqlite:
        return False
    with database.reading() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(session.scalar(waiting))
