"""The load of bench.py in a process of its own: `python load.py PORT CLIENTS SECONDS`, texts as JSON on stdin.

Each client sends its next message as soon as it has its answer; no text is sent twice. HTTP is written and read by
hand, so that the client takes as little of the shared cores as can be; what it takes is told. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import uvloop

_HEAD = b"POST /model/parse HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Load:
    """What all clients share."""

    def __init__(self, texts: list[str], clients: int, seconds: float) -> None:
        self.bodies = _distinct(texts)
        self.durations: list[float] = []
        self.failed = 0
        self.open = clients
        self.until = time.perf_counter() + seconds
        self.over = asyncio.get_running_loop().create_future()

    def leave(self) -> None:
        """One client is done."""
        self.open -= 1
        if not self.open:
            self.over.set_result(None)


class Client(asyncio.Protocol):
    """One connection, one message at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._got = b""
        self._needed = 0
        self._started = 0.0

    def connection_made(self, transport: Any) -> None:
        """Sends the first message."""
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Sends the next message once the answer is whole."""
        self._got += data
        if not self._needed:
            head, end, _ = self._got.partition(b"\r\n\r\n")
            if not end:
                return
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._needed = len(head) + len(end) + int(length)
        if len(self._got) >= self._needed:
            self._load.durations.append(time.perf_counter() - self._started)
            self._load.failed += not self._got.startswith(b"HTTP/1.1 200")
            self._got, self._needed = b"", 0
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """A server that hangs up has failed its last message."""
        self._load.failed += time.perf_counter() < self._load.until
        self._load.leave()

    def _send(self) -> None:
        self._started = time.perf_counter()
        if self._started >= self._load.until:
            self._transport.close()
            return
        body = next(self._load.bodies)
        self._transport.write(_HEAD % len(body) + body)


def _distinct(texts: list[str]) -> Iterator[bytes]:
    """Every text as it is, then all again with the number of the round behind them."""
    for round_number in count():
        for text in texts:
            yield json.dumps({"text": f"{text} {round_number}" if round_number else text}).encode()


async def _run(port: int, clients: int, seconds: float, texts: list[str]) -> dict[str, float]:
    load = Load(texts, clients, seconds)
    cpu, started = time.process_time(), time.perf_counter()
    for _ in range(clients):
        await asyncio.get_running_loop().create_connection(lambda: Client(load), "127.0.0.1", port)
    await load.over
    took = time.perf_counter() - started
    ordered = sorted(load.durations)
    shares = {f"p{share}_ms": ordered[len(ordered) * share // 100] * 1000 for share in (50, 95, 99)}
    cost_us = (time.process_time() - cpu) / len(ordered) * 1e6
    return {"per_second": len(ordered) / took, **shares, "failed": load.failed, "client_us": cost_us}


if __name__ == "__main__":
    uvloop.install()
    port, clients, seconds = map(int, sys.argv[1:4])
    print(json.dumps(asyncio.run(_run(port, clients, seconds, json.load(sys.stdin)))))
