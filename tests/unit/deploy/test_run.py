"""The run with a table of one small web server: ready, told to stop, or ended by a process that dies. Redis is real."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import run
from deploy.local.environment import PORTS, Environment, load
from deploy.local.ports import taken
from deploy.local.processes import Image, Process
from deploy.local.record import RunRecord

SERVER = Process("api", Image.APP, "python -m http.server {API_PORT} --bind {HOST}", 1, "API_PORT", "/")
DIES = Process("worker", Image.APP, "python -m http.server no-port", 2)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    monkeypatch.setattr(run, "BEFORE", ())
    monkeypatch.setattr(run, "PROCESSES", (SERVER,))
    monkeypatch.setattr(run, "_register", lambda *_: None)
    ports = {name: str(number) for name, number in zip(PORTS, _free_ports(), strict=True)}
    yield load({"PATH": os.environ["PATH"], "XINQIAO_VAR": str(tmp_path / "var"), **ports}, tmp_path)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_run_becomes_ready_and_leaves_nothing_when_told_to_stop(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = RunRecord(environment.var)
    monkeypatch.setattr(run, "_register", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    monkeypatch.setattr(RunRecord, "mark_ready", _keep_record_for(environment))

    code = run._run(environment, record, run.CTRL_C)

    assert code == 0
    assert "Ctrl-C stops everything" in (shown := capsys.readouterr().out)
    assert "SIGTERM: stopping" in shown
    started = _kept(environment)
    assert [process.name for process in started] == ["redis", "api"]
    assert not any(process.is_alive() or process.has_group() for process in started)
    assert taken(environment.ports) == []


def test_the_end_of_one_process_ends_the_run_with_a_failure(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "PROCESSES", (SERVER, DIES))

    code = run._run(environment, RunRecord(environment.var), "")

    assert code == 1
    assert "worker ended by itself (exit 2)" in capsys.readouterr().out
    assert taken(environment.ports) == []


def test_a_port_in_use_is_told_before_anything_starts(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", environment.ports["API_PORT"])):
        code = run._run(environment, RunRecord(environment.var), "")

    assert code == 1
    assert "API_PORT=" in capsys.readouterr().err
    assert RunRecord(environment.var).read() == []


def _keep_record_for(environment: Environment):
    def keep(record: RunRecord) -> None:
        (environment.var / "kept.json").write_bytes((record.folder / "processes.json").read_bytes())

    return keep


def _kept(environment: Environment):
    record = RunRecord(environment.var)
    (environment.var / "kept.json").replace(record.folder / "processes.json")
    return record.read()


def _free_ports() -> list[int]:
    """Numbers that were free a moment ago, all different: held together while they are chosen."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
    numbers = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return numbers
