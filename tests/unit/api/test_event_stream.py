"""The event stream: what a screen gets when it opens, while it is open, and when it comes back."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from api import event_feed, event_stream
from api.event_feed import BACKLOG, EventFeed
from api.event_stream import stream
from api.events import is_hung_up
from bot.clock import FixedClock
from bot.db import Database
from bot.events import EVERYBODY, Event, EventType
from bot.handoff.routing import DESK_BELL
from bot.outbox import forget_old, last_id, publish, read_after
from config.settings import Settings
from deploy.local.processes import PROCESSES
from tests.product import UnderTest, eventually, make


@dataclass
class Screen:
    """One open stream, read frame by frame."""

    frames: Iterator[str]
    seen: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> dict[str, Any]:
        fields = dict(line.split(": ", 1) for line in next(self.frames).strip().splitlines())
        frame = {"event": fields["event"], "id": int(fields["id"]) if "id" in fields else None}
        self.seen.append({**frame, "data": json.loads(fields["data"])})
        return self.seen[-1]

    def numbers(self, count: int) -> list[int]:
        """The numbers of the next events."""
        return [self.next()["data"]["payload"]["number"] for _ in range(count)]


@dataclass
class Stage:
    """A feed over a product, and the pen that writes events."""

    product: UnderTest
    feed: EventFeed
    open_streams: list[Iterator[str]] = field(default_factory=list)

    def write(self, *numbers: int, audience: str = EVERYBODY) -> None:
        with self.product.bot.database.transaction() as session:
            for number in numbers:
                event = Event(EventType.KNOWLEDGE_CHANGED, audience=audience, payload={"number": number})
                publish(session, self.product.fakes.clock.now(), event)
        self.product.fakes.waker.ring(DESK_BELL)

    def open(self, after: int | None = None, username: str = "rep", is_valid=lambda: True) -> Screen:
        topics = frozenset({EVERYBODY, f"staff:{username}"})
        find_topics = lambda: topics if is_valid() else None  # noqa: E731 -- a name would say nothing more
        frames = stream(self.product.bot, self.feed, username, after, find_topics)
        self.open_streams.append(frames)
        return Screen(frames)

    def newest(self) -> int:
        with self.product.bot.database.reading() as session:
            return last_id(session)


@pytest.fixture
def stage(settings: Settings, database: Database, clock: FixedClock) -> Iterator[Stage]:
    product = make(settings, database, clock)
    found = Stage(product, EventFeed(product.bot))
    yield found
    found.feed.stop()
    product.fakes.waker.ring(DESK_BELL)
    for frames in found.open_streams:
        frames.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name == "event-feed":
            thread.join(5)


def test_a_new_screen_is_greeted_with_where_it_stands(stage: Stage) -> None:
    stage.write(1, 2)

    greeting = stage.open().next()

    assert (greeting["event"], greeting["id"]) == ("hello", stage.newest())
    assert greeting["data"]["last_id"] == stage.newest()


def test_an_event_reaches_an_open_screen_with_its_facts(stage: Stage, clock: FixedClock) -> None:
    screen = stage.open()
    screen.next()

    stage.write(7)

    found = screen.next()
    assert (found["event"], found["id"]) == ("knowledge.changed", stage.newest())
    assert found["data"] == {
        "type": "knowledge.changed",
        "conversation_id": None,
        "version": None,
        "payload": {"number": 7},
        "at": clock.now().isoformat(),
    }


def test_every_screen_gets_every_event_in_order(stage: Stage) -> None:
    screens = [stage.open() for _ in range(3)]
    for screen in screens:
        screen.next()

    for number in range(20):
        stage.write(number)

    assert [screen.numbers(20) for screen in screens] == [list(range(20))] * 3


def test_a_screen_that_comes_back_misses_nothing_and_gets_nothing_twice(stage: Stage) -> None:
    first = stage.open()
    first.next()
    stage.write(1, 2)
    first.numbers(2)
    was_at = first.seen[-1]["id"]
    first.frames.close()  # type: ignore[attr-defined]
    stage.write(3, 4)

    back = stage.open(after=was_at)
    assert back.next()["event"] == "hello"
    stage.write(5)

    assert back.numbers(3) == [3, 4, 5]
    numbers = [seen["id"] for seen in back.seen[1:]]
    assert numbers == sorted(set(numbers))


def test_what_is_written_while_a_screen_catches_up_comes_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.write(1)
    other = stage.open()
    other.next()
    read = read_after

    def slow_read(session, after, **more):
        if "limit" not in more:
            return read(session, after)
        # The screen listens already: what is written before and after its look at the rows reaches its queue too.
        stage.write(2)
        eventually(lambda: stage.feed._last == stage.newest())
        with stage.product.bot.database.reading() as fresh:
            rows = read(fresh, after, **more)
        stage.write(3)
        eventually(lambda: stage.feed._last == stage.newest())
        return rows

    monkeypatch.setattr(event_stream, "read_after", slow_read)
    screen = stage.open(after=0)
    screen.next()
    stage.write(4)

    assert screen.numbers(4) == [1, 2, 3, 4]


def test_a_private_event_reaches_only_its_person(stage: Stage) -> None:
    mine, his = stage.open(username="rep"), stage.open(username="rep2")
    mine.next()
    his.next()

    stage.write(1, audience="rep")
    stage.write(2)

    assert mine.numbers(2) == [1, 2]
    assert his.numbers(1) == [2]


def test_a_private_event_is_not_caught_up_by_others_either(stage: Stage) -> None:
    stage.write(1)
    start = stage.newest()
    stage.write(2, audience="rep")
    stage.write(3)

    his = stage.open(after=start, username="rep2")
    his.next()

    assert his.numbers(1) == [3]


def test_an_id_whose_followers_are_forgotten_resets_the_screen(stage: Stage, clock: FixedClock) -> None:
    stage.write(1, 2, 3)
    clock.advance(timedelta(hours=25).total_seconds())
    stage.write(4)
    with stage.product.bot.database.transaction() as session:
        assert forget_old(session, clock.now()) == 3

    assert stage.open(after=1).next()["event"] == "reset"
    assert stage.open(after=3).next()["event"] == "hello", "nothing after 3 is gone"


def test_an_id_of_another_database_resets_the_screen_which_then_goes_on(stage: Stage) -> None:
    stage.write(1)
    screen = stage.open(after=10_000)

    first = screen.next()
    stage.write(2)

    assert (first["event"], first["id"]) == ("reset", 1)
    assert screen.numbers(1) == [2]


def test_a_gap_too_long_to_replay_resets_the_screen(stage: Stage) -> None:
    stage.write(0)
    stage.write(*range(BACKLOG + 1))

    assert stage.open(after=1).next()["event"] == "reset"
    assert stage.open(after=2).next()["event"] == "hello"


def test_a_long_gap_of_other_peoples_matters_is_replayed_all_the_same(stage: Stage) -> None:
    stage.write(0)
    stage.write(*range(BACKLOG + 1), audience="rep2")
    stage.write(7)

    screen = stage.open(after=1)

    assert screen.next()["event"] == "hello"
    assert screen.numbers(1) == [7]


def test_more_rows_than_are_looked_through_reset_the_screen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "REPLAYED", 10)
    stage.write(0)
    stage.write(*range(11), audience="rep2")

    assert stage.open(after=1).next()["event"] == "reset"
    assert stage.open(after=2).next()["event"] == "hello"


def test_a_screen_that_does_not_read_is_told_to_start_over_and_holds_up_nobody(stage: Stage) -> None:
    slow, quick = stage.open(), stage.open()
    slow.next()
    quick.next()

    for start in range(0, BACKLOG + 50, 50):
        stage.write(*range(start, start + 50))
        assert quick.numbers(50) == list(range(start, start + 50))

    assert slow.next()["event"] == "reset"
    with pytest.raises(StopIteration):
        next(slow.frames)
    assert len(stage.feed._screens) == 1


def test_an_ended_session_ends_the_stream_even_when_events_keep_coming(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "PING_S", 0.05)
    valid = [True]
    screen = stage.open(is_valid=lambda: valid[0])
    screen.next()
    stage.write(1)
    assert screen.next()["event"] == "knowledge.changed"

    valid[0] = False
    deadline = threading.Event()
    ended = False
    for number in range(500):
        stage.write(number)
        deadline.wait(0.002)
        try:
            next(screen.frames)
        except StopIteration:
            ended = True
            break

    assert ended
    assert len(stage.feed._screens) == 0


def test_a_stream_nobody_listens_to_gives_its_place_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "LOOK_S", 0.01)
    gone: list[bool] = []
    frames = stream(stage.product.bot, stage.feed, "rep", None, lambda: frozenset({EVERYBODY}), lambda: bool(gone))
    next(frames)

    gone.append(True)

    assert list(frames) == []
    assert stage.feed.open_screens() == 0


def test_a_closed_line_is_told_from_a_silent_and_a_talking_one() -> None:
    ours, theirs = socket.socketpair()

    silent = is_hung_up(ours)
    theirs.send(b"GET")
    talking = is_hung_up(ours)
    ours.recv(3)
    theirs.close()
    closed = is_hung_up(ours)
    ours.close()

    assert (silent, talking, closed, is_hung_up(ours), is_hung_up(None)) == (False, False, True, True, False)


def test_silence_is_filled_with_signs_of_life_that_tell_how_far_one_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "PING_S", 0.02)
    screen = stage.open()
    screen.next()
    stage.write(1, 2, audience="rep2")
    eventually(lambda: stage.feed._last == stage.newest())

    ticks = [screen.next() for _ in range(3)]

    assert {tick["event"] for tick in ticks} == {"tick"}
    assert ticks[-1]["id"] == stage.newest(), "what concerned others need not be looked through again"


def test_a_sign_of_life_carries_no_id_while_something_waits(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = stage.open()
    screen.next()
    stage.write(1)
    eventually(lambda: stage.feed._last == stage.newest())
    later = iter([0.0, 100.0, 100.0, 100.0])
    monkeypatch.setattr("api.event_stream.time.monotonic", lambda: next(later))

    tick = screen.next()

    assert (tick["event"], tick["id"]) == ("tick", None)


def test_the_feed_outlives_a_database_that_fails_for_a_while(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_feed, "POLL_S", 0.01)
    screen = stage.open()
    screen.next()
    failures = [RuntimeError("away")] * 3
    read = read_after

    def failing_read(session, after, **more):
        if failures:
            raise failures.pop()
        return read(session, after, **more)

    monkeypatch.setattr(event_feed, "read_after", failing_read)
    stage.write(1)

    assert screen.numbers(1) == [1]
    assert failures == []


def test_the_endpoint_goes_on_after_the_header_and_is_never_cached(signed_in, app, product: UnderTest) -> None:
    browser = signed_in("rep")
    with product.bot.database.transaction() as session:
        for number in range(3):
            publish(session, product.fakes.clock.now(), Event(EventType.LINE_ADDED, payload={"number": number}))

    answer = browser.client.get("/api/events?after=1", headers={"Last-Event-ID": "2"}, buffered=False)
    frames = iter(answer.response)
    opening, missed = next(frames), next(frames)
    answer.close()
    app.extensions["feed"].stop()
    product.fakes.waker.ring(DESK_BELL)

    text = missed.decode() if isinstance(missed, bytes) else missed
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"hello" in (opening if isinstance(opening, bytes) else opening.encode())
    assert json.loads(text.split("data: ")[1])["payload"] == {"number": 2}


@pytest.mark.parametrize("header", ["-1", "x", "٣", "9" * 17, ""])
def test_an_odd_last_event_id_is_a_new_screen(signed_in, app, product: UnderTest, header: str) -> None:
    browser = signed_in("rep")

    answer = browser.client.get(
        "/api/events", headers={"Last-Event-ID": header.encode().decode("latin-1")}, buffered=False
    )
    opening = next(iter(answer.response))
    answer.close()
    app.extensions["feed"].stop()
    product.fakes.waker.ring(DESK_BELL)

    assert b"hello" in (opening if isinstance(opening, bytes) else opening.encode())


@pytest.mark.parametrize(("per_person", "per_process"), [(2, 40), (9, 2)], ids=["person", "process"])
def test_a_stream_too_many_is_refused_until_another_closes(
    signed_in, app, product: UnderTest, monkeypatch: pytest.MonkeyPatch, per_person: int, per_process: int
) -> None:
    monkeypatch.setattr(event_feed, "STREAMS_PER_PERSON", per_person)
    monkeypatch.setattr(event_feed, "STREAMS_PER_PROCESS", per_process)
    browser = signed_in("rep")
    first, second = (browser.client.get("/api/events", buffered=False) for _ in range(2))

    refused = browser.client.get("/api/events")
    # Closed before a byte of it was read: its place is free all the same.
    first.close()
    with browser.client.get("/api/events", buffered=False) as again:
        status = again.status_code
    second.close()

    assert (refused.status_code, refused.json["code"]) == (503, "too_many_streams")
    assert refused.headers["Retry-After"] == "5"
    assert status == 200
    assert app.extensions["feed"].open_screens() == 0
    app.extensions["feed"].stop()
    product.fakes.waker.ring(DESK_BELL)


def test_ones_own_streams_leave_room_for_others(stage: Stage) -> None:
    for _ in range(event_feed.STREAMS_PER_PERSON):
        stage.open().next()

    with pytest.raises(event_feed.TooManyStreams):
        stage.open().next()
    assert stage.open(username="rep2").next()["event"] == "hello"


def test_streams_never_take_all_threads_of_the_server(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    api = next(one for one in PROCESSES if one.name == "api")
    threads = int(api.command.split("--threads ")[1].split()[0])

    assert threads - event_feed.STREAMS_PER_PROCESS >= 64
    monkeypatch.setattr(event_feed, "STREAMS_PER_PROCESS", 3)
    for number in range(3):
        stage.open(username=f"rep{number}").next()
    with pytest.raises(event_feed.TooManyStreams):
        stage.open(username="late").next()
