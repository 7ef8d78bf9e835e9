"""A loopback server that plays the platform from a script: hangs, hangs up, sends garbage, refuses tokens."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Call:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    body: bytes = b'{"errcode":0,"errmsg":"ok"}'
    status: int = 200
    content_type: str = "application/json"
    hangs: bool = False
    hangs_up: bool = False
    location: str | None = None


def refuse(errcode: int) -> Answer:
    return Answer(json.dumps({"errcode": errcode, "errmsg": "no rid: 61725984-6126f6f9-040f19c4"}).encode())


@dataclass
class Platform:
    """`answers` by path; a path that is missing answers ok. Tokens are numbered: token-1, token-2, ..."""

    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Callable[[Call], Answer]] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def says(self, path: str, answer: Answer) -> None:
        self.answers[path] = lambda _: answer

    def called(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        if call.path in self.answers:
            return self.answers[call.path](call)
        if call.path == "/cgi-bin/stable_token":
            number = len(self.called(call.path))
            return Answer(json.dumps({"access_token": f"token-{number}", "expires_in": 7200}).encode())
        return Answer()

    def start(self) -> Callable[[], None]:
        """Listen; what comes back stops it."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"

        def stop() -> None:
            self.released.set()
            server.shutdown()
            server.server_close()
            thread.join()

        return stop


def _handler_of(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._give(platform.answer(Call(parts.path, query, dict(self.headers), body)))

        def do_POST(self) -> None:
            self.do_GET()

        def _give(self, answer: Answer) -> None:
            if answer.hangs:
                platform.released.wait(20)
            if answer.hangs or answer.hangs_up:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # the client has gone

    return Handler
