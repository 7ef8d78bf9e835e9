"""The bell between processes, over Redis pub/sub. Losing a ring costs only the next sweep's delay, so nothing here
raises.
"""

import threading

import redis
import structlog

log = structlog.get_logger()
TIMEOUT_S = 0.5


class RedisWaker:
    """ports.Waker over one Redis."""

    def __init__(self, url: str, prefix: str = "xinqiao:bell:") -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
        self._prefix = prefix
        self._heard: dict[str, redis.client.PubSub] = {}

    def ring(self, name: str) -> None:
        """Tell everybody waiting for `name` that there is something new."""
        try:
            self._redis.publish(self._prefix + name, b"1")
        except redis.RedisError as error:
            log.warning("bell_not_rung", bell=name, error=type(error).__name__)

    def wait(self, name: str, timeout_s: float) -> None:
        """Return when `name` was rung or the time is over. One thread per name may wait."""
        try:
            self._listen(name).get_message(ignore_subscribe_messages=True, timeout=timeout_s)
        except redis.RedisError:
            self._heard.pop(name, None)
            threading.Event().wait(timeout_s)

    def _listen(self, name: str) -> redis.client.PubSub:
        if name not in self._heard:
            listener = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            listener.subscribe(self._prefix + name)
            self._heard[name] = listener
        return self._heard[name]
