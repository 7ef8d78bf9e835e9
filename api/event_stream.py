"""The text of one screen's stream of events (server-sent events).

A screen that reconnects names the last id it saw and gets what it missed from the rows; an id that is no longer kept,
or a screen that falls behind, gets `reset` and reads everything anew: a loss is always told.
"""

import queue
import time
from collections.abc import Callable, Generator

from api.event_feed import BACKLOG, EventFeed, Frame, Screen, named, text_of, topics_of_rows
from bot.bootstrap import Bot
from bot.outbox import first_id, last_id, read_after

PING_S = 20.0
# How soon it is noticed that nobody listens any more: until then the stream keeps one of its person's places.
LOOK_S = 1.0
# How many rows are looked through for what a screen missed: most of them concern others.
REPLAYED = 20_000

# Who listens and what he may hear, asked anew at every ping; None ends the stream.
FindTopics = Callable[[], frozenset[str] | None]


def never() -> bool:
    """Of a server that cannot tell whether somebody still listens: only the next write will."""
    return False


def stream(
    bot: Bot,
    feed: EventFeed,
    username: str,
    after: int | None,
    find_topics: FindTopics,
    is_gone: Callable[[], bool] = never,
) -> Generator[str]:
    """The text of one event stream, from the event after `after` on; it ends soon after `is_gone` says that nobody
    listens. Raises TooManyStreams at the first step.
    """
    screen = feed.subscribe(username, find_topics() or frozenset())
    try:
        # Subscribed before the rows are read: nothing can fall between the two.
        missed, seen, opening = _catch_up(bot, screen, after)
        yield opening
        for frame in missed:
            yield frame.text
        yield from _follow(bot, screen, seen, find_topics, is_gone)
    finally:
        feed.unsubscribe(screen)


def _follow(
    bot: Bot, screen: Screen, seen: int, find_topics: FindTopics, is_gone: Callable[[], bool]
) -> Generator[str]:
    check_at = time.monotonic() + PING_S
    while True:
        if time.monotonic() >= check_at:
            # By the clock and not by silence: on a busy desk there is none, and an ended session must end.
            topics = find_topics()
            if topics is None:
                return
            screen.topics = topics
            check_at = time.monotonic() + PING_S
            yield _tick(bot, screen)
        try:
            frame = screen.frames.get(timeout=min(LOOK_S, max(0.0, check_at - time.monotonic())))
        except queue.Empty:
            if is_gone():
                return
            continue
        if frame is None:
            yield "event: reset\ndata: {}\n\n"
            return
        if frame.id > seen:
            seen = frame.id
            yield frame.text


def _tick(bot: Bot, screen: Screen) -> str:
    """A sign of life. With nothing waiting it carries the newest id: a screen that comes back need not be told again of
    what concerned others.
    """
    position = screen.position
    is_up_to_date = screen.frames.empty() and position > 0
    return named("tick", position if is_up_to_date else None, {"now": bot.clock.now().isoformat()})


def _catch_up(bot: Bot, screen: Screen, after: int | None) -> tuple[list[Frame], int, str]:
    """What a screen missed, the id it has then seen, and the first frame: hello, or reset when the gap cannot be
    filled.
    """
    now = bot.clock.now().isoformat()
    watchers = bot.viewed.watchers()
    with bot.database.reading() as session:
        newest = last_id(session)
        oldest = first_id(session) or newest + 1
        if after is None:
            return [], newest, named("hello", newest, {"last_id": newest, "now": now})
        if after > newest or after + 1 < oldest or newest - after > REPLAYED:
            return [], newest, named("reset", newest, {"last_id": newest, "now": now})
        rows = list(read_after(session, after, limit=REPLAYED))
        topics = topics_of_rows(session, rows, watchers)
    mine = [row for row, about in zip(rows, topics, strict=True) if not about.isdisjoint(screen.topics)]
    if len(mine) > BACKLOG:
        return [], newest, named("reset", newest, {"last_id": newest, "now": now})
    seen = rows[-1].id if rows else after
    return [Frame(row.id, text_of(row)) for row in mine], seen, named("hello", None, {"last_id": seen, "now": now})
