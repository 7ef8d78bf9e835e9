"""Who has which conversation open, in one Redis hash: colleague → "conversation:typing:until", by Redis' own clock."""

import redis

from bot.errors import QueueUnavailable
from bot.ports import Viewing

TIMEOUT_S = 0.5
# A page says so every 15 seconds.
FRESH_S = 40

# KEYS hash; ARGV colleague, "conversation:typing" or "", seconds. Returns what was there, with its end and the time.
_LOOK = """
local now = tonumber(redis.call('TIME')[1])
local before = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. (now + tonumber(ARGV[3])))
end
return {before or '', now}
"""
_NOW = "return {redis.call('HGETALL', KEYS[1]), tonumber(redis.call('TIME')[1])}"


class RedisViewers:
    """ports.Viewers over one Redis."""

    def __init__(self, url: str, prefix: str = "xinqiao:") -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, decode_responses=True
        )
        self._key = f"{prefix}viewing"
        self._look = self._redis.register_script(_LOOK)
        self._now = self._redis.register_script(_NOW)

    def look(self, rep: str, viewing: Viewing | None) -> Viewing | None:
        """Note what a colleague has open now, None for nothing; what he had open before. Safe to repeat."""
        told = f"{viewing.conversation_id}:{int(viewing.is_typing)}" if viewing else ""
        try:
            before, now = self._look(keys=[self._key], args=[rep, told, FRESH_S])
        except redis.RedisError as error:
            raise QueueUnavailable from error
        return _read(before, now) if before else None

    def now(self) -> dict[str, Viewing]:
        """What everybody has open."""
        try:
            pairs, now = self._now(keys=[self._key])
        except redis.RedisError as error:
            raise QueueUnavailable from error
        found = {rep: _read(told, now) for rep, told in zip(pairs[::2], pairs[1::2], strict=True)}
        return {rep: viewing for rep, viewing in found.items() if viewing is not None}


def _read(told: str, now: int) -> Viewing | None:
    """None when it was said too long ago."""
    conversation_id, is_typing, until = told.split(":")
    return Viewing(int(conversation_id), is_typing == "1") if int(until) > now else None
