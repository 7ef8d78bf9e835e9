"""What setup shows while it works: a live line a step on a terminal, plain lines elsewhere. Standard library only."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

NEWS_EVERY_S = 30.0
WIDTH = 100
_SIGNS = {"working": "…", "done": "✓", "skipped": "✓", "failed": "✗", "stopped": "-"}


@dataclass
class _Line:
    state: str
    log: Path | None = None
    began: float = field(default_factory=time.monotonic)
    took_s: float = 0.0


class Board:
    """The state of every step, drawn to `output`. Safe to call from the steps' threads."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._live = output.isatty()
        self._lock = threading.Lock()
        self._lines: dict[str, _Line] = {}
        self._drawn = 0
        self._news_at = time.monotonic() + NEWS_EVERY_S

    def started(self, name: str, log: Path) -> None:
        """The step is at work; its log's last line is shown beside it."""
        with self._lock:
            self._lines[name] = _Line("working", log)
            self._tell(f"setup: {name} ...")

    def skipped(self, name: str) -> None:
        """The step had nothing to do."""
        with self._lock:
            self._lines[name] = _Line("skipped")

    def finished(self, name: str) -> None:
        """The step is done."""
        self._ended(name, "done")

    def failed(self, name: str) -> None:
        """The step failed."""
        self._ended(name, "failed")

    def stopped(self, name: str) -> None:
        """The step was ended because another one failed."""
        self._ended(name, "stopped")

    def draw(self) -> None:
        """Show the present state; called several times a second."""
        with self._lock:
            if self._live:
                self._redraw()
            elif time.monotonic() > self._news_at:
                self._news_at = time.monotonic() + NEWS_EVERY_S
                at_work = [name for name, line in self._lines.items() if line.state == "working"]
                self._tell(
                    "setup: still at work: " + ", ".join(f"{name} ({_age(self._lines[name])})" for name in at_work)
                )

    def close(self) -> None:
        """Draw for the last time."""
        with self._lock:
            if self._live:
                self._redraw()
            elif all(line.state == "skipped" for line in self._lines.values()):
                self._tell("setup: everything is in place")

    def _ended(self, name: str, state: str) -> None:
        with self._lock:
            line = self._lines.setdefault(name, _Line(state))
            line.state, line.took_s = state, time.monotonic() - line.began
            self._tell(f"setup: {name} {state} ({_age(line)})")

    def _tell(self, text: str) -> None:
        if not self._live:
            print(text, file=self._output, flush=True)

    def _redraw(self) -> None:
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        shown = [f"\x1b[2K{_text(name, line)[:WIDTH]}" for name, line in self._lines.items()]
        print(up + "\n".join(shown), file=self._output, flush=True)
        self._drawn = len(shown)


def _text(name: str, line: _Line) -> str:
    beside = "in place" if line.state == "skipped" else _age(line)
    news = _last_words(line.log) if line.state == "working" else ""
    return f" {_SIGNS[line.state]} {name:18} {beside:>9}  {news}"


def _age(line: _Line) -> str:
    return f"{time.monotonic() - line.began if line.state == 'working' else line.took_s:.1f} s"


def _last_words(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 400))
        lines = file.read().decode("utf-8", "replace").replace("\r", "\n").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
