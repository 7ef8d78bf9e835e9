"""The whole running product as tests and the demo talk to it: the simulator's control calls and the console's
API, over HTTP.
"""

import json
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import httpx

T = TypeVar("T")

TIMEOUT_S = 20.0
PASSWORD = "xinqiao-demo"


class Phone:
    """One business owner with the account open on his phone."""

    def __init__(self, simulator: httpx.Client, name: str) -> None:
        self._simulator = simulator
        found = simulator.post("/sim/followers", json={"name": name}).raise_for_status().json()
        self.openid: str = found["openid"]

    def say(self, text: str) -> dict[str, Any]:
        """Send a text; what the control call tells of the push."""
        return self.push({"type": "text", "content": text})

    def tap(self, choice_id: str, text: str) -> dict[str, Any]:
        """Tap a line under an answer."""
        return self.push({"type": "text", "content": text, "bizmsgmenuid": choice_id})

    def push(self, body: dict[str, Any]) -> dict[str, Any]:
        """Any message or event."""
        answer = self._simulator.post(f"/sim/followers/{self.openid}/messages", json=body)
        return dict(answer.raise_for_status().json())

    def bind(self, firm_id: str) -> None:
        """Bind the follower to a firm of the simulated bank, as he would on the bank's own page."""
        body = {"openid": self.openid, "firm_id": firm_id}
        self._simulator.post("/sim/bank/bindings", json=body).raise_for_status()

    def transcript(self) -> list[dict[str, Any]]:
        """All the phone shows, in order."""
        return list(self._simulator.get(f"/sim/followers/{self.openid}/transcript").raise_for_status().json())

    def account_texts(self) -> list[str]:
        """What the account said, in order; a menu's head counts as its text."""
        return [
            entry.get("text") or entry.get("head") or "" for entry in self.transcript() if entry["from"] == "account"
        ]


class Console:
    """One signed-in member of staff."""

    def __init__(self, api: str, username: str) -> None:
        # A connection each: the server closes idle ones after two seconds, perhaps just as one is used again.
        self.client = httpx.Client(base_url=api, timeout=TIMEOUT_S, limits=httpx.Limits(max_keepalive_connections=0))
        found = self.client.post("/api/session", json={"username": username, "password": PASSWORD}).raise_for_status()
        self.client.headers["X-CSRF-Token"] = found.json()["csrf_token"]
        self.username = username

    def ready(self) -> None:
        """On duty, with a live screen."""
        self.client.put("/api/me/status", json={"status": "ready"}).raise_for_status()
        self.client.post("/api/me/heartbeat").raise_for_status()

    def offline(self) -> None:
        """Off duty."""
        self.client.put("/api/me/status", json={"status": "offline"}).raise_for_status()

    def now(self) -> datetime:
        """What time it is to the console, as its stream of events says first."""
        with self.client.stream("GET", "/api/events") as stream:
            hello = next(line for line in stream.iter_lines() if line.startswith("data: "))
        return datetime.fromisoformat(json.loads(hello.removeprefix("data: "))["now"])

    def handoffs(self, **query: str) -> list[dict[str, Any]]:
        """One page of conversations."""
        return list(self.client.get("/api/handoffs", params=query).raise_for_status().json()["items"])

    def show(self, handoff_id: int) -> dict[str, Any]:
        """One conversation."""
        return dict(self.client.get(f"/api/handoffs/{handoff_id}").raise_for_status().json())

    def accept(self, handoff_id: int) -> dict[str, Any]:
        """Take a chat."""
        return dict(self.client.post(f"/api/handoffs/{handoff_id}/accept").raise_for_status().json())

    def reply(
        self, handoff_id: int, text: str = "", card: str | None = None, *, takes_last: bool = False
    ) -> httpx.Response:
        """Send words or an approved card; the last message of the window only with `takes_last`."""
        body = {"client_key": uuid.uuid4().hex, "text": text, "is_last_confirmed": takes_last}
        return self.client.post(f"/api/handoffs/{handoff_id}/replies", json=body | ({"card": card} if card else {}))

    def flush(self, handoff_id: int) -> None:
        """Send at once what waits for more words."""
        self.client.post(f"/api/handoffs/{handoff_id}/replies/flush").raise_for_status()

    def close(self, handoff_id: int, outcome: str, note: str = "") -> None:
        """End a chat."""
        self.client.post(
            f"/api/handoffs/{handoff_id}/close", json={"outcome": outcome, "note": note}
        ).raise_for_status()


def eventually(look: Callable[[], T], *, within_s: float = 10.0, every_s: float = 0.1) -> T:
    """What `look` finds as soon as it is truthy; the last look's value when the time is over."""
    until = time.monotonic() + within_s
    while not (found := look()) and time.monotonic() < until:
        time.sleep(every_s)
    return found
