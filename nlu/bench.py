"""Measures a running server: `python bench.py [--url http://127.0.0.1:5005] [--seconds 5] [--clients 8]`.

Prints round-trip times at one client and at several, and messages per second. Texts come from the held-out set.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from itertools import cycle
from pathlib import Path

import aiohttp
import yaml

HELD_OUT = Path(__file__).resolve().parent / "tests" / "held_out.yml"


def main() -> None:
    """Runs once with one client and once with all of them."""
    parser = argparse.ArgumentParser(description="Measure a running NLU server.")
    parser.add_argument("--url", default="http://127.0.0.1:5005")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    for clients in (1, options.clients):
        durations = sorted(asyncio.run(_run(options.url, options.seconds, clients)))
        p50, p95, p99 = (durations[int(len(durations) * share)] * 1000 for share in (0.5, 0.95, 0.99))
        rate = len(durations) / options.seconds
        print(f"{clients} clients: {rate:.0f} messages/s, ms p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}")


async def _run(url: str, seconds: float, clients: int) -> list[float]:
    """Round-trip seconds of every message; each client sends the next as soon as it has its answer."""
    blocks = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))["nlu"]
    texts = cycle([line.removeprefix("-").strip() for block in blocks for line in block["examples"].splitlines()])
    deadline = time.perf_counter() + seconds
    durations: list[float] = []

    async def client(session: aiohttp.ClientSession) -> None:
        while time.perf_counter() < deadline:
            started = time.perf_counter()
            async with session.post(f"{url}/model/parse", json={"text": next(texts)}) as response:
                response.raise_for_status()
                await response.read()
            durations.append(time.perf_counter() - started)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(client(session) for _ in range(clients)))
    return durations


if __name__ == "__main__":
    main()
