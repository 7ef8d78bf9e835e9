"""A simulator and, on the other side, a small callback of the tests' own that does what each test tells it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from simulator.app import create_app
from simulator.settings import SimSettings
from simulator.world import World
from tests.on_a_port import on_a_port

T = TypeVar("T")
OPENID = "oTestFollower00000000000001A"


@dataclass(frozen=True)
class Received:
    """One request as it reached the callback."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


Answer = tuple[int, bytes]


def answer_success(_: Received) -> Answer:
    return 200, b"success"


@dataclass
class Callback:
    """The product's place: keeps what it received and answers by `respond`."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    respond: Callable[[Received], Answer] = answer_success
    released: threading.Event = field(default_factory=threading.Event)

    def hang(self, _: Received) -> Answer:
        """Give no answer until the test is over."""
        self.released.wait(10)
        return 200, b"success"


@pytest.fixture
def callback() -> Iterator[Callback]:
    state = Callback()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            request = Received(len(state.received), self.command, parts.path, query, dict(self.headers), body)
            state.received.append(request)
            status, data = state.respond(request)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                return  # the simulator has cut the connection

        do_GET = do_POST = _serve  # noqa: N815 -- the names http.server looks for

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- its name in http.server
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield state
    state.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sim_settings(callback: Callback) -> SimSettings:
    return SimSettings(callback_url=f"{callback.url}/wechat", bank_events_url=f"{callback.url}/bank/events")


@pytest.fixture
def app(sim_settings: SimSettings) -> Iterator[Flask]:
    made = create_app(sim_settings)
    yield made
    # Nobody listens any more to what the platform would still tell.
    made.extensions["world"].later.clear()


@pytest.fixture
def world(app: Flask) -> World:
    found: World = app.extensions["world"]
    return found


@pytest.fixture
def sim(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def api(sim: FlaskClient, sim_settings: SimSettings) -> Callable[..., Any]:
    """Call the platform API with a fresh stable token: api("POST", path, json) or api("GET", path, **query)."""
    account = {"grant_type": "client_credential", "appid": sim_settings.app_id, "secret": sim_settings.app_secret}

    def call(verb: str, path: str, json: Any = None, **query: Any) -> Any:
        token = sim.post("/cgi-bin/stable_token", json=account).get_json()["access_token"]
        reply = sim.open(path, method=verb, json=json, query_string={"access_token": token, **query})
        assert reply.status_code == 200
        return reply.json

    return call


@pytest.fixture
def follower(sim: FlaskClient) -> str:
    """A follower who has just followed; the welcome was answered with success."""
    assert sim.post("/sim/followers", json={"openid": OPENID, "name": "陶先生"}).status_code == 201
    return OPENID


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The simulator on a real port, for clients that bring their own HTTP."""
    with on_a_port(app) as url:
        yield url


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(look: Callable[[], T], within_s: float = 3.0) -> T:
    """What `look` sees as soon as it is something: the platform tells some things in its own time."""
    until = time.monotonic() + within_s
    while not (found := look()) and time.monotonic() < until:
        threading.Event().wait(0.01)
    return found
