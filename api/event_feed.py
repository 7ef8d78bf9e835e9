"""One reader of the outbox per process, fanned out to the open screens: each gets what concerns its person
(bot/handoff/hearing.py).
"""

import json
import queue
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from bot.bootstrap import Bot
from bot.errors import RetryLater
from bot.events import EVERYBODY, SUPERVISORS
from bot.handoff.hearing import Standing, standings, topics_of_event
from bot.handoff.routing import DESK_BELL
from bot.metrics import STREAMS
from bot.outbox import OutboxRow, last_id, read_after

log = structlog.get_logger()

POLL_S = 0.5
# So often at most: on a busy desk every reading then brings several events.
PAUSE_S = 0.05
BACKLOG = 500
# Every stream keeps a thread of the server's 320 (deploy/local/processes.py); the rest of the console needs the others.
STREAMS_PER_PERSON = 4
STREAMS_PER_PROCESS = 256


class TooManyStreams(RetryLater):
    """This person, or this process, already has as many streams open as may be."""

    code = "too_many_streams"


@dataclass(frozen=True)
class Frame:
    """One event as it is sent: its id and its text."""

    id: int
    text: str


@dataclass(eq=False)
class Screen:
    """One open stream of a person. `position` is the newest id of which everything that concerns him is in `frames`; a
    None among them means: too slow, start over.
    """

    username: str
    topics: frozenset[str]
    position: int = 0
    frames: "queue.Queue[Frame | None]" = field(default_factory=lambda: queue.Queue(BACKLOG))

    def put(self, frame: Frame) -> None:
        """Hand over a frame; a screen that lags by a whole backlog is told to start over."""
        try:
            self.frames.put_nowait(frame)
        except queue.Full:
            # The screen may be reading meanwhile: what it takes away here is gone from its queue just as well.
            with suppress(queue.Empty):
                while True:
                    self.frames.get_nowait()
            self.frames.put_nowait(None)


class EventFeed:
    """Reads new outbox rows and hands them to the open screens of this process that they concern."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._screens: set[Screen] = set()
        self._lock = threading.Lock()
        self._last = -1
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def subscribe(self, username: str, topics: frozenset[str]) -> Screen:
        """A screen that gets everything on these topics from now on. Raises TooManyStreams."""
        screen = Screen(username, topics)
        with self._lock:
            mine = sum(other.username == username for other in self._screens)
            if mine >= STREAMS_PER_PERSON or len(self._screens) >= STREAMS_PER_PROCESS:
                raise TooManyStreams
            self._screens.add(screen)
            STREAMS.set(len(self._screens))
            if self._thread is None:
                self._last = self._newest()
                self._thread = threading.Thread(target=self._read, name="event-feed", daemon=True)
                self._thread.start()
        return screen

    def unsubscribe(self, screen: Screen) -> None:
        """The screen is gone."""
        with self._lock:
            self._screens.discard(screen)
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
                self._stopped.wait(PAUSE_S)
            except Exception as error:
                log.warning("event_feed_failed", exc_info=error)
                self._stopped.wait(POLL_S)

    def _pass_on(self) -> None:
        with self._bot.database.reading() as session:
            rows = read_after(session, self._last)
            topics = topics_of_rows(session, rows, self._bot.viewed.watchers()) if rows else []
        if not rows:
            return
        self._last = rows[-1].id
        frames = [Frame(row.id, text_of(row)) for row in rows]
        with self._lock:
            screens = list(self._screens)
        for screen in screens:
            for frame, about in zip(frames, topics, strict=True):
                if not about.isdisjoint(screen.topics):
                    screen.put(frame)
            screen.position = self._last


def topics_of_rows(
    session: Session, rows: Sequence[OutboxRow], watchers: Mapping[int, Collection[str]]
) -> list[frozenset[str]]:
    """Whom each event concerns; one query for all of them."""
    asked = {row.conversation_id for row in rows if row.conversation_id is not None}
    standing: Mapping[int, Standing] = standings(session, asked) if asked else {}
    return [_topics_of(row, standing, watchers) for row in rows]


def _topics_of(
    row: OutboxRow, standing: Mapping[int, Standing], watchers: Mapping[int, Collection[str]]
) -> frozenset[str]:
    about = row.conversation_id
    if about is None or row.audience not in (EVERYBODY, SUPERVISORS):
        return topics_of_event(row.type, row.audience, about, row.payload, standing=None)
    viewers = watchers.get(about, ())
    return topics_of_event(row.type, row.audience, about, row.payload, standing=standing.get(about), viewers=viewers)


def text_of(row: OutboxRow) -> str:
    """An event as the stream sends it."""
    body = {
        "type": row.type,
        "conversation_id": row.conversation_id,
        "version": row.version,
        "payload": row.payload,
        "at": row.at.isoformat(),
    }
    return named(row.type, row.id, body)


def named(name: str, event_id: int | None, body: Mapping[str, object]) -> str:
    """One frame of a stream."""
    number = f"id: {event_id}\n" if event_id is not None else ""
    return f"{number}event: {name}\ndata: {json.dumps(body)}\n\n"
