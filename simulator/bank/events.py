"""The bank reports a fact: signed, sent to the product, and true in the fake core bank from then on."""

import hashlib
import hmac
import json
import secrets
from typing import Any

from simulator.bank import facts
from simulator.push.wire import request
from simulator.world import World

CUT_S = 10.0


class BadEvent(Exception):
    """The control body is not an event. The message says why."""


def report(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Sign and send one event; returns what was sent and the product's answer. Raises BadEvent."""
    with world.lock:
        event = _event(world, body)
        _record(world, event)
        raw = json.dumps(event, ensure_ascii=False).encode()
        timestamp = str(int(world.clock.now_s()))
    headers = {
        "Content-Type": "application/json",
        "X-Bank-Timestamp": timestamp,
        "X-Bank-Signature": sign(world.settings.bank_events_secret, timestamp, raw),
    }
    answer = request("POST", world.settings.bank_events_url, headers, raw, CUT_S)
    text = answer.body.decode(errors="replace")
    return {"event": event, "status": answer.status, "error": answer.error, "body": text[:2000]}


def sign(secret: str, timestamp: str, raw: bytes) -> str:
    """Hex HMAC-SHA256 over timestamp, a dot and the raw body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def _record(world: World, event: dict[str, Any]) -> None:
    firm = world.bank.find(event.get("firm_id"))
    if firm is None:
        return
    try:
        facts.apply(event["type"], firm, event["data"], world.bank.today())
    except facts.BadFact as error:
        raise BadEvent(str(error)) from error


def _event(world: World, body: dict[str, Any]) -> dict[str, Any]:
    kind, data = body.get("type"), body.get("data", {})
    if not isinstance(kind, str) or not kind:
        raise BadEvent("type must be a text")
    if not isinstance(data, dict):
        raise BadEvent("data must be an object")
    event: dict[str, Any] = {
        "event_id": body.get("event_id") or f"evt_{secrets.token_hex(12)}",
        "type": kind,
        "occurred_at": body.get("occurred_at") or world.clock.now().isoformat(),
        "data": data,
    }
    for name in ("firm_id", "openid"):
        if body.get(name):
            event[name] = body[name]
    # Whoever names only the follower means the firm bound to it.
    if "firm_id" not in event and event.get("openid") in world.bank.bindings:
        event["firm_id"] = world.bank.bindings[event["openid"]]
    return event
