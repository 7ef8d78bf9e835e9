"""The supervisor with real, tiny processes: output, endings, order of stopping, nothing left over."""

import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.record import RunRecord
from deploy.local.supervisor import ChildEnded, StopRequested, Supervisor

WAIT = "import signal, sys; print('up', flush=True); signal.pause()"
# Writes its name where the test looks when it is told to stop, so the order can be read.
NOTES_ITS_END = """
import signal, sys
def end(*_):
    with open(sys.argv[2], 'a') as file:
        file.write(sys.argv[1] + '\\n')
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print('up', flush=True)
signal.pause()
"""
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
)
WITH_GRANDCHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])
print('grandchild', child.pid, flush=True)
child.wait()
"""


class Stage:
    """A supervisor whose terminal is a string."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.terminal = io.StringIO()
        self.record = RunRecord(var)
        self.supervisor = Supervisor(self.record, var / "log", self.terminal)

    def start(self, name: str, code: str, *arguments: str) -> None:
        self.supervisor.start(name, (sys.executable, "-c", code, *arguments), os.environ, self.var)

    def await_line(self, name: str, text: str) -> str:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for line in self.terminal.getvalue().splitlines():
                if f" {name} " in line and text in line:
                    return line
        raise AssertionError(self.terminal.getvalue())


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.supervisor.stop([], grace_s=0.1)


def test_output_goes_to_the_terminal_with_its_name_and_to_its_own_log(stage: Stage) -> None:
    stage.start("web", WAIT)

    line = stage.await_line("web", "up")

    assert "| up" in line
    assert (stage.var / "log" / "web.log").read_text(encoding="utf-8") == "up\n"


def test_a_process_that_ends_by_itself_is_reported_with_its_exit_code(stage: Stage) -> None:
    stage.start("web", "raise SystemExit(7)")

    with pytest.raises(ChildEnded, match=r"web ended by itself \(exit 7\)"):
        stage.supervisor.wait_until(lambda: False)


def test_a_failed_single_run_is_reported(stage: Stage) -> None:
    with pytest.raises(ChildEnded, match=r"migrate failed \(exit 3\)"):
        stage.supervisor.run("migrate", (sys.executable, "-c", "raise SystemExit(3)"), os.environ, stage.var)


def test_a_single_run_gives_way_when_a_process_beside_it_ends(stage: Stage) -> None:
    stage.start("redis", "raise SystemExit(1)")

    with pytest.raises(ChildEnded, match="redis"):
        stage.supervisor.run("migrate", (sys.executable, "-c", WAIT), os.environ, stage.var)


def test_waves_end_one_after_the_other_and_the_unnamed_last(stage: Stage) -> None:
    ended = stage.var / "ended"
    for name in ("redis", "web", "beat"):
        stage.start(name, NOTES_ITS_END, name, str(ended))
        stage.await_line(name, "up")

    stage.supervisor.stop([["beat"], ["web"]])

    assert ended.read_text(encoding="utf-8").split() == ["beat", "web", "redis"]


def test_a_process_that_ignores_the_stop_is_killed(stage: Stage) -> None:
    stage.start("web", STUBBORN)
    stage.await_line("web", "up")
    [recorded] = stage.record.read()

    stage.supervisor.stop([["web"]], grace_s=0.1)

    assert not recorded.is_alive()
    assert "web does not stop" in stage.terminal.getvalue()


def test_what_a_process_started_itself_ends_with_it(stage: Stage) -> None:
    stage.start("web", WITH_GRANDCHILD)
    grandchild = psutil.Process(int(stage.await_line("web", "grandchild").split()[-1]))

    stage.supervisor.stop([["web"]], grace_s=5)

    psutil.wait_procs([grandchild], timeout=10)
    assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_for_the_stop_at_the_next_check(stage: Stage, number: signal.Signals) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    stage.supervisor.listen()
    try:
        os.kill(os.getpid(), number)

        with pytest.raises(StopRequested, match=number.name):
            stage.supervisor.wait_until(lambda: False)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_a_closed_terminal_does_not_end_the_run(stage: Stage) -> None:
    stage.terminal.close()

    stage.supervisor.say("nobody reads this")

    stage.supervisor.check()
