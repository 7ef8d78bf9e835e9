"""The desk on a busy day: 200 reps with open screens, 2,000 chats under way, 50 messages of customers a second, a new
case to be taken every second, and a line cut more than once a second.

Over PostgreSQL, with the whole product beside it. Measured: how long a push takes to be accepted, a click that takes an
offered chat, and a message until it reaches the screen of its rep; that no screen misses an event or gets one twice;
that memory stays flat.
"""

import asyncio
import itertools
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from sqlalchemy import select

from api.auth import hash_password
from bench.answers import present_second
from bench.memory import MIB, family
from bench.own_servers import own_postgres
from bench.pushes import exchange, percentile, text_push
from bench.screens import BEATS_EVERY_S, RepScreen, Seen, every
from bot.customers.model import Follower
from bot.db import Database
from bot.fields import install_keys
from bot.handoff.model import Conversation, Owner
from bot.outbox import OutboxRow
from bot.staff.model import RepStatus, Role, StaffMember
from bot.transcripts.model import Line, Speaker
from config.settings import ROOT, Settings
from deploy.local.beside import own_product

REPS, CHATS_EACH = 200, 10
MESSAGES_A_SECOND = 50.0
CASES_A_SECOND = 1.0
LASTS_S = 600
CUTS = 1000
TELLS_EVERY_S = 30
# Their numbers lie beyond all others.
FIRST_WORDS = 1_000_000_000
FEELS_EVERY_S, FEELS_S = 0.1, 0.01
NEW_CASES = ("转人工，想问问贷款", "转人工，我的U盾登不上")
SETTLES_S = 10
PASSWORD = "xinqiao-bench"  # noqa: S105 -- of a product that lives as long as the benchmark


