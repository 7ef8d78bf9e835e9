"""A hundred thousand clicks that race for the same chats: accept, decline, transfer, close, the hands of supervisors,
and offers that run out under them.

The events are the witness: they are numbered in the order of their commits, so walking them tells at every moment who
held what or was asked for it. Counted: chats that two people had at once, and moments in which somebody had more than
he may.
"""

import logging
import random
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import event, select

import bot.bootstrap  # noqa: F401 -- every table must be known before the schema is made
from bench.own_servers import own_postgres, own_redis
from bot.adapters.redis_handoff_queue import RedisHandoffQueue
from bot.audit.service import Doer
from bot.clock import SystemClock
from bot.customers.model import Follower
from bot.db import Base, Database
from bot.errors import BotError
from bot.events import EventType
from bot.fields import install_keys
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.routing import Routing
from bot.handoff.service import Desk
from bot.handoff.supervising import Supervision
from bot.outbox import OutboxRow
from bot.staff.model import RepStatus, Role, StaffMember
from config.desks import load_desk_rules
from config.settings import Settings

CLICKS = 100_000
CLICKERS = 8
REPS, CAPACITY = 25, 4
CHATS = 120
DESKS = ("loan", "general")
EVERY_DESK = (*DESKS, "ebank", "complaint", "fraud")
BOSS = Doer("boss")
# Offers last seconds; with the clock running so much faster they run out while people click.
CLOCK_SPEED = 40
TELL_EVERY = 10_000


class FastClock(SystemClock):
    """The machine's clock, many times as fast."""

    def __init__(self) -> None:
        self._start = super().now()

    def now(self) -> datetime:
        """The present instant of the hurried day."""
        return self._start + (super().now() - self._start) * CLOCK_SPEED


class NoBell:
    """ports.Waker with nobody listening."""

    def ring(self, name: str) -> None:
        """Nobody hears it."""

    def wait(self, name: str, timeout_s: float) -> None:
        """Nobody waits."""


@dataclass
class Race:
    """One database's race."""

    desk: Desk
    supervision: Supervision
    database: Database
    verdicts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def click(self, number: int) -> None:
        """One click of somebody at something; a refusal is an answer like another."""
        chance = random.Random(number)
        chat, rep = chance.randrange(1, CHATS + 1), f"rep{chance.randrange(REPS):02d}"
        act = chance.choices(list(ACTS), weights=list(ACTS.values()))[0]
        try:
            self._do(act, chat, rep, chance)
            verdict = "done"
        except BotError as refused:
            verdict = refused.code
        with self.lock:
            self.verdicts[f"{act}: {verdict}"] += 1

    def _do(self, act: str, chat: int, rep: str, chance: random.Random) -> None:
        if act == "accept":
            self.desk.accept(chat, rep)
        elif act == "decline":
            self.desk.decline(chat, self._holder(chat) or rep, "busy")
        elif act == "transfer":
            desk, to = chance.choice(DESKS), chance.choice([None, f"rep{chance.randrange(REPS):02d}"])
            self.desk.transfer(chat, self._holder(chat) or rep, skill=desk, to=to, note="")
        elif act == "close":
            self.desk.close(chat, self._holder(chat) or rep, Outcome.SOLVED, "")
            self._come_again(chat)
        elif act == "assign":
            self.supervision.assign(chat, BOSS, rep, "")
        elif act == "take over":
            self.supervision.take_over(chat, BOSS, "")
        elif act == "status":
            self.desk.set_status(rep, chance.choice([RepStatus.READY, RepStatus.READY, RepStatus.BUSY]))

    def _holder(self, chat: int) -> str | None:
        """Most clicks come from the screen that shows the chat as one's own."""
        with self.database.reading() as session:
            row = session.get(Conversation, chat)
        return row.rep if row is not None else None

    def _come_again(self, chat: int) -> None:
        """The customer asks anew; in the same row, so that the race stays about the same few chats."""
        with self.database.transaction() as session:
            row = session.get_one(Conversation, chat, with_for_update=True)
            if row.owner is Owner.CLOSED:
                row.owner, row.rep, row.skill = Owner.QUEUED, None, random.choice(DESKS)
                row.queued_at, row.declined_by, row.closed_at = self.desk.clock.now(), [], None
                row.version += 1

    def sweep_until(self, ended: threading.Event) -> None:
        """The desk's timer, without a pause."""
        while not ended.is_set():
            for number in range(REPS):
                self.desk.routing.beat(f"rep{number:02d}")
            self.desk.routing.sweep()


ACTS = {"accept": 52, "decline": 10, "transfer": 10, "close": 14, "assign": 6, "take over": 2, "status": 6}


def main() -> int:
    """Exit code: 0 when nobody ever held what was another's, or too much."""
    clicks = int(sys.argv[1]) if len(sys.argv) > 1 else CLICKS
    rows = run(clicks)
    for name, value, unit, bound in rows:
        print(f"{name:<66} {value:>9.0f} {unit:<5} {bound}")
    return 0 if all(value < 1 for _, value, _, bound in rows if bound) else 1


