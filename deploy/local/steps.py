"""Steps that run side by side, each skipped when nothing it depends on has changed. Standard library only."""

import hashlib
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.progress import Board

TAIL_LINES = 30
POLL_S = 0.1


class SetupFailed(Exception):
    """A step cannot be done. The message is what the person at the terminal needs to read."""


class Aborted(Exception):
    """Another step failed or Ctrl-C came; this one was ended."""


@dataclass(frozen=True)
class Step:
    """One piece of setup.

    `inputs` are globs under the root whose contents decide whether it must run again; `outputs` are globs that must
    match something; `after` names steps that come first; `met` looks at the machine itself instead of a stamp.
    """

    name: str
    work: Callable[["Shell"], None]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    met: Callable[[Path], bool] | None = None


class Shell:
    """Runs the programs of one step; their output goes to its log."""

    def __init__(self, root: Path, log: Path, abort: threading.Event) -> None:
        self.root = root
        self.log = log
        self._abort = abort
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")

    def run(self, *argv: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        """Run a program to its end. Raises SetupFailed with the end of its output, or Aborted."""
        if not self.succeeds(*argv, cwd=cwd, env=env):
            raise SetupFailed(f"{' '.join(argv[:4])} ... failed; the whole log is {self.log}\n{self.tail()}")

    def succeeds(self, *argv: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> bool:
        """True when the program ends well. Raises Aborted."""
        with self.log.open("ab") as log:
            log.write(f"$ {' '.join(argv)}\n".encode())
            log.flush()
            child = subprocess.Popen(
                argv,
                cwd=cwd or self.root,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while child.poll() is None:
            if self._abort.wait(POLL_S):
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGTERM)
                child.wait()
                raise Aborted
        return child.returncode == 0

    def tail(self) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:])


def perform(steps: Sequence[Step], root: Path, stamps: Path, logs: Path, board: Board) -> None:
    """Do the steps that are due, as many side by side as their order allows. Raises SetupFailed, Aborted."""
    run = _Run(steps, root, stamps, logs, board)
    try:
        run.to_the_end()
    finally:
        run.abort.set()
        run.join()
        board.close()


class _Run:
    def __init__(self, steps: Sequence[Step], root: Path, stamps: Path, logs: Path, board: Board) -> None:
        self._places = (root, stamps, logs)
        self._board = board
        self._waiting = list(steps)
        self._done: set[str] = set()
        self._threads: dict[str, threading.Thread] = {}
        self._failures: list[SetupFailed] = []
        self.abort = threading.Event()
        stamps.mkdir(parents=True, exist_ok=True)

    def to_the_end(self) -> None:
        while self._waiting or len(self._done) < len(self._threads):
            if self._failures:
                raise self._failures[0]
            for step in [step for step in self._waiting if self._done.issuperset(step.after)]:
                self._waiting.remove(step)
                thread = threading.Thread(target=self._do, args=(step,), name=step.name)
                self._threads[step.name] = thread
                thread.start()
            self._board.draw()
            time.sleep(POLL_S)
        if self._failures:
            raise self._failures[0]

    def join(self) -> None:
        for thread in self._threads.values():
            thread.join()

    def _do(self, step: Step) -> None:
        root, stamps, logs = self._places
        try:
            mark = _mark(step, root)
            stamp = stamps / step.name
            if _is_done(step, root, stamp, mark):
                self._board.skipped(step.name)
            else:
                self._board.started(step.name, logs / f"setup-{step.name}.log")
                stamp.unlink(missing_ok=True)
                step.work(Shell(root, logs / f"setup-{step.name}.log", self.abort))
                stamp.write_text(mark, encoding="ascii")
                self._board.finished(step.name)
            self._done.add(step.name)
        except Aborted:
            self._board.stopped(step.name)
        except SetupFailed as error:
            self._board.failed(step.name)
            self._failures.append(error)
        except OSError as error:  # a thread's own failure must reach the terminal as one too
            self._board.failed(step.name)
            self._failures.append(SetupFailed(f"{step.name}: {error}"))


def _is_done(step: Step, root: Path, stamp: Path, mark: str) -> bool:
    if step.met is not None:
        return step.met(root)
    made = all(any(root.glob(pattern)) for pattern in step.outputs)
    return made and stamp.is_file() and stamp.read_text(encoding="ascii") == mark


def _mark(step: Step, root: Path) -> str:
    """A hash of all that decides the step's result: inputs, Python, machine, place (environments do not move)."""
    found = hashlib.sha256(f"{root}|{sys.version}|{platform.machine()}".encode())
    for pattern in step.inputs:
        for file in sorted(path for path in root.glob(pattern) if path.is_file()):
            found.update(f"\0{file.relative_to(root)}\0".encode())
            found.update(file.read_bytes())
    return found.hexdigest()
