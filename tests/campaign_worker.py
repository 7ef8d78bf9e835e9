"""A worker of campaigns in a process of its own, which can be killed at any moment, against a platform that lives on.

The platform and the hour are asked through a socket. Before and after each commit and each call the worker tells where
it is and waits for leave to go on: whoever answers may kill it there instead.
"""

import logging
import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

import structlog
from sqlalchemy import ColumnElement, event
from sqlalchemy.orm import Session

import bot.errors
from bot.account_ports import Account
from bot.campaigns import judging
from bot.campaigns.outside import OutsideSends
from bot.campaigns.recalling import Recalls
from bot.campaigns.running import CampaignRunner
from bot.clock import Clock
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import BotError
from tests.campaign_worlds import World
from tests.fake_segments import FakeSegments
from tests.fakes_account import FakeAccount

A_ROUND = 14
PORTS = ("mass", "quotas", "tags")
# Executed, and no answer ever came.
MID = "mid_post"


class Platform:
    """The platform's side: one account behind a socket, one caller at a time, and the hand that kills.

    `trouble` may break the call that is about to be made; `kill_at` names a point and its how-manieth passing at which
    the worker dies.
    """

    def __init__(self, account: FakeAccount, address: str) -> None:
        self.account, self._listener = account, Listener(address, "AF_UNIX")
        self.trouble: Callable[[str], None] = lambda _call: None
        self.kill_at: tuple[str, int] | None = None
        self.passed: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def call(self, name: str, *args: Any) -> Any:
        """One call of a port, such as "mass.send_to_list". Raises what the platform answers."""
        with self._lock:
            self.trouble(name)
            port, method = name.split(".")
            return getattr(getattr(self.account.ports, port), method)(*args)

    def draft(self, purpose: str) -> str:
        """A draft for this purpose."""
        with self._lock:
            return self.account.add_draft(purpose)

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                line = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: Connection) -> None:
        try:
            while True:
                pid, name, args = line.recv()
                line.send(self._one(pid, name, args))
        except (EOFError, OSError):
            return

    def _one(self, pid: int, name: str, args: tuple[Any, ...]) -> tuple[str, Any]:
        if name == "now":
            return "told", self.account.clock.now()
        if name == "point":
            self._pass(pid, args[0])
            return "told", None
        if name == "draft":
            return "told", self.draft(*args)
        try:
            found = self.call(name, *args)
        except BotError as error:
            return type(error).__name__, error.fields
        if name.startswith("mass.send"):
            self._pass(pid, MID)
        return "told", found

    def _pass(self, pid: int, point: str) -> None:
        self.passed[point] += 1
        if self.kill_at == (point, self.passed[point]):
            self.kill_at = None
            self.deaths[point] += 1
            os.kill(pid, 9)
            threading.Event().wait()


class _Line:
    """The worker's side of the socket."""

    def __init__(self, address: str) -> None:
        self._line = Client(address, "AF_UNIX")

    def ask(self, name: str, *args: Any) -> Any:
        self._line.send((os.getpid(), name, args))
        kind, found = self._line.recv()
        if kind == "told":
            return found
        raise getattr(bot.errors, kind)(**found)

    def point(self, name: str) -> None:
        self.ask("point", name)


class _Port:
    def __init__(self, line: _Line, name: str) -> None:
        self._line, self._name = line, name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            is_send = method.startswith("send_to")
            if is_send:
                self._line.point("before_post")
            found = self._line.ask(f"{self._name}.{method}", *args)
            if is_send:
                self._line.point("after_post")
            return found

        return call


class _Hour:
    def __init__(self, line: _Line) -> None:
        self._line = line

    def now(self) -> datetime:
        found: datetime = self._line.ask("now")
        return found


def work(url: str, address: str, ticks: int) -> None:
    """What the process does: some ticks, telling of every step."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    line = _Line(address)
    database = Database(url, pool_size=2)
    be_quick(database)
    event.listen(Session, "before_commit", lambda _session: line.point("before_commit"))
    event.listen(Session, "after_commit", lambda _session: line.point("after_commit"))
    runner = runner_over(database, _Hour(line), _Remote(line).account, lambda purpose: str(line.ask("draft", purpose)))
    for _ in range(ticks):
        line.point("tick")
        tick(runner)
    os._exit(0)


def be_quick(database: Database) -> None:
    """Let a commit not wait for the disk: processes die here, the machine does not."""
    words = "PRAGMA synchronous=OFF" if database.is_sqlite else "SET synchronous_commit = off"

    def tell(connection: Any, _record: object) -> None:
        connection.execute(words)
        connection.commit()

    event.listen(database.engine, "connect", tell)


class _Remote:
    def __init__(self, line: _Line) -> None:
        ports: dict[str, Any] = {name: _Port(line, name) for name in PORTS}
        unused: Any = None
        self.account = Account(
            drafts=unused,
            material=unused,
            publishing=unused,
            followers=unused,
            notices=unused,
            figures=unused,
            **ports,
        )


def world_over(database: Database, clock: Clock) -> World:
    """Campaigns whose segments are ranges of followers; chunks hold four."""
    setattr(judging, "CHUNK_SIZE", 4)  # noqa: B010 -- not a name the module exports
    return World(database, clock, segments=_Ranges())


def runner_over(database: Database, clock: Clock, account: Account, draft: Callable[[str], str]) -> CampaignRunner:
    """The product's own worker over these."""
    world = world_over(database, clock)

    def ensure(version_id: int, purpose: str, source_url: str = "", *, scene: str = "") -> str:
        return draft(f"{purpose} {scene}")

    outside = OutsideSends(database, clock, world.neighbours)
    return CampaignRunner(world.campaigns, account, ensure, Recalls(database, clock), outside)


def tick(runner: CampaignRunner) -> None:
    """What a timer calls; a step that fails does not stop the next ones."""
    for step in (runner.start, runner.settle, runner.send):
        step()


class _Ranges(FakeSegments):
    """Segment 500 is everybody from 500 on, as many as a round has."""

    def _rule(self, segment_id: int) -> tuple[str, Callable[[], ColumnElement[bool]]]:
        return "", lambda: Follower.id.between(segment_id, segment_id + A_ROUND - 1)