def run(clicks: int = CLICKS) -> list[tuple[str, float, str, str]]:
    """Figures of both databases."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    install_keys(Settings.from_env({"APP_ENV": "test"}).field_keys)
    found: list[tuple[str, float, str, str]] = []
    with own_redis() as redis_url, own_postgres("races") as postgres, tempfile.TemporaryDirectory() as home:
        for kind, url in (("SQLite", f"sqlite:///{home}/races.db"), ("PostgreSQL", postgres)):
            with _race(url, redis_url, kind) as race:
                took_s = _click(race, clicks, kind)
                doubles, over = witness(race.database)
            print(f"{kind}: {doubles} chats with two owners at once, {over} moments of too much", flush=True)
            found += [
                (f"racing clicks on {kind}", clicks, "", ""),
                (f"racing clicks a second on {kind}", clicks / took_s, "/s", ""),
                (f"chats with two owners at once, {kind}", doubles, "", "< 1"),
                (f"moments in which somebody held too much, {kind}", over, "", "< 1"),
            ]
    return found


def _click(race: Race, clicks: int, kind: str) -> float:
    ended = threading.Event()
    timer = threading.Thread(target=race.sweep_until, args=(ended,), daemon=True)
    timer.start()
    started = time.perf_counter()
    with ThreadPoolExecutor(CLICKERS) as crowd:
        for start in range(0, clicks, TELL_EVERY):
            list(crowd.map(race.click, range(start, min(clicks, start + TELL_EVERY))))
            print(
                f"{kind}: {min(clicks, start + TELL_EVERY)} clicks, {time.perf_counter() - started:.0f} s", flush=True
            )
    took_s = time.perf_counter() - started
    ended.set()
    timer.join(60)
    for verdict, count in sorted(race.verdicts.items()):
        print(f"  {verdict:<44} {count}")
    return took_s


@contextmanager
def _race(url: str, redis_url: str, kind: str) -> Iterator[Race]:
    database = Database(url, pool_size=CLICKERS + 4)
    # The race is about locks: waiting for the disk would only make it a slower one.
    event.listen(database.engine, "connect", _flush_late if database.is_sqlite else _commit_late)
    Base.metadata.create_all(database.engine)
    clock = FastClock()
    queue = RedisHandoffQueue(redis_url, prefix=f"races-{kind}:")
    queue.rebuild([], [], [])
    _fill(database, clock.now())
    routing = Routing(database, queue, NoBell(), clock, load_desk_rules(EVERY_DESK))
    yield Race(Desk(database, routing, clock), Supervision(database, routing, clock), database)
    database.close()


def _flush_late(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _commit_late(connection: Any, _: object) -> None:
    connection.execute("SET synchronous_commit TO off")
    connection.commit()


def _fill(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for name in (*(f"rep{number:02d}" for number in range(REPS)), BOSS.username):
            person = StaffMember(username=name, display_name=name, password_hash="", skills=list(DESKS))
            person.role = Role.SUPERVISOR if name == BOSS.username else Role.REP
            person.capacity, person.status = CAPACITY, RepStatus.READY
            session.add(person)
        for number in range(1, CHATS + 1):
            session.add(
                Follower(id=number, openid=f"o-{number}", label=str(number), first_seen_at=now, last_seen_at=now)
            )
        session.flush()
        for number in range(1, CHATS + 1):
            session.add(
                Conversation(
                    id=number,
                    follower_id=number,
                    owner=Owner.QUEUED,
                    skill=DESKS[number % 2],
                    opened_at=now,
                    queued_at=now - timedelta(seconds=number),
                )
            )


# These say who has the chat, or is asked for it, from now on; after the others nobody is.
GIVES = (EventType.HANDOFF_OFFERED, EventType.HANDOFF_ACCEPTED, EventType.HANDOFF_ASSIGNED)
ENDS = (EventType.HANDOFF_REQUEUED, EventType.HANDOFF_TRANSFERRED, EventType.HANDOFF_CLOSED)


def witness(database: Database) -> tuple[int, int]:
    """Chats that were given to somebody while another had them, and moments in which somebody had too much."""
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    holder: dict[int, str] = {}
    held: defaultdict[str, set[int]] = defaultdict(set)
    doubles = over = 0
    for row in rows:
        chat, rep = row.conversation_id, str(row.payload.get("rep"))
        if chat is None or row.type not in (*GIVES, *ENDS):
            continue
        before = holder.pop(chat, None)
        if before is not None:
            held[before].discard(chat)
        if row.type in GIVES:
            # A supervisor says from whom he takes it; anybody else may only take what is nobody's, or was offered him.
            had = row.payload.get("former") if row.type == EventType.HANDOFF_ASSIGNED else rep
            doubles += before is not None and before != had
            holder[chat] = rep
            held[rep].add(chat)
            over += len(held[rep]) > CAPACITY
    return doubles, over


if __name__ == "__main__":
    sys.exit(main())
