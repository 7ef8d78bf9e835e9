"""Starts the product's processes, shows their output, ends them in order. Used by run.py; knows nothing of the product.

Honcho prints the prefixed lines. Its Manager is not used: it keeps one more process per child, ends all at once (Redis
must go last) and kills after a fixed time.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import IO, TextIO

import psutil
from honcho.colour import get_colours
from honcho.printer import Message, Printer

from deploy.local.record import Recorded, RunRecord

POLL_S = 0.2
STOP_GRACE_S = 10.0
LOG_LIMIT_BYTES = 20_000_000
SELF = "xinqiao"


class StopRequested(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


class ChildEnded(Exception):
    """A process that should live has ended. The message is the sentence to show."""


class Supervisor:
    """Child processes, each leading its own group, so that Ctrl-C reaches only us and a stop reaches all of theirs."""

    def __init__(self, record: RunRecord, log_folder: Path, output: TextIO) -> None:
        self._record = record
        self._log_folder = log_folder
        self._printer = Printer(output, width=len("simulator"))
        self._printing = threading.Lock()
        self._colours = cycle([colour for colour, _ in zip(get_colours(), range(12), strict=False)])
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._known: list[Recorded] = []
        self._signal: int | None = None
        log_folder.mkdir(parents=True, exist_ok=True)

    def listen(self) -> None:
        """Turn Ctrl-C, SIGTERM and SIGHUP into StopRequested at the next check()."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def say(self, text: str) -> None:
        """A line of our own."""
        self._print(SELF, None, text)

    def start(self, name: str, argv: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> None:
        """Start a process that should live until it is stopped."""
        child = self._spawn(name, argv, env, cwd)
        self._children[name] = child
        with suppress(psutil.NoSuchProcess):  # gone already: check() reports it with its exit code
            self._known.append(Recorded.of(name, child.pid, argv))
        self._record.write(self._known)

    def run(self, name: str, argv: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> None:
        """Run a process to its end. Raises ChildEnded unless it ends well; StopRequested."""
        child = self._spawn(name, argv, env, cwd)
        try:
            while child.poll() is None:
                self.check()
                time.sleep(POLL_S / 4)
        finally:
            _end_group(child.pid, signal.SIGKILL)
            code = child.wait()
        if code != 0:
            raise ChildEnded(f"{name} failed (exit {code}); see {self._log_folder / name}.log")

    def check(self) -> None:
        """Nothing while all is well. Raises StopRequested or ChildEnded."""
        if self._signal is not None:
            raise StopRequested(signal.Signals(self._signal).name)
        for name, child in self._children.items():
            if child.poll() is not None:
                raise ChildEnded(f"{name} ended by itself (exit {child.returncode}); see {self._log_folder / name}.log")

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for `condition`; raises what check() raises."""
        while not condition():
            self.check()
            time.sleep(POLL_S)

    def stop(self, waves: Iterable[Iterable[str]], grace_s: float = STOP_GRACE_S) -> None:
        """End every process, wave after wave: SIGTERM, then SIGKILL after `grace_s` or a second Ctrl-C."""
        self._signal = None
        for wave in waves:
            self._stop_wave([name for name in wave if name in self._children], grace_s)
        self._stop_wave(list(self._children), grace_s)

    def _stop_wave(self, names: list[str], grace_s: float) -> None:
        children = {name: self._children.pop(name) for name in names}
        for child in children.values():
            _end_group(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        while any(child.poll() is None for child in children.values()):
            if time.monotonic() > deadline or self._signal is not None:
                break
            time.sleep(POLL_S / 4)
        for name, child in children.items():
            if child.poll() is None:
                self.say(f"{name} does not stop; killing it")
            _end_group(child.pid, signal.SIGKILL)  # also what a leader left behind in its group
            child.wait()

    def _spawn(self, name: str, argv: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            argv,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert child.stdout is not None
        colour = next(self._colours)
        threading.Thread(target=self._relay, args=(name, colour, child.stdout), name=f"log-{name}", daemon=True).start()
        return child

    def _relay(self, name: str, colour: str, lines: IO[bytes]) -> None:
        log = self._log_folder / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as file, lines:
            for line in lines:
                file.write(line)
                file.flush()
                self._print(name, colour, line.decode("utf-8", "replace"))

    def _print(self, name: str, colour: str | None, text: str) -> None:
        # A closed terminal must not end the run: the log files go on.
        with self._printing, suppress(OSError, ValueError):
            self._printer.write(Message("line", text, datetime.now().astimezone(), name, colour))

    def _on_signal(self, number: int, _frame: object) -> None:
        self._signal = number


def _end_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
