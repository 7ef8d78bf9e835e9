"""Server-sent events for the console: one reader of the outbox per process, fanned out to the open screens.

A screen that reconnects names the last id it saw and gets what it missed from the rows; an id that is no longer kept,
or a screen that falls behind, gets `reset` and reads everything anew.
"""

import json
import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress

import structlog

from bot.bootstrap import Bot
from bot.errors import RetryLater
from bot.events import EVERYBODY
from bot.handoff.routing import DESK_BELL
from bot.metrics import STREAMS
from bot.outbox import OutboxRow, first_id, last_id, read_after

log = structlog.get_logger()

PING_S = 20.0
POLL_S = 0.5
BACKLOG = 500
# Every stream keeps a thread of the server's 64; the rest of the console needs the others.
STREAMS_PER_PERSON = 4
STREAMS_PER_PROCESS = 40


class TooManyStreams(RetryLater):
    """This person, or this process, already has as many streams open as may be."""

    code = "too_many_streams"


class EventFeed:
    """Reads new outbox rows and hands them to every open screen of this process."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._screens: dict[queue.Queue[OutboxRow | None], str] = {}
        self._lock = threading.Lock()
        self._last = -1
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def subscribe(self, username: str) -> "queue.Queue[OutboxRow | None]":
        """A queue that gets every event for this person from now on; None in it means: too slow, start over.

        Raises TooManyStreams.
        """
        screen: queue.Queue[OutboxRow | None] = queue.Queue(BACKLOG)
        with self._lock:
            mine = sum(other == username for other in self._screens.values())
            if mine >= STREAMS_PER_PERSON or len(self._screens) >= STREAMS_PER_PROCESS:
                raise TooManyStreams
            self._screens[screen] = username
            STREAMS.set(len(self._screens))
            if self._thread is None:
                self._last = self._newest()
                self._thread = threading.Thread(target=self._read, name="event-feed", daemon=True)
                self._thread.start()
        return screen

    def unsubscribe(self, screen: "queue.Queue[OutboxRow | None]") -> None:
        """The screen is gone."""
        with self._lock:
            self._screens.pop(screen, None)
            STREAMS.set(len(self._screens))

    def open_screens(self) -> int:
        """How many screens follow the events."""
        with self._lock:
            return len(self._screens)

    def stop(self) -> None:
        """End the reader; for tests and shut-down."""
        self._stopped.set()

    def _newest(self) -> int:
        with self._bot.database.reading() as session:
            return last_id(session)

    def _read(self) -> None:
        while not self._stopped.is_set():
            self._bot.waker.wait(DESK_BELL, POLL_S)
            try:
                self._pass_on()
            except Exception as error:
                log.warning("event_feed_failed", exc_info=error)
                self._stopped.wait(POLL_S)

    def _pass_on(self) -> None:
        with self._bot.database.reading() as session:
            rows = read_after(session, self._last)
        if not rows:
            return
        self._last = rows[-1].id
        with self._lock:
            screens = list(self._screens.items())
        for screen, username in screens:
            for row in rows:
                if row.audience in (EVERYBODY, username):
                    _put(screen, row)


def stream(bot: Bot, feed: EventFeed, username: str, after: int | None, is_valid: Callable[[], bool]) -> Generator[str]:
    """The text of one event stream, from the event after `after` on. `is_valid` is asked at every ping; False ends
    it. Raises TooManyStreams at the first step.
    """
    screen = feed.subscribe(username)
    try:
        # Subscribed before the rows are read: nothing can fall between the two.
        missed, seen, opening = _catch_up(bot, username, after)
        yield opening
        for row in missed:
            yield _frame(row)
        check_at = time.monotonic() + PING_S
        while True:
            if time.monotonic() >= check_at:
                # By the clock and not by silence: on a busy desk there is none, and an ended session must end.
                if not is_valid():
                    return
                check_at = time.monotonic() + PING_S
                yield ": ping\n\n"
            try:
                row_or_none = screen.get(timeout=max(0.0, check_at - time.monotonic()))
            except queue.Empty:
                continue
            if row_or_none is None:
                yield "event: reset\ndata: {}\n\n"
                return
            if row_or_none.id > seen:
                seen = row_or_none.id
                yield _frame(row_or_none)
    finally:
        feed.unsubscribe(screen)


def _catch_up(bot: Bot, username: str, after: int | None) -> tuple[list[OutboxRow], int, str]:
    """What a screen missed, the id it has then seen, and the first frame: hello, or reset when the gap cannot be
    filled.
    """
    now = bot.clock.now().isoformat()
    with bot.database.reading() as session:
        newest = last_id(session)
        oldest = first_id(session) or newest + 1
        if after is None:
            return [], newest, _named("hello", newest, {"last_id": newest, "now": now})
        if after > newest or after + 1 < oldest:
            return [], newest, _named("reset", newest, {"last_id": newest})
        rows = list(read_after(session, after, limit=BACKLOG + 1))
    if len(rows) > BACKLOG:
        return [], newest, _named("reset", newest, {"last_id": newest})
    mine = [row for row in rows if row.audience in (EVERYBODY, username)]
    seen = rows[-1].id if rows else after
    return mine, seen, _named("hello", None, {"last_id": seen, "now": now})


def _frame(row: OutboxRow) -> str:
    body = {
        "type": row.type,
        "conversation_id": row.conversation_id,
        "version": row.version,
        "payload": row.payload,
        "at": row.at.isoformat(),
    }
    return _named(row.type, row.id, body)


def _named(name: str, event_id: int | None, body: Mapping[str, object]) -> str:
    number = f"id: {event_id}\n" if event_id is not None else ""
    return f"{number}event: {name}\ndata: {json.dumps(body)}\n\n"


def _put(screen: "queue.Queue[OutboxRow | None]", row: OutboxRow) -> None:
    """Hand a row to a screen; one that lags by a whole backlog is told to start over."""
    try:
        screen.put_nowait(row)
    except queue.Full:
        # The screen may be reading meanwhile: what it takes away here is gone from its queue just as well.
        with suppress(queue.Empty):
            while True:
                screen.get_nowait()
        screen.put_nowait(None)
