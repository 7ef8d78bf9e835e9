"""What every implementation of ports.HandoffQueue does: the fake in memory and the real one on a real Redis."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import redis

from bot.adapters.redis_handoff_queue import RedisHandoffQueue
from bot.errors import QueueUnavailable
from bot.ports import HandoffQueue, Offer
from tests.factories import MORNING
from tests.fakes import FakeQueue

_numbers = itertools.count()


@dataclass
class Stage:
    queue: HandoffQueue
    lose: Callable[[], object]
    go_down: Callable[[], object]


@pytest.fixture(params=["fake", "redis"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "fake":
        fake = FakeQueue()
        return Stage(fake, fake.lose, lambda: setattr(fake, "is_down", True))
    url: str = request.getfixturevalue("redis_url")
    prefix = f"contract{next(_numbers)}:"
    real = RedisHandoffQueue(url, prefix=prefix)
    server = redis.Redis.from_url(url)

    def lose() -> None:
        server.delete(*server.scan_iter(f"{prefix}*"))

    def go_down() -> None:
        real._redis.connection_pool.disconnect()
        real._redis.connection_pool.connection_kwargs["path"] = "/nowhere/redis.sock"

    return Stage(real, lose, go_down)


@pytest.fixture
def queue(stage: Stage) -> HandoffQueue:
    stage.queue.rebuild([], [], [])
    return stage.queue


def offer(conversation_id: int, rep: str = "rep01") -> Offer:
    return Offer(conversation_id, rep, 1, MORNING)


def test_smaller_ranks_are_served_first_and_limits_hold(queue: HandoffQueue) -> None:
    for conversation_id, rank in ((1, 30.0), (2, 10.0), (3, 20.5)):
        queue.enqueue(conversation_id, "loan", rank)

    assert queue.waiting("loan", 10) == [2, 3, 1]
    assert queue.waiting("loan", 2) == [2, 3]
    assert queue.waiting("ebank", 10) == []


def test_equal_ranks_keep_one_order_for_everybody(queue: HandoffQueue) -> None:
    for conversation_id in (9, 10, 2):
        queue.enqueue(conversation_id, "loan", 5.0)

    assert queue.waiting("loan", 10) == [10, 2, 9]


def test_putting_in_line_again_moves_and_never_doubles(queue: HandoffQueue) -> None:
    queue.enqueue(1, "loan", 10.0)
    queue.enqueue(2, "loan", 20.0)

    queue.enqueue(1, "loan", 30.0)
    queue.enqueue(2, "ebank", 1.0)

    assert queue.waiting("loan", 10) == [1]
    assert queue.waiting("ebank", 10) == [2]


def test_a_held_chat_leaves_its_line_once(queue: HandoffQueue) -> None:
    queue.enqueue(1, "loan", 10.0)

    assert queue.hold(offer(1), "loan")
    assert not queue.hold(offer(1, "rep02"), "loan")
    assert queue.waiting("loan", 10) == []


def test_what_does_not_wait_on_this_desk_cannot_be_held(queue: HandoffQueue) -> None:
    queue.enqueue(1, "loan", 10.0)

    assert not queue.hold(offer(7), "loan")
    assert not queue.hold(offer(1), "ebank")
    assert queue.waiting("loan", 10) == [1]


def test_a_chat_put_in_line_again_is_no_longer_held(queue: HandoffQueue) -> None:
    queue.enqueue(1, "loan", 10.0)
    assert queue.hold(offer(1), "loan")

    queue.enqueue(1, "loan", 10.0)

    assert queue.waiting("loan", 10) == [1]
    assert queue.hold(offer(1), "loan")


def test_a_released_chat_is_in_no_line(queue: HandoffQueue) -> None:
    queue.enqueue(1, "loan", 10.0)

    for _ in range(2):
        queue.release(1)
    queue.release(99)

    assert queue.waiting("loan", 10) == []


def test_a_screen_is_alive_from_its_beat_until_it_leaves(queue: HandoffQueue) -> None:
    queue.beat("rep01")
    queue.beat("rep02")
    queue.leave("rep02")
    queue.leave("rep03")

    found = queue.silences()

    assert found.keys() == {"rep01"}
    assert 0 <= found["rep01"] < 5


def test_lost_keys_ask_for_a_rebuild_and_a_rebuild_is_the_whole_truth(stage: Stage, queue: HandoffQueue) -> None:
    queue.enqueue(8, "loan", 1.0)
    queue.beat("gone")
    assert not queue.needs_rebuild()
    stage.lose()
    assert queue.needs_rebuild()
    queue.enqueue(9, "loan", 1.0)

    queue.rebuild([(1, "loan", 20.0), (2, "loan", 10.0), (3, "ebank", 1.0)], [offer(4)], ["rep01"])

    assert not queue.needs_rebuild()
    assert (queue.waiting("loan", 10), queue.waiting("ebank", 10)) == ([2, 1], [3])
    assert queue.silences().keys() == {"rep01"}


@pytest.mark.parametrize(
    "act",
    [
        lambda queue: queue.enqueue(1, "loan", 1.0),
        lambda queue: queue.waiting("loan", 5),
        lambda queue: queue.hold(offer(1), "loan"),
        lambda queue: queue.release(1),
        lambda queue: queue.beat("rep01"),
        lambda queue: queue.leave("rep01"),
        lambda queue: queue.silences(),
        lambda queue: queue.needs_rebuild(),
        lambda queue: queue.rebuild([], [], []),
    ],
    ids=["enqueue", "waiting", "hold", "release", "beat", "leave", "silences", "needs_rebuild", "rebuild"],
)
def test_an_absent_redis_is_told_as_such_by_every_call(stage: Stage, act: Callable[[HandoffQueue], object]) -> None:
    stage.go_down()

    with pytest.raises(QueueUnavailable):
        act(stage.queue)
