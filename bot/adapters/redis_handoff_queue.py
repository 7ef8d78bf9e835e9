"""The rep queue in Redis: order, offers and presence. See ports.HandoffQueue; every key here can be lost and rebuilt.

Keys (prefix "xinqiao:"): line:{skill} sorted set of conversations by rank · line_of hash conversation → skill ·
offered_to hash conversation → rep · beats sorted set rep → last sign of life · epoch. That a rep is asked about one
chat at a time is checked in SQL: a key left behind here must not keep anybody from work.
Time is Redis's own, so that processes with different clocks agree.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import redis

from bot.errors import QueueUnavailable
from bot.ports import Offer

T = TypeVar("T")
TIMEOUT_S = 0.5
EPOCH = "3"

_ENQUEUE = """
redis.call('HDEL', KEYS[3], ARGV[1])
local old = redis.call('HGET', KEYS[2], ARGV[1])
if old and old ~= ARGV[2] then redis.call('ZREM', ARGV[4] .. old, ARGV[1]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""
_HOLD = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
return 1
"""
_RELEASE = """
local skill = redis.call('HGET', KEYS[1], ARGV[1])
if skill then
  redis.call('ZREM', ARGV[2] .. skill, ARGV[1])
  redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
"""


class RedisHandoffQueue:
    """ports.HandoffQueue over one Redis."""

    def __init__(self, url: str, prefix: str = "xinqiao:") -> None:
        self._redis = redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        )
        self._prefix = prefix
        self._enqueue = self._redis.register_script(_ENQUEUE)
        self._hold = self._redis.register_script(_HOLD)
        self._release = self._redis.register_script(_RELEASE)

    def enqueue(self, conversation_id: int, skill: str, rank: float) -> None:
        """Put a conversation into its line, and nowhere else."""
        keys = [self._key("line", skill), self._key("line_of"), self._key("offered_to")]
        args: list[str | float] = [conversation_id, skill, rank, self._key("line", "")]
        self._call(lambda: self._enqueue(keys=keys, args=args))

    def waiting(self, skill: str, limit: int) -> list[int]:
        """The first conversations of a line, in order."""
        found: Any = self._call(lambda: self._redis.zrange(self._key("line", skill), 0, limit - 1))
        return [int(member) for member in found]

    def hold(self, offer: Offer, skill: str) -> bool:
        """Take a conversation out of its line for one rep; False if it is not waiting."""
        keys = [self._key("line", skill), self._key("line_of"), self._key("offered_to")]
        return bool(self._call(lambda: self._hold(keys=keys, args=[str(offer.conversation_id), offer.rep])))

    def release(self, conversation_id: int) -> None:
        """Forget a conversation: from every line and every offer."""
        keys = [self._key("line_of"), self._key("offered_to")]
        args: list[str | float] = [conversation_id, self._key("line", "")]
        self._call(lambda: self._release(keys=keys, args=args))

    def beat(self, rep: str) -> None:
        """The rep's screen is alive."""
        self._call(lambda: self._redis.zadd(self._key("beats"), {rep: self._now()}))

    def leave(self, rep: str) -> None:
        """The rep's screen is gone."""
        self._call(lambda: self._redis.zrem(self._key("beats"), rep))

    def silences(self) -> dict[str, float]:
        """Seconds since each known rep's screen was last alive."""
        found: Any = self._call(lambda: (self._redis.zrange(self._key("beats"), 0, -1, withscores=True), self._now()))
        beats, now = found
        return {rep: max(0.0, now - at) for rep, at in beats}

    def tick(self) -> float:
        """The desk's timer ran; seconds since it last did, 0.0 the first time."""
        now = self._call(self._now)
        before: Any = self._call(lambda: self._redis.set(self._key("tick"), now, get=True))
        return now - float(before) if before else 0.0

    def needs_rebuild(self) -> bool:
        """True when the keys are not of the present epoch."""
        return bool(self._call(lambda: self._redis.get(self._key("epoch")) != EPOCH))

    def rebuild(self, waiting: Sequence[tuple[int, str, float]], offers: Sequence[Offer], reps: Sequence[str]) -> None:
        """Replace every key by what the database says."""
        self._call(lambda: self._rebuild(waiting, offers, reps))

    def _rebuild(self, waiting: Sequence[tuple[int, str, float]], offers: Sequence[Offer], reps: Sequence[str]) -> None:
        now = self._now()
        stale = list(self._redis.scan_iter(f"{self._prefix}*"))
        with self._redis.pipeline(transaction=True) as pipe:
            if stale:
                pipe.delete(*stale)
            for conversation_id, skill, rank in waiting:
                pipe.zadd(self._key("line", skill), {str(conversation_id): rank})
                pipe.hset(self._key("line_of"), str(conversation_id), skill)
            for offer in offers:
                pipe.hset(self._key("offered_to"), str(offer.conversation_id), offer.rep)
            for rep in reps:
                pipe.zadd(self._key("beats"), {rep: now})
            pipe.set(self._key("epoch"), EPOCH)
            pipe.execute()

    def _now(self) -> float:
        seconds, micros = self._redis.time()
        return float(seconds) + micros / 1e6

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)

    @staticmethod
    def _call(act: Callable[[], T]) -> T:
        try:
            return act()
        except (redis.ConnectionError, redis.TimeoutError, redis.ResponseError) as error:
            raise QueueUnavailable from error
