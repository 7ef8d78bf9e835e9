"""What a run leaves on disk about itself: one lock, the process ids, whether it is ready. Read by stop.py and tests.

Files in `var/run/`: `xinqiao.lock` (held while a run lives), `xinqiao.pid` (the supervisor), `processes.json`, `ready`.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

# psutil reckons a start time from the boot time, which moves a little when the machine's clock is set.
START_TOLERANCE_S = 2.0


class AlreadyRunning(Exception):
    """Another run holds this folder. `pid` is its supervisor, or None while it is still starting."""

    def __init__(self, pid: int | None) -> None:
        super().__init__("already running")
        self.pid = pid


@dataclass(frozen=True)
class Recorded:
    """A process as it was when we started it; it leads its own process group."""

    name: str
    pid: int
    started_at: float
    program: str

    @classmethod
    def of(cls, name: str, pid: int, argv: tuple[str, ...]) -> "Recorded":
        """The record of a process that has just been started. Raises psutil.NoSuchProcess when it is gone already."""
        return cls(name, pid, psutil.Process(pid).create_time(), Path(argv[0]).name)

    def is_alive(self) -> bool:
        """True while this very process lives; False for a stranger that got the same number later."""
        try:
            process = psutil.Process(self.pid)
            same_start = abs(process.create_time() - self.started_at) < START_TOLERANCE_S
            return (
                same_start and process.status() != psutil.STATUS_ZOMBIE and self.program in " ".join(process.cmdline())
            )
        except psutil.Error:
            return False

    def has_group(self) -> bool:
        """True while any process of its group lives that began no earlier than it did."""
        return any(_belongs(process, self) for process in psutil.process_iter())


class RunRecord:
    """The files of one `var` folder."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "run"
        self.folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for as long as a run lives; the kernel lets go when it dies. Raises AlreadyRunning."""
        with (self.folder / "xinqiao.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AlreadyRunning(self.supervisor_pid()) from error
            (self.folder / "ready").unlink(missing_ok=True)  # of a run that was killed
            try:
                yield
            finally:
                for name in ("ready", "processes.json", "xinqiao.pid"):
                    (self.folder / name).unlink(missing_ok=True)

    def is_held(self) -> bool:
        """True while a run lives."""
        with (self.folder / "xinqiao.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def supervisor_pid(self) -> int | None:
        """The process that `make run` is, as last written down."""
        return _number(self.folder / "xinqiao.pid")

    def write_supervisor(self) -> None:
        """Write down this process as the supervisor."""
        _replace(self.folder / "xinqiao.pid", str(os.getpid()))

    def write(self, processes: list[Recorded]) -> None:
        """Write down the processes in the order they were started."""
        _replace(self.folder / "processes.json", json.dumps([asdict(process) for process in processes], indent=1))

    def read(self) -> list[Recorded]:
        """The processes last written down, in the order they were started; empty after a clean stop."""
        try:
            rows = json.loads((self.folder / "processes.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return []
        return [Recorded(**row) for row in rows]

    def mark_ready(self) -> None:
        """Say that everything answers."""
        _replace(self.folder / "ready", str(os.getpid()))

    def is_ready(self) -> bool:
        """True once the live run has said that everything answers."""
        return self.is_held() and self.ready_pid() is not None

    def ready_pid(self) -> int | None:
        """The supervisor that said so; of a run that was killed, too."""
        return _number(self.folder / "ready")


def _belongs(process: psutil.Process, leader: Recorded) -> bool:
    try:
        if os.getpgid(process.pid) != leader.pid or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return bool(process.create_time() >= leader.started_at - START_TOLERANCE_S)
    except (psutil.Error, ProcessLookupError, PermissionError):
        return False


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def _replace(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)
