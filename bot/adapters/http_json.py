"""One guarded way to ask an inner HTTP service for JSON: a deadline, a size cap, a breaker, one error for every
failure.
"""

import json
import time
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from bot.adapters.breaker import Breaker

CONNECT_S = 0.3
# More than the threads that run turns in one process (webhooks, worker); one too many waits for a connection.
MOST_CONNECTIONS = 32
MAX_BYTES = 1024 * 1024


Shape = TypeVar("Shape", bound=BaseModel)


class NoAnswer(Exception):
    """Timed out, refused, too large, too busy, not 2xx, not JSON, or the breaker is open."""


class NotThere(Exception):
    """404."""


class JsonService:
    """A service at one address; thread-safe."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, breaker: Breaker | None = None) -> None:
        # trust_env off: a proxy variable of the machine must not see the bank's inner traffic.
        limits = httpx.Limits(
            max_connections=MOST_CONNECTIONS, max_keepalive_connections=MOST_CONNECTIONS, keepalive_expiry=30
        )
        self._client = httpx.Client(base_url=url, headers=headers, trust_env=False, limits=limits)
        self._breaker = breaker or Breaker()

    def get(self, path: str, shape: type[Shape], *, timeout_s: float) -> Shape:
        """The answer to a GET, in its shape. Raises NoAnswer, NotThere."""
        return self._shaped(shape, self._ask("GET", path, None, {}, timeout_s))

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        shape: type[Shape],
        *,
        timeout_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Shape:
        """The answer to a POST, in its shape. Raises NoAnswer, NotThere."""
        return self._shaped(shape, self._ask("POST", path, body, headers or {}, timeout_s))

    def close(self) -> None:
        """Closes the kept connections; no call may follow."""
        self._client.close()

    def _shaped(self, shape: type[Shape], content: bytes) -> Shape:
        try:
            # json.loads, because pydantic's own reader lets NaN through where a field may be anything.
            found = shape.model_validate(json.loads(content, parse_constant=_refuse_constant))
        except ValueError as error:
            self._breaker.failed()
            raise NoAnswer("nonsense") from error
        self._breaker.succeeded()
        return found

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], timeout_s: float
    ) -> bytes:
        if not self._breaker.allows():
            raise NoAnswer("breaker open")
        timeout = httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
        deadline = time.monotonic() + timeout_s
        try:
            with self._client.stream(method, path, json=body, headers=headers, timeout=timeout) as answer:
                content = _read(answer, deadline)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._breaker.failed()
            raise NoAnswer(type(error).__name__) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            self._breaker.succeeded()
            raise NotThere
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "Retry-After" in answer.headers:
            self._breaker.overloaded()
            raise NoAnswer("busy")
        if not answer.is_success or content is None:
            self._breaker.failed()
            raise NoAnswer(str(answer.status_code))
        return content


def _read(answer: httpx.Response, deadline: float) -> bytes | None:
    """The body; None when it is too large or drips past the deadline, which the library's own timeout does not see."""
    content = b""
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MAX_BYTES or time.monotonic() > deadline:
            return None
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
