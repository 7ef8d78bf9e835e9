"""What every implementation of ports.Viewers does: the fake in memory and the real one on a real Redis."""

import itertools

import pytest
import redis

from bot.adapters import redis_viewers
from bot.adapters.redis_viewers import RedisViewers
from bot.errors import QueueUnavailable
from bot.ports import Viewers, Viewing
from tests.fakes import FakeViewers

_numbers = itertools.count()


@pytest.fixture(params=["fake", "redis"])
def viewers(request: pytest.FixtureRequest) -> Viewers:
    if request.param == "fake":
        return FakeViewers()
    return RedisViewers(request.getfixturevalue("redis_url"), prefix=f"viewers{next(_numbers)}:")


def test_what_one_has_open_replaces_what_he_had(viewers: Viewers) -> None:
    assert viewers.look("rep01", Viewing(7, is_typing=False)) is None
    assert viewers.look("rep01", Viewing(8, is_typing=True)) == Viewing(7, is_typing=False)
    assert viewers.look("rep02", Viewing(8, is_typing=False)) is None

    assert viewers.now() == {"rep01": Viewing(8, is_typing=True), "rep02": Viewing(8, is_typing=False)}


def test_nothing_open_is_nothing_seen(viewers: Viewers) -> None:
    viewers.look("rep01", Viewing(7, is_typing=False))

    assert viewers.look("rep01", None) == Viewing(7, is_typing=False)
    assert viewers.look("rep01", None) is None
    assert viewers.now() == {}


def test_what_was_said_long_ago_no_longer_counts(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    viewers = RedisViewers(redis_url, prefix="viewers-old:")
    monkeypatch.setattr(redis_viewers, "FRESH_S", 0)

    viewers.look("rep01", Viewing(7, is_typing=False))

    assert viewers.now() == {}
    assert viewers.look("rep01", None) is None


@pytest.mark.parametrize("act", [lambda viewers: viewers.now(), lambda viewers: viewers.look("rep01", None)])
def test_an_unreachable_redis_is_told(redis_url: str, act) -> None:
    viewers = RedisViewers(redis_url)
    viewers._redis = redis.Redis(unix_socket_path="/nowhere/redis.sock", decode_responses=True)
    viewers._look = viewers._redis.register_script("return 1")
    viewers._now = viewers._redis.register_script("return 1")

    with pytest.raises(QueueUnavailable):
        act(viewers)
