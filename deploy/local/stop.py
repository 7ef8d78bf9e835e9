"""`make stop`: end a run, or what a killed run left behind. Only processes the run wrote down, if still the same."""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from config.settings import SettingsError
from deploy.local.environment import load
from deploy.local.record import Recorded, RunRecord

SUPERVISOR_GRACE_S = 60.0
REMAINS_GRACE_S = 10.0
POLL_S = 0.1


def main() -> int:
    """Exit code: 0 when nothing of the run lives any more."""
    try:
        environment = load()
    except SettingsError as error:
        print(f"xinqiao: {error}", file=sys.stderr)
        return 1
    record = RunRecord(environment.var)
    stopped = _stop_supervisor(record)
    ended = clear_remains(record)
    if not stopped and not ended:
        print("Nothing is running.")
    return 1 if record.is_held() else 0


def clear_remains(record: RunRecord) -> list[str]:
    """The names of the processes of a killed run that were ended, last started first, so that Redis goes last."""
    remains = [process for process in reversed(record.read()) if process.is_alive() or process.has_group()]
    for process in remains:
        print(f"ending {process.name} (process {process.pid}), left by an earlier run")
        _end(process)
    for name in ("processes.json", "ready"):
        (record.folder / name).unlink(missing_ok=True)
    return [process.name for process in remains]


def _stop_supervisor(record: RunRecord) -> bool:
    pid = record.supervisor_pid()
    if pid is None or not record.is_held():  # the kernel drops the lock with its holder: not held means it is gone
        return False
    print(f"stopping the run (process {pid})")
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    if not _wait(lambda: not record.is_held(), SUPERVISOR_GRACE_S):
        print("it does not stop; killing it")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _wait(lambda: not record.is_held(), REMAINS_GRACE_S)
    return True


def _end(process: Recorded) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        if _wait(lambda: not process.is_alive() and not process.has_group(), REMAINS_GRACE_S):
            return


def _wait(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


if __name__ == "__main__":
    sys.exit(main())
