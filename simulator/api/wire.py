"""How every API call is received: verb, token, body, quota, faults, log. Areas register plain functions here."""

import contextlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request

from simulator.errors import ApiError
from simulator.replies import json_response
from simulator.spoiling import executes, given_up, hang_up, spoiled, struck_fault
from simulator.world import World

SECRET_NAMES = ("secret", "appsecret")
# An escape of a character outside ASCII, with the (even number of) backslashes before it.
_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(?=[0-9a-fA-F]{4})(?!00[0-7])")


@dataclass(frozen=True)
class Upload:
    """The file of a multipart call."""

    filename: str
    data: bytes


@dataclass
class ApiCall:
    """One call as its area sees it. `body` is the JSON object of a POST."""

    world: World
    query: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    upload: Upload | None = None
    # Done after the call and before its answer goes out, not under the world's lock.
    before_answer: list[Callable[[], None]] = field(default_factory=list)

    def text(self, name: str, errcode: int) -> str:
        """A text of the body that is not empty. Raises ApiError with this code."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise ApiError(errcode)
        return value


Reply = dict[str, Any] | Response
Handler = Callable[[ApiCall], Reply]
OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}


class Area:
    """The endpoints of one part of the platform, as a blueprint."""

    def __init__(self, name: str, world: World) -> None:
        self.blueprint = Blueprint(name, __name__)
        self._world = world

    def get(self, path: str, handler: Handler, *, needs_token: bool = True) -> None:
        """Register a GET endpoint; another verb gets 43001."""
        self._add(path, handler, _Rule("GET", needs_token, has_json=False))

    def post(self, path: str, handler: Handler, *, needs_token: bool = True) -> None:
        """Register a POST endpoint with a JSON body; another verb gets 43002."""
        self._add(path, handler, _Rule("POST", needs_token, has_json=True))

    def upload(self, path: str, handler: Handler) -> None:
        """Register a POST endpoint that takes a file in the part `media`."""
        self._add(path, handler, _Rule("POST", needs_token=True, has_json=False))

    def either(self, path: str, handler: Handler, *, needs_token: bool = True) -> None:
        """Register an endpoint the platform serves under both verbs."""
        self._add(path, handler, _Rule(None, needs_token, has_json=False))

    def _add(self, path: str, handler: Handler, rule: "_Rule") -> None:
        def view(**_: str) -> Response:
            return _serve(self._world, handler, rule)

        self.blueprint.add_url_rule(path, f"{rule.verb} {path}".replace(".", "_"), view, methods=["GET", "POST"])


@dataclass(frozen=True)
class _Rule:
    verb: str | None
    needs_token: bool
    has_json: bool


def keep_escapes(raw: bytes) -> bytes:
    r"""The body with \uXXXX of non-ASCII characters made literal: the platform shows them as they were written."""
    return _ESCAPE.sub(rb"\1\\\\u", raw)


def _serve(world: World, handler: Handler, rule: _Rule) -> Response:
    started = time.monotonic()
    fault = struck_fault(world, request.path)
    if fault is not None and fault.drop_connection:
        return hang_up()
    call = ApiCall(world, request.args.to_dict())
    if fault is not None and not executes(fault):
        response = spoiled(fault, None)
    else:
        executed = _execute(call, handler, rule)
        response = executed if fault is None else spoiled(fault, executed)
    _log(world, call, response, started)
    return given_up(fault) if fault is not None and fault.timeout_after_execution else response


def _execute(call: ApiCall, handler: Handler, rule: _Rule) -> Response:
    world = call.world
    try:
        _receive(call, rule)
        with world.lock:
            if rule.needs_token:
                world.tokens.check(call.query.get("access_token"))
            _parse(call, rule)
            world.quota.count(request.path)
            reply = handler(call)
    except ApiError as error:
        return json_response(error.as_reply())
    for act in call.before_answer:
        act()
    return reply if isinstance(reply, Response) else json_response(reply)


def _receive(call: ApiCall, rule: _Rule) -> None:
    if rule.verb is not None and request.method != rule.verb:
        raise ApiError(43001 if rule.verb == "GET" else 43002)
    # The body is read here, not under the lock: a caller that sends slowly must not stop the world.
    if rule.verb != "POST" or rule.has_json:
        # Before anything looks at a form: whatever Content-Type a client sends, the body is JSON. Flask keeps it.
        request.get_data()
        return
    for name, part in request.files.items():
        # Large parts lie in temporary files; none may stay open.
        with contextlib.closing(part):
            if name == "media":
                call.upload = Upload(part.filename or "", part.read())


def _parse(call: ApiCall, rule: _Rule) -> None:
    # The token is looked at before the body, so a bad token on an empty body is a token error.
    if not rule.has_json:
        return
    raw = request.get_data()
    if not raw.strip():
        raise ApiError(44002)
    try:
        body = json.loads(keep_escapes(raw))
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(body, dict):
        raise ApiError(47001)
    call.body = body


def _log(world: World, call: ApiCall, response: Response, started: float) -> None:
    is_json = "json" in (response.content_type or "")
    body: Any = call.body
    if not body and request.method == "POST":
        body = f"{len(call.upload.data)} bytes" if call.upload else request.get_data(as_text=True)[:4096]
    entry = {
        "at": world.clock.now().isoformat(),
        "method": request.method,
        "path": request.path,
        "query": _without_secrets(call.query),
        "body": _without_secrets(body) if isinstance(body, dict) else body,
        "status": response.status_code,
        "reply": _reply_of(response) if is_json else f"{len(response.get_data())} bytes",
        "ms": round((time.monotonic() - started) * 1000),
    }
    with world.lock:
        world.calls.add(entry)


def _reply_of(response: Response) -> Any:
    try:
        return json.loads(response.get_data())
    except ValueError:
        return response.get_data(as_text=True)  # truncated on purpose


def _without_secrets(values: dict[str, Any]) -> dict[str, Any]:
    return {name: "***" if name in SECRET_NAMES else value for name, value in values.items()}
