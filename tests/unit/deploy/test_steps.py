"""Setup steps: skipped when nothing changed, ordered, and a failure that ends the others."""

import io
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.progress import Board
from deploy.local.steps import SetupFailed, Shell, Step, perform


class Bench:
    """A root folder with one input and one output, and a count of how often the step worked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.worked = 0
        self.output = io.StringIO()
        (root / "wanted.txt").write_text("one", encoding="utf-8")

    def work(self, shell: Shell) -> None:
        self.worked += 1
        (shell.root / "made.txt").write_text("made", encoding="utf-8")

    def step(self) -> Step:
        return Step("make", self.work, inputs=("wanted.txt",), outputs=("made.txt",))

    def perform(self, *steps: Step) -> str:
        perform(steps, self.root, self.root / "stamps", self.root / "log", Board(self.output))
        return self.output.getvalue()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_step_runs_once_while_its_inputs_stay_the_same(bench: Bench) -> None:
    bench.perform(bench.step())

    said = bench.perform(bench.step())

    assert bench.worked == 1
    assert "everything is in place" in said


def test_a_changed_input_runs_the_step_again(bench: Bench) -> None:
    bench.perform(bench.step())
    (bench.root / "wanted.txt").write_text("two", encoding="utf-8")

    bench.perform(bench.step())

    assert bench.worked == 2


def test_a_lost_output_runs_the_step_again(bench: Bench) -> None:
    bench.perform(bench.step())
    (bench.root / "made.txt").unlink()

    bench.perform(bench.step())

    assert bench.worked == 2


def test_a_failed_step_leaves_no_stamp(bench: Bench) -> None:
    def fail(shell: Shell) -> None:
        shell.run(sys.executable, "-c", "raise SystemExit('the reason')")

    with pytest.raises(SetupFailed):
        bench.perform(Step("make", fail, inputs=("wanted.txt",)))
    bench.perform(bench.step())

    assert bench.worked == 1


def test_a_failure_shows_the_end_of_the_log_and_names_it(bench: Bench) -> None:
    def fail(shell: Shell) -> None:
        shell.run(sys.executable, "-c", "print('first line'); raise SystemExit('the reason')")

    with pytest.raises(SetupFailed) as caught:
        bench.perform(Step("make", fail))

    assert "the reason" in str(caught.value)
    assert str(bench.root / "log" / "setup-make.log") in str(caught.value)


def test_a_failure_ends_the_steps_beside_it(bench: Bench) -> None:
    started = threading.Event()

    def linger(shell: Shell) -> None:
        started.set()
        shell.run(sys.executable, "-c", "import signal; signal.pause()")

    def fail(_shell: Shell) -> None:
        started.wait(10)
        raise SetupFailed("no such machine")

    with pytest.raises(SetupFailed, match="no such machine"):
        bench.perform(Step("linger", linger), Step("fail", fail))

    assert not (bench.root / "stamps" / "linger").exists()


def test_a_step_waits_for_the_one_it_comes_after(bench: Bench) -> None:
    order: list[str] = []

    bench.perform(Step("second", _note(order, "second"), after=("first",)), Step("first", _note(order, "first")))

    assert order == ["first", "second"]


def test_steps_without_an_order_run_side_by_side(bench: Bench) -> None:
    both = threading.Barrier(2, timeout=10)

    bench.perform(Step("left", lambda _shell: _meet(both)), Step("right", lambda _shell: _meet(both)))

    assert not both.broken


def test_a_step_that_looks_for_itself_is_skipped_when_the_machine_has_it(bench: Bench) -> None:
    bench.perform(Step("browser", bench.work, met=lambda _root: True))

    assert bench.worked == 0


def _note(order: list[str], name: str) -> Callable[[Shell], None]:
    return lambda _shell: order.append(name)


def _meet(barrier: threading.Barrier) -> None:
    barrier.wait()
