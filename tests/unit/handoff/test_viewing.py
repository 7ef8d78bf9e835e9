"""Who has a conversation open: told where two meet, and nothing where Redis is away."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.viewing import Viewed, Viewer
from bot.outbox import OutboxRow
from bot.ports import Viewing
from tests.factories import add_rep
from tests.fakes import FakeViewers, FakeWaker


@pytest.fixture
def viewers() -> FakeViewers:
    return FakeViewers()


@pytest.fixture
def viewed(database: Database, clock: FixedClock, viewers: FakeViewers) -> Viewed:
    add_rep(database, "rep01", skills=("loan",))
    add_rep(database, "rep02", skills=("loan",))
    return Viewed(database, viewers, FakeWaker(), clock)


def told(database: Database) -> list[tuple[int | None, list[dict[str, Any]]]]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    return [(row.conversation_id, row.payload["viewers"]) for row in rows]


def test_whoever_is_alone_with_a_chat_costs_no_event(viewed: Viewed, database: Database) -> None:
    viewed.look("rep01", Viewing(7, is_typing=False))
    viewed.look("rep01", Viewing(7, is_typing=True))
    viewed.look("rep02", Viewing(8, is_typing=False))

    assert told(database) == []
    assert [one.username for one in viewed.of(7)] == ["rep01"]


def test_two_who_meet_are_told_of_each_other_and_of_the_end(viewed: Viewed, database: Database) -> None:
    viewed.look("rep01", Viewing(7, is_typing=True))
    viewed.look("rep02", Viewing(7, is_typing=False))
    viewed.look("rep01", Viewing(8, is_typing=False))

    first, second = told(database)
    assert first[0] == 7
    assert [(one["rep"], one["is_typing"]) for one in first[1]] == [("rep01", True), ("rep02", False)]
    assert (second[0], [one["rep"] for one in second[1]]) == (7, ["rep02"])


def test_the_same_again_is_no_news(viewed: Viewed, database: Database) -> None:
    viewed.look("rep01", Viewing(7, is_typing=False))
    viewed.look("rep02", Viewing(7, is_typing=False))
    before = len(told(database))

    viewed.look("rep02", Viewing(7, is_typing=False))

    assert len(told(database)) == before


def test_nobody_is_seen_while_redis_is_away(viewed: Viewed, viewers: FakeViewers, database: Database) -> None:
    viewed.look("rep01", Viewing(7, is_typing=False))
    viewers.is_down = True

    viewed.look("rep02", Viewing(7, is_typing=False))

    assert (viewed.of(7), viewed.watchers(), told(database)) == ([], {}, [])


def test_viewers_are_named_and_ordered(viewed: Viewed, viewers: FakeViewers) -> None:
    viewers.open = {"rep02": Viewing(7, True), "rep01": Viewing(7, False), "gone": Viewing(7, False)}

    assert [(one.username, one.is_typing) for one in viewed.of(7)] == [("rep01", False), ("rep02", True)]
    assert isinstance(viewed.of(7)[0], Viewer)
    assert viewed.watchers() == {7: {"rep01", "rep02", "gone"}}
