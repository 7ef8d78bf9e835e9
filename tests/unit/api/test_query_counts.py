"""A list costs as many SQL statements for fifty rows as for five."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot.db import Database
from bot.handoff.model import Conversation, Owner
from tests.factories import MORNING, add_rep, add_waiting, hear
from tests.unit.api.conftest import Browser
from tests.unit.api.test_followups import add_promise

FEW, MANY = 5, 50
LISTS = {
    "/api/handoffs?state=queued&limit=100": "items",
    "/api/handoffs?state=active&limit=100": "items",
    "/api/handoffs?state=closed&limit=100": "items",
    "/api/handoffs?state=wrapping&limit=100": "items",
    "/api/handoffs?limit=100": "items",
    "/api/handoffs?state=active&scope=mine&limit=100": "items",
    "/api/handoffs/1": "lines",
    "/api/handoffs/1/lines?before=9007199254740992": "lines",
    "/api/followups": "items",
    "/api/reps": "items",
    "/api/counters": "waiting",
}


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        # Whether something was published is asked by the second, not by the list.
        if not statement.startswith(("BEGIN", "PRAGMA")) and "knowledge_" not in statement:
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def fill(database: Database, start: int, end: int) -> None:
    """For each number: a waiting, an active and a closed chat with words, a line of the first chat, a promise, a rep."""
    for number in range(start, end):
        add_rep(database, f"rep{number:03d}")
        for offset, owner in ((0, Owner.ACTIVE), (1000, Owner.QUEUED), (2000, Owner.CLOSED)):
            chat = add_waiting(database, number + offset)
            hear(database, chat)
            with database.transaction() as session:
                row = session.get_one(Conversation, chat)
                row.owner = owner
                row.wrap_up_until = MORNING + timedelta(minutes=5) if owner is Owner.CLOSED else None
                row.rep = None if owner is Owner.QUEUED else ("rep", f"rep{number:03d}")[number % 2]
        hear(database, 1, f"第{number}句")
        add_promise(database, MORNING + timedelta(minutes=number), number=number)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_fifty_costs_what_a_list_of_five_costs(signed_in, database: Database, path: str) -> None:
    browser: Browser = signed_in("rep")

    def cost() -> tuple[int, int]:
        with counted(database) as statements:
            answer: Any = browser.client.get(path)
        found = answer.json[LISTS[path]]
        return len(statements), found if isinstance(found, int) else len(found)

    fill(database, 0, FEW)
    cheap, few = cost()
    fill(database, FEW, MANY)
    dear, many = cost()

    assert many > few > 0
    assert dear == cheap
