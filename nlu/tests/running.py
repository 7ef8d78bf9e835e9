"""The server as a process of its own, for tests: staged models, a free port, requests."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any

import stage_component

TESTS_DIR = Path(__file__).resolve().parent
READY_LIMIT_S = 30.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: Any


@dataclass(frozen=True)
class Server:
    """A running server; `log` is all it ever wrote."""

    port: int
    process: subprocess.Popen[bytes]
    models: Path
    gate: Path
    log: Path

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, sent, headers or {})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        is_json = answer.headers.get_content_type() == "application/json"
        return Answer(answer.status, answer.headers, json.loads(content) if is_json else content.decode())

    def parse(self, text: str, deadline_ms: int | None = None, **more: Any) -> Answer:
        headers = {} if deadline_ms is None else {"X-Deadline-Ms": str(deadline_ms)}
        return self.ask("POST", "/model/parse", {"text": text, **more}, headers)

    def figure(self, line: str) -> float:
        """The value of one line of /metrics, 0 when it is not there."""
        found = [row for row in self.ask("GET", "/metrics").body.splitlines() if row.startswith(f"{line} ")]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0.0


@contextmanager
def running(archive: Path, folder: Path, *, ready: bool = True, **variables: str) -> Iterator[Server]:
    """The server with this archive; `folder` takes its gate and log, the archive's folder is its models folder."""
    port = free_port()
    gate, log = folder / f"gate-{port}", folder / f"log-{port}"
    environment = {**os.environ, "PYTHONPATH": str(TESTS_DIR), stage_component.GATE_VARIABLE: str(gate), **variables}
    command = [sys.executable, str(TESTS_DIR.parent / "server.py"), "--port", str(port)]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, "--models", str(archive.parent), "--model", str(archive)],
            env=environment,
            stdout=written,
            stderr=written,
        )
    server = Server(port, process, archive.parent, gate, log)
    try:
        until(lambda: _status(server, "/readyz" if ready else "/healthz") == 200)
        yield server
    finally:
        gate.touch()
        process.terminate()
        process.wait(timeout=20)


def until(holds: Callable[[], bool], limit_s: float = READY_LIMIT_S) -> None:
    """Returns as soon as the condition holds."""
    give_up = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < give_up, "the condition never held"
        time.sleep(0.01)


def staged(source: Path, target: Path, model_id: str, **config: bool) -> Path:
    """A copy of a trained archive with another model id and with the stage component, so configured, at its end."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
        for member in old.getmembers():
            if not member.isfile():
                new.addfile(member)
                continue
            file = old.extractfile(member)
            assert file is not None
            content = file.read()
            if Path(member.name).name == "metadata.json":
                content = _with_stage(content, model_id, config)
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _with_stage(metadata: bytes, model_id: str, config: dict[str, bool]) -> bytes:
    described = json.loads(metadata)
    described["model_id"] = model_id
    nodes = described["predict_schema"]["nodes"]
    last = nodes["run_RegexMessageHandler"]["needs"]
    nodes["run_stage"] = {
        **nodes[last["messages"]],
        "needs": {"messages": last["messages"]},
        "uses": "stage_component.Stage",
        "constructor_name": "create",
        "fn": "process",
        "config": config,
        "resource": None,
    }
    last["messages"] = "run_stage"
    return json.dumps(described).encode()


def _status(server: Server, path: str) -> int:
    assert server.process.poll() is None, server.log.read_text()
    try:
        return server.ask("GET", path).status
    except OSError:
        return 0
