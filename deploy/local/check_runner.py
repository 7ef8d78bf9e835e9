"""Runs checks a few at a time, each with its own log and time limit. Used by checks.py."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from config.settings import ROOT

TIME_LIMIT_S = 30 * 60
FAILURE_LINES = 400
NEWS_EVERY_S = 30.0
POLL_S = 0.1


@dataclass(frozen=True)
class Check:
    """One program that must end with 0. `closing_lines` of its output are shown when it does."""

    name: str
    command: tuple[str, ...]
    cwd: Path = ROOT
    env: Mapping[str, str] = field(default_factory=dict)
    closing_lines: int = 3


def run_all(checks: Sequence[Check], logs: Path, slots: int) -> list[str]:
    """Run all of them, `slots` at a time; the names of those that failed. Ends its children when it is ended itself."""
    logs.mkdir(parents=True, exist_ok=True)
    waiting, running, failed = deque(checks), list[_Running](), list[str]()
    news_at = time.monotonic() + NEWS_EVERY_S
    with _ending_children(running):
        while waiting or running:
            while waiting and len(running) < slots:
                running.append(_Running(waiting.popleft(), logs))
            for one in [one for one in running if one.has_ended()]:
                running.remove(one)
                if not one.report():
                    failed.append(one.check.name)
            if running and time.monotonic() > news_at:
                news_at = time.monotonic() + NEWS_EVERY_S
                print(
                    "still at work: " + ", ".join(f"{one.check.name} ({one.age_s:.0f} s)" for one in running),
                    flush=True,
                )
            time.sleep(POLL_S)
    return failed


class _Running:
    def __init__(self, check: Check, logs: Path) -> None:
        self.check = check
        self._log = logs / f"check-{check.name}.log"
        self._began = time.monotonic()
        self._timed_out = False
        with self._log.open("wb") as output:
            self._child: subprocess.Popen[bytes] | None = _spawn(check, output.fileno())
        if self._child is None:
            self._log.write_text(f"{check.command[0]}: cannot be started\n", encoding="utf-8")

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._began

    def has_ended(self) -> bool:
        if self._child is None or self._child.poll() is not None:
            return True
        if self.age_s > TIME_LIMIT_S:
            self._timed_out = True
            self.end()
        return self._timed_out

    def end(self) -> None:
        if self._child is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(timeout=20)

    def report(self) -> bool:
        """Show how it ended. True when it passed."""
        passed = self._child is not None and self._child.returncode == 0 and not self._timed_out
        lines = self._log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
        verdict = "passed" if passed else f"FAILED{' (time limit)' if self._timed_out else ''}"
        print(f"\n--- {self.check.name}: {verdict} ({self.age_s:.1f} s)", flush=True)
        print("\n".join(lines[-(self.check.closing_lines if passed else FAILURE_LINES) :]), flush=True)
        return passed


def _spawn(check: Check, output: int) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            check.command,
            cwd=check.cwd,
            env={**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "0", **check.env},  # the output goes to a file first
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError:
        return None


@contextmanager
def _ending_children(running: list[_Running]) -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        for one in running:
            one.end()
        print("\nstopped", file=sys.stderr)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
