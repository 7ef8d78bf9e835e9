"""Small HTTP calls to processes on this machine. http.client keeps the supervisor light."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any

TIMEOUT_S = 5.0


class CallFailed(Exception):
    """The process did not answer, or not with 2xx. The message says which call and what came back."""


def answers(port: int, path: str) -> bool:
    """True when a GET of `path` gives 200."""
    try:
        return _exchange(port, "GET", path, None)[0] == 200
    except CallFailed:
        return False


def post(port: int, path: str, body: Mapping[str, object]) -> Any:
    """The JSON reply to a POST. Raises CallFailed."""
    status, text = _exchange(port, "POST", path, json.dumps(body).encode())
    if not 200 <= status < 300:
        raise CallFailed(f"POST {path} on port {port} gave {status}: {text[:200].decode('utf-8', 'replace')}")
    return json.loads(text or b"null")


def _exchange(port: int, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body is not None else {})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, HTTPException) as error:
        raise CallFailed(f"{method} {path} on port {port}: {error!r}") from error
    finally:
        connection.close()
