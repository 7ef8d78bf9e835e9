"""The part of setup.py that may assume Python 3.11: one setup at a time, then the module that was asked for."""

import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from deploy.local.plan import MODES, ROOT, plan
from deploy.local.progress import Board
from deploy.local.steps import Aborted, SetupFailed, perform

STAMPS = ROOT / "var" / "setup"
LOGS = ROOT / "var" / "log"


def main(arguments: list[str]) -> int:
    """Run the steps of the mode, then become the module named after it. Exit code 1 after a failure, which is told."""
    if not arguments or arguments[0] not in MODES:
        print(f"usage: python3 -m deploy.local.setup {'|'.join(MODES)} [MODULE [ARGUMENT...]]", file=sys.stderr)
        return 2
    mode, *then = arguments
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _check_make()
        with _alone(STAMPS):
            perform(plan(mode), ROOT, STAMPS, LOGS, Board(sys.stdout))
    except (Aborted, KeyboardInterrupt):
        print("setup: stopped")
        return 130
    except SetupFailed as error:
        print(f"\nsetup: {error}", file=sys.stderr)
        return 1
    if then:
        _become(then)
    return 0


def _check_make() -> None:
    if shutil.which("make") is None:
        raise SetupFailed(
            "GNU make is missing; install it (Debian: apt-get install make; macOS: xcode-select --install)."
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: another setup of this folder is at work; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _become(module_and_arguments: list[str]) -> NoReturn:
    # exec keeps the process: Ctrl-C and SIGTERM sent to make's child reach the module itself.
    sys.stdout.flush()
    python = str(ROOT / ".venv" / "bin" / "python")
    os.chdir(ROOT)
    os.execv(python, [python, "-m", *module_and_arguments])


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
