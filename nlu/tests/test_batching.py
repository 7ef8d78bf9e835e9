"""The batcher alone: what is gathered, what is dropped, who hears of a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from serving.batching import MAX_BATCH_WEIGHT, Batcher, DeadlinePassed, QueueFull

LONG_S = 60.0


class Runner:
    """Doubles numbers; holds every batch while its gate is closed. 13 fails alone, 666 fails the batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, items: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(items))
        await self.gate.wait()
        if 666 in items:
            raise RuntimeError("whole batch")
        return [ValueError(item) if item == 13 else 2 * item for item in items]


Check = Callable[[Batcher[int, int], Runner], Awaitable[Any]]


def with_batcher(check: Check, weigh: Callable[[int], int] = lambda _: 1, **limits: int) -> Any:
    async def run() -> Any:
        runner = Runner()
        batcher: Batcher[int, int] = Batcher(runner, weigh, **limits)
        batcher.start()
        try:
            return await asyncio.wait_for(check(batcher, runner), 10)
        finally:
            await batcher.stop()

    return asyncio.run(run())


async def hold(batcher: Batcher[int, int], runner: Runner) -> asyncio.Task[int]:
    """One item in a batch that does not end until the gate opens."""
    runner.gate.clear()
    held = asyncio.create_task(batcher.submit(0, LONG_S))
    while not runner.batches:  # noqa: ASYNC110 - what the worker does next is no event
        await asyncio.sleep(0)
    return held


async def queue(batcher: Batcher[int, int], items: Sequence[int], timeout_s: float = LONG_S) -> list[asyncio.Task[int]]:
    before = batcher.depth
    tasks = [asyncio.create_task(batcher.submit(item, timeout_s)) for item in items]
    while batcher.depth < before + len(items):  # noqa: ASYNC110
        await asyncio.sleep(0)
    return tasks


def test_a_lone_item_runs_at_once_and_alone() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        return await batcher.submit(4, LONG_S), await batcher.submit(5, LONG_S), runner.batches

    assert with_batcher(check) == (8, 10, [[4], [5]])


def test_what_arrives_during_a_batch_is_the_next_one_in_order_of_arrival() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        waiting = await queue(batcher, [1, 2, 3, 4, 5])
        runner.gate.set()
        return await asyncio.gather(held, *waiting), runner.batches

    assert with_batcher(check, max_batch=3) == ([0, 2, 4, 6, 8, 10], [[0], [1, 2, 3], [4, 5]])


def test_heavy_items_share_a_batch_only_up_to_its_weight() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        waiting = await queue(batcher, [MAX_BATCH_WEIGHT * 2, MAX_BATCH_WEIGHT - 1, 1, 1])
        runner.gate.set()
        await asyncio.gather(held, *waiting)
        return [len(batch) for batch in runner.batches]

    assert with_batcher(check, weigh=lambda item: item) == [1, 1, 2, 1]


def test_beyond_its_bound_the_queue_refuses() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        waiting = await queue(batcher, [1, 2])
        with pytest.raises(QueueFull):
            await batcher.submit(3, LONG_S)
        runner.gate.set()
        return await asyncio.gather(held, *waiting)

    assert with_batcher(check, max_waiting=2) == [0, 2, 4]


def test_an_item_whose_time_is_over_is_dropped_unseen() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        late = await queue(batcher, [1], timeout_s=0.000001)
        in_time = await queue(batcher, [2])
        runner.gate.set()
        await held
        outcomes = await asyncio.gather(*late, *in_time, return_exceptions=True)
        return type(outcomes[0]), outcomes[1], runner.batches

    assert with_batcher(check) == (DeadlinePassed, 4, [[0], [2]])


def test_an_item_without_time_is_refused_at_once() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        with pytest.raises(DeadlinePassed):
            await batcher.submit(1, 0.0)
        return runner.batches

    assert with_batcher(check) == []


def test_an_item_whose_caller_has_gone_is_not_run() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        gone, stays = await queue(batcher, [1, 2])
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        runner.gate.set()
        return await held, await stays, runner.batches

    assert with_batcher(check) == (0, 4, [[0], [2]])


def test_only_the_bad_item_hears_of_its_failure() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        waiting = await queue(batcher, [1, 13, 2])
        runner.gate.set()
        await held
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        return outcomes[0], type(outcomes[1]), outcomes[2]

    assert with_batcher(check) == (2, ValueError, 4)


def test_a_run_that_raises_is_told_to_the_whole_batch_and_the_next_one_runs() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        waiting = await queue(batcher, [1, 666])
        runner.gate.set()
        await held
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        return [type(outcome) for outcome in outcomes], await batcher.submit(7, LONG_S)

    assert with_batcher(check) == ([RuntimeError, RuntimeError], 14)


def test_stopping_leaves_nobody_waiting() -> None:
    async def check(batcher: Batcher[int, int], runner: Runner) -> Any:
        held = await hold(batcher, runner)
        waiting = await queue(batcher, [1])
        await batcher.stop()
        return [type(one) for one in await asyncio.gather(held, *waiting, return_exceptions=True)]

    assert with_batcher(check) == [asyncio.CancelledError, asyncio.CancelledError]
