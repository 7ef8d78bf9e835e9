"""Gathers what arrives while the model is busy, and runs it as one batch. Knows neither HTTP nor Rasa.

There is no waiting window: an idle model takes a message at once, so a lone caller pays nothing, and under load the
batches grow by themselves because a longer run gathers more.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from serving.meters import BATCH_SECONDS, BATCH_SIZE, QUEUE_SECONDS

MAX_BATCH = 64
# A few very long messages make a batch of their own: what came behind them is looked at, or dropped, in time.
MAX_BATCH_WEIGHT = 16_000
# Longer than this the queue would answer callers that have given up.
MAX_WAITING = 256

Item = TypeVar("Item")
Answer = TypeVar("Answer")
# Gets the items of one batch, gives one answer or one exception for each, in order.
Run = Callable[[Sequence[Item]], Awaitable[Sequence["Answer | Exception"]]]


class QueueFull(Exception):
    """Too many are waiting; nothing was done."""


class DeadlinePassed(Exception):
    """The caller's time was over before the model looked at the message."""


@dataclass(frozen=True)
class _Waiting(Generic[Item, Answer]):
    """Times are monotonic seconds."""

    item: Item
    arrived: float
    due: float
    answer: asyncio.Future[Answer]


class Batcher(Generic[Item, Answer]):
    """One queue before one runner; to be used from one event loop. `weigh` tells how much work an item is."""

    def __init__(
        self,
        run: Run[Item, Answer],
        weigh: Callable[[Item], int],
        max_batch: int = MAX_BATCH,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._run = run
        self._weigh = weigh
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[_Waiting[Item, Answer]] = deque()
        self._arrived = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """How many wait for a batch."""
        return len(self._waiting)

    async def submit(self, item: Item, timeout_s: float) -> Answer:
        """The answer to one item. Raises QueueFull, DeadlinePassed, or what the run gave for this item."""
        if timeout_s <= 0:
            raise DeadlinePassed
        if len(self._waiting) >= self._max_waiting:
            raise QueueFull
        now = time.monotonic()
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, now, now + timeout_s, answer))
        self._arrived.set()
        return await answer

    def start(self) -> None:
        """Begins to run batches."""
        self._worker = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """Ends the worker; who still waits gets CancelledError."""
        if self._worker is not None:
            self._worker.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker
        while self._waiting:
            self._waiting.popleft().answer.cancel()

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            batch = self._take()
            if not self._waiting:
                self._arrived.clear()
            if batch:
                await self._answer(batch)

    def _take(self) -> list[_Waiting[Item, Answer]]:
        """The next batch, oldest first, without those whose time is over or whose caller has gone."""
        batch: list[_Waiting[Item, Answer]] = []
        weight = 0
        now = time.monotonic()
        while self._waiting and len(batch) < self._max_batch:
            weight += self._weigh(self._waiting[0].item)
            if batch and weight > MAX_BATCH_WEIGHT:
                break
            first = self._waiting.popleft()
            if first.answer.done():
                continue
            QUEUE_SECONDS.observe(now - first.arrived)
            if now >= first.due:
                first.answer.set_exception(DeadlinePassed())
            else:
                batch.append(first)
        return batch

    async def _answer(self, batch: list[_Waiting[Item, Answer]]) -> None:
        BATCH_SIZE.observe(len(batch))
        outcomes: Sequence[Answer | Exception]
        try:
            with BATCH_SECONDS.time():
                outcomes = await self._run([waiting.item for waiting in batch])
        except Exception as error:  # noqa: BLE001 - the worker must live on; every caller of the batch is told
            outcomes = [error] * len(batch)
        except BaseException:
            for waiting in batch:
                waiting.answer.cancel()
            raise
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if waiting.answer.done():
                continue
            if isinstance(outcome, Exception):
                waiting.answer.set_exception(outcome)
            else:
                waiting.answer.set_result(outcome)
