"""`--detach`: start the run in a session of its own, show its progress, return when it is ready. Used by run.py."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from config.settings import ROOT
from deploy.local.environment import Environment
from deploy.local.record import RunRecord
from deploy.local.supervisor import SELF

# The argument by which the run knows that nobody sits at its terminal.
BEHIND = "--behind"
START_TIMEOUT_S = 300.0
OWN_LINE = re.compile(rf"^[\d:]{{8}} {SELF} *\| ?(.*)$")
TAIL_LINES = 30


def start_detached(environment: Environment) -> int:
    """Exit code: 0 when the product is ready, by us or because it ran already; 1 when it did not come up."""
    record = RunRecord(environment.var)
    if record.is_held():
        return _await_other(record)
    log = environment.var / "log" / "run.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            (sys.executable, "-m", "deploy.local.run", BEHIND),
            cwd=ROOT,  # the environment is inherited as it came: filled in, it would look as if Redis were given
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _follow(child, record, log)
    except KeyboardInterrupt:
        child.send_signal(signal.SIGTERM)
        child.wait()
        return 1


def _follow(child: subprocess.Popen[bytes], record: RunRecord, log: Path) -> int:
    deadline = time.monotonic() + START_TIMEOUT_S
    with log.open(encoding="utf-8", errors="replace") as lines:
        while record.ready_pid() != child.pid:
            _relay(lines.read())
            if child.poll() is not None or time.monotonic() > deadline:
                return _give_up(child, log)
            time.sleep(0.2)
        _relay(lines.read())
    print("It runs in the background; `make stop` ends it.")
    return 0


def _relay(text: str) -> None:
    for line in text.splitlines():
        own = OWN_LINE.match(line)
        if own:
            print(own.group(1), flush=True)


def _give_up(child: subprocess.Popen[bytes], log: Path) -> int:
    if child.poll() is None:
        child.terminate()
        child.wait()
    tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    print("\n".join((*tail, f"xinqiao: it did not start; the whole log is {log}")), file=sys.stderr)
    return 1


def _await_other(record: RunRecord) -> int:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not record.is_ready():
        if not record.is_held() or time.monotonic() > deadline:
            print("xinqiao: another run was starting and did not become ready; try again.", file=sys.stderr)
            return 1
        time.sleep(0.2)
    print(f"Xinqiao is already running (process {record.supervisor_pid()}).")
    return 0