@dataclass
class Load:
    """What is sent and how long each took to be accepted."""

    settings: Settings
    clock_at: int
    started: float = field(default_factory=time.time)
    accepted_s: list[float] = field(default_factory=list)
    first_words_s: list[float] = field(default_factory=list)
    failed: int = 0
    sent_at: dict[int, float] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)
    own_lag_s: list[float] = field(default_factory=list)
    told: int = 0

    async def ask(self, openid: str, number: int) -> None:
        """One message of a customer whom a rep serves."""
        self.sent_at[number] = time.time()
        await self.say(openid, f"第{number}句，在吗")

    async def say(self, openid: str, text: str) -> None:
        """One message of any customer."""
        at = self.clock_at + int(time.time() - self.started)
        timing = await exchange(self.settings.web_port, text_push(self.settings, openid, text, at))
        self.accepted_s.append(timing.took_s)
        self.failed += timing.status != 200

    async def feel(self, _: int) -> None:
        """How late this process itself wakes up: it shares the machine, and its own lateness is part of every time."""
        due = time.perf_counter() + FEELS_S
        await asyncio.sleep(FEELS_S)
        self.own_lag_s.append(time.perf_counter() - due)

    def lately(self) -> str:
        """How long pushes took since this was asked last: one bad half minute must not look like a bad day."""
        fresh, self.told = self.accepted_s[self.told :] or [0.0], len(self.accepted_s)
        return " ".join(f"p{share * 100:g} {percentile(fresh, share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99))

    async def weigh(self) -> None:
        """How much web and api hold now, resident, in MiB."""
        held = [one for one in family(self.settings.web_port) if "gunicorn" in " ".join(one.cmdline())]
        self.memory.append(sum(one.memory_info().rss for one in held) / MIB)


def main() -> int:
    """Exit code: 0 when every figure is within its bound. An argument shortens it to so many seconds."""
    lasts_s = int(sys.argv[1]) if len(sys.argv) > 1 else LASTS_S
    rows = run(lasts_s)
    for name, value, unit, bound in rows:
        print(f"{name:<66} {value:>9.1f} {unit:<5} {bound}")
    return 0 if all(_holds(value, bound) for _, value, _, bound in rows) else 1


def run(lasts_s: int = LASTS_S) -> list[tuple[str, float, str, str]]:
    """All figures of one day of `lasts_s` seconds."""
    with own_postgres("desk") as postgres:
        os.environ["DATABASE_URL"] = postgres
        try:
            with own_product(ROOT / "var" / "log" / "bench-desk") as env:
                settings = Settings.from_env({**env, "DATABASE_URL": postgres})
                install_keys(settings.field_keys)
                database = Database(postgres)
                openids = _seed(database, datetime.fromtimestamp(present_second(settings), UTC))
                seen, load = asyncio.run(_day(settings, lasts_s, openids))
                rows = _figures(database, seen, load)
                database.close()
        finally:
            del os.environ["DATABASE_URL"]
    return rows


async def _day(settings: Settings, lasts_s: int, openids: list[str]) -> tuple[Seen, Load]:
    seen, load = Seen(), Load(settings, present_second(settings))
    base = f"http://127.0.0.1:{settings.api_port}"
    screens = [await _screen(base, seen, number) for number in range(REPS)]
    following = [asyncio.create_task(act) for screen in screens for act in (screen.live(), screen.beat())]
    await asyncio.sleep(SETTLES_S)
    customers, chance = itertools.cycle(openids), random.Random(11)
    await _get_under_way(load, seen, len(openids), customers)
    until = time.monotonic() + lasts_s

    async def newcomer(number: int) -> None:
        await load.say(f"oBenchNew_{number:018d}", NEW_CASES[number % len(NEW_CASES)])

    async def cut(_: int) -> None:
        await chance.choice(screens).cut()

    async def tell(number: int) -> None:
        await load.weigh()
        told = f"{len(load.accepted_s)} messages, {len(seen.accepts_s)} cases, {seen.cuts} cuts"
        print(f"{number * TELLS_EVERY_S} s: {told}, {load.memory[-1]:.0f} MiB, {load.lately()}", flush=True)

    await asyncio.gather(
        every(1 / MESSAGES_A_SECOND, until, lambda number: load.ask(next(customers), number)),
        every(1 / CASES_A_SECOND, until, newcomer),
        every(LASTS_S / CUTS, until, cut),
        every(TELLS_EVERY_S, until, tell),
        every(FEELS_EVERY_S, until, load.feel),
    )
    await asyncio.sleep(SETTLES_S)
    for screen in screens:
        screen.is_closing = True
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    for screen in screens:
        await screen.client.aclose()
    return seen, load


async def _get_under_way(load: Load, seen: Seen, chats: int, customers: Iterator[str]) -> None:
    """Every chat says its first words, at the day's rate: what is measured are chats under way. Told beside it."""
    until = time.monotonic() + chats / MESSAGES_A_SECOND
    await every(1 / MESSAGES_A_SECOND, until, lambda number: load.ask(next(customers), FIRST_WORDS + number))
    load.first_words_s, load.accepted_s = load.accepted_s, []
    load.sent_at.clear()
    seen.accepts_s.clear()
    print(f"{len(load.first_words_s)} chats are under way", flush=True)


async def _screen(base: str, seen: Seen, number: int) -> RepScreen:
    """A signed-in rep's screen. One client each: a cookie jar of his own."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=4)
    client = httpx.AsyncClient(base_url=base, timeout=20, limits=limits)
    body = {"username": _rep(number), "password": PASSWORD}
    answer = await client.post("/api/session", json=body)
    client.headers["X-CSRF-Token"] = answer.raise_for_status().json()["csrf_token"]
    return RepScreen(_rep(number), client, seen, opened_s=number * BEATS_EVERY_S / REPS)


def _seed(database: Database, now: datetime) -> list[str]:
    """Reps with chats under way, written straight into the rows; the customers' openids."""
    password_hash = hash_password(PASSWORD)
    openids = [f"oBenchDesk_{number:017d}" for number in range(REPS * CHATS_EACH)]
    with database.transaction() as session:
        for number in range(REPS):
            person = StaffMember(
                username=_rep(number),
                display_name=f"代表{number}",
                role=Role.REP,
                password_hash=password_hash,
                skills=["loan" if number % 2 else "ebank", "general"],
                capacity=CHATS_EACH + 4,
                status=RepStatus.READY,
                idle_since=now,
            )
            session.add(person)
        session.flush()
        for number, openid in enumerate(openids):
            follower = Follower(openid=openid, label=f"客户{number}", first_seen_at=now, last_seen_at=now)
            session.add(follower)
            session.flush()
            chat = Conversation(
                follower_id=follower.id,
                owner=Owner.ACTIVE,
                rep=_rep(number % REPS),
                skill="loan" if number % REPS % 2 else "ebank",
                opened_at=now,
                queued_at=now,
                accepted_at=now,
                last_customer_at=now,
                last_rep_at=now,
            )
            session.add(chat)
    return openids


def _rep(number: int) -> str:
    return f"bench{number:03d}"


def _figures(database: Database, seen: Seen, load: Load) -> list[tuple[str, float, str, str]]:
    lost, late_s = _lost_and_late(database, seen, load)
    settled = load.memory[len(load.memory) // 3 :] or [0.0]
    return [
        ("messages of customers accepted", len(load.accepted_s), "", ""),
        ("messages refused or failed", load.failed, "", "< 1"),
        ("accepting a push: p50", percentile(load.accepted_s, 0.5) * 1000, "ms", ""),
        ("accepting a push: p99", percentile(load.accepted_s, 0.99) * 1000, "ms", "< 200"),
        ("accepting the first words of a chat: p99", percentile(load.first_words_s, 0.99) * 1000, "ms", ""),
        ("the load's own lateness: p99", percentile(load.own_lag_s, 0.99) * 1000, "ms", ""),
        ("taking an offered chat: p99", percentile(seen.accepts_s, 0.99) * 1000, "ms", "< 200"),
        ("offered chats taken", len(seen.accepts_s) - seen.refused, "", ""),
        ("message to the rep's screen: p50", percentile(late_s, 0.5) * 1000, "ms", ""),
        ("message to the rep's screen: p95", percentile(late_s, 0.95) * 1000, "ms", "< 1000"),
        ("lines cut and taken up again", seen.cuts, "", ""),
        ("events a screen never got", lost, "", "< 1"),
        ("events a screen got twice", seen.twice, "", "< 1"),
        ("screens told to start over", seen.resets, "", "< 1"),
        ("memory of web and api at the end (RSS)", load.memory[-1], "MiB", ""),
        ("growth of it over the last two thirds", 100 * (load.memory[-1] / settled[0] - 1), "%", "< 10"),
    ]


def _lost_and_late(database: Database, seen: Seen, load: Load) -> tuple[int, list[float]]:
    """Events about a rep's own chats that never reached his screen; and each message's way, in seconds."""
    holders = select(Conversation.id, Conversation.rep).where(Conversation.rep.is_not(None))
    seeded = range(1, REPS * CHATS_EACH + 1)
    words = select(Line.id, Line.text).where(Line.speaker == Speaker.CUSTOMER)
    with database.reading() as session:
        rep_of = {row[0]: row[1] or "" for row in session.execute(holders)}
        numbers = {row[0]: _number(row[1]) for row in session.execute(words)}
        events = session.execute(select(OutboxRow.id, OutboxRow.conversation_id).where(OutboxRow.type == "line.added"))
        # The chats that were under way from the first second on: their reps had to hear every word.
        lost = sum(number not in seen.by_screen[rep_of[chat]] for number, chat in events if chat and chat in seeded)
    ways = ((load.sent_at.get(numbers.get(line, -1)), at) for line, at in seen.lines.items())
    return lost, [at - sent for sent, at in ways if sent is not None]


def _number(text: str) -> int:
    told = text.removeprefix("第").partition("句")[0]
    return int(told) if told.isdigit() else -1


def _holds(value: float, bound: str) -> bool:
    return not bound or value < float(bound.removeprefix("< "))


if __name__ == "__main__":
    sys.exit(main())
