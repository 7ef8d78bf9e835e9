"""Reps' screens as a load: each follows the stream of events, is cut off now and then, comes back with the last id it
saw, takes the chats it is offered and ends them. Keeps what each screen got and when.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

HOLDS_S = 5.0
BEATS_EVERY_S = 15.0
SILENT_FOR_S = 45.0


@dataclass
class Seen:
    """What all screens together saw. `lines` is when each line first reached its screen, by line id."""

    lines: dict[int, float] = field(default_factory=dict)
    twice: int = 0
    cuts: int = 0
    resets: int = 0
    accepts_s: list[float] = field(default_factory=list)
    refused: int = 0
    by_screen: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class RepScreen:
    """One rep's page: his cookie, his stream, his clicks. `opened_s`: so long after the first page his was opened."""

    username: str
    client: httpx.AsyncClient
    seen: Seen
    last_id: str = ""
    line: httpx.Response | None = None
    opened_s: float = 0.0
    is_closing: bool = False
    chores: set[asyncio.Task[None]] = field(default_factory=set)

    async def live(self) -> None:
        """Follow the events until the screen is closed; a lost line is taken up again."""
        while not self.is_closing:
            with suppress(httpx.HTTPError):
                await self._follow()
            await asyncio.sleep(0.05)

    async def beat(self) -> None:
        """Tell that the screen is alive, as the page does: each at its own time, for no two people come at once."""
        await asyncio.sleep(self.opened_s % BEATS_EVERY_S)
        while not self.is_closing:
            with suppress(httpx.HTTPError):
                await self.client.post("/api/me/heartbeat")
            await asyncio.sleep(BEATS_EVERY_S)

    async def cut(self) -> None:
        """The line breaks, as it does in a tunnel or when a proxy restarts."""
        if self.line is not None:
            self.seen.cuts += 1
            with suppress(httpx.HTTPError, RuntimeError):
                await self.line.aclose()

    async def _follow(self) -> None:
        headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
        async with self.client.stream("GET", "/api/events", headers=headers, timeout=SILENT_FOR_S) as line:
            line.raise_for_status()
            self.line = line
            async for name, number, body in _events(line):
                if number:
                    self.last_id = number
                self._take(name, int(number or 0), body)

    def _take(self, name: str, number: int, body: dict[str, Any]) -> None:
        if name == "reset":
            self.seen.resets += 1
        if name in ("hello", "reset", "tick"):
            return
        mine = self.seen.by_screen[self.username]
        self.seen.twice += number in mine
        mine.add(number)
        if name == "line.added":
            self.seen.lines.setdefault(body["payload"]["line_id"], time.time())
        elif name == "handoff.offered" and body["payload"].get("rep") == self.username:
            self._start(self._serve(body["conversation_id"]))

    def _start(self, chore: Any) -> None:
        task = asyncio.create_task(chore)
        self.chores.add(task)
        task.add_done_callback(self.chores.discard)

    async def _serve(self, handoff_id: int) -> None:
        started = time.perf_counter()
        answer = await self.client.post(f"/api/handoffs/{handoff_id}/accept")
        self.seen.accepts_s.append(time.perf_counter() - started)
        if answer.status_code != 200:
            self.seen.refused += 1
            return
        await asyncio.sleep(HOLDS_S)
        body = {"outcome": "solved", "note": ""}
        await self.client.post(f"/api/handoffs/{handoff_id}/close", json=body)


async def _events(line: httpx.Response) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    """Name, id or "", and data of each event of a stream."""
    name = number = ""
    async for text in line.aiter_lines():
        key, _, value = text.partition(": ")
        if key == "event":
            name = value
        elif key == "id":
            number = value
        elif key == "data":
            yield name, number, json.loads(value)
            number = ""


async def every(period_s: float, until: float, act: Callable[[int], Any]) -> None:
    """Start `act` with 0, 1, 2 ... at a steady rate until an instant of the monotonic clock, not waiting for any."""
    started, number, tasks = time.monotonic(), 0, set()
    while (due := started + number * period_s) < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        task = asyncio.create_task(act(number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        number += 1
    await asyncio.gather(*tasks, return_exceptions=True)
