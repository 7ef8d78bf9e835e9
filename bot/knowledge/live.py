"""The content as it holds now: the files, with what people approved in the console over them.

Every process has its own holder. Whoever needs content asks it anew for each turn or request; at most twice a second
the holder asks the database whether something else was published, so an approval is live everywhere within a second.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

import structlog

from bot.clock import local_day
from bot.db import Database
from bot.knowledge import queries
from bot.knowledge.content import Content
from bot.knowledge.edition import Edition, IsFor, serves, serves_all

log = structlog.get_logger()

REFRESH_S = 0.5
MOST_KEPT = 64
# No branch has this name.
ANY_BRANCH = "*"

# The seed with editions over it, on a day, for those the predicate accepts.
Overlay = Callable[[Content, Sequence[Edition], date, IsFor], Content]


class Contents(Protocol):
    """Where content comes from."""

    def for_branch(self, now: datetime, branch: str | None) -> Content:
        """What the customers of this branch may hear now; None is a branch nobody knows."""
        ...

    def everywhere(self, now: datetime) -> Content:
        """What holds now in any region: for people who serve all of them."""
        ...


class LiveContent:
    """The holder; shared between threads. When the database does not answer, the last good content goes on."""

    def __init__(
        self, database: Database, seed: Content, overlay: Overlay, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.seed = seed
        self._database, self._overlay, self._monotonic = database, overlay, monotonic
        self._looking = threading.Lock()
        self._looks_at = float("-inf")
        self._published: _Published | None = None
        self._is_failing = False

    def for_branch(self, now: datetime, branch: str | None) -> Content:
        """What the customers of this branch may hear now."""
        return self._current(now, branch, lambda regions: serves(regions, branch))

    def everywhere(self, now: datetime) -> Content:
        """What holds now in any region."""
        return self._current(now, ANY_BRANCH, serves_all)

    def _current(self, now: datetime, audience: str | None, is_for: IsFor) -> Content:
        # One looks, the others go on with what they have; only the very first look is worth waiting for.
        if self._monotonic() >= self._looks_at and self._looking.acquire(blocking=self._published is None):
            try:
                self._look()
            finally:
                self._looking.release()
        published = self._published or _Published((0, 0), ())
        day = local_day(now)
        found = published.made.get((day, audience))
        if found is None:
            found = published.keep((day, audience), self._overlay(self.seed, published.editions, day, is_for))
        return found

    def _look(self) -> None:
        if self._monotonic() < self._looks_at:
            return
        self._looks_at = self._monotonic() + REFRESH_S
        try:
            self._refresh()
        except Exception:
            # Whatever is wrong with the rows: customers go on being answered, and the log says it once.
            if not self._is_failing:
                log.exception("knowledge_refresh_failed")
            self._is_failing = True
        else:
            self._is_failing = False

    def _refresh(self) -> None:
        with self._database.reading() as session:
            revision = queries.revision(session)
            if self._published is not None and revision == self._published.revision:
                return
            editions = queries.editions(session)
        # Laid once before it is taken: what cannot be laid must not replace what can.
        self._overlay(self.seed, editions, date.max, serves_all)
        is_first = self._published is None
        self._published = _Published(revision, editions)
        if not is_first:
            log.info("knowledge_refreshed", revision=revision[0], editions=len(editions))


class _Published:
    """One state of what is published, and the contents made of it so far."""

    def __init__(self, revision: queries.Revision, editions: Sequence[Edition]) -> None:
        self.revision, self.editions = revision, editions
        self.made: dict[tuple[date, str | None], Content] = {}

    def keep(self, at: tuple[date, str | None], content: Content) -> Content:
        """Keep a content for the next who asks; few, because a branch's content holds for a day."""
        if len(self.made) >= MOST_KEPT:
            self.made = {}
        self.made[at] = content
        return content
