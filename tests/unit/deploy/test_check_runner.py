"""The runner of checks: one failure fails the whole, and says why."""

import sys
from pathlib import Path

import pytest

from deploy.local.check_runner import Check, run_all


def _check(name: str, code: str) -> Check:
    return Check(name, (sys.executable, "-c", code), closing_lines=1)


def test_a_failed_check_is_named_and_shows_all_its_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = run_all([_check("good", "pass"), _check("bad", "print('why'); print('last'); exit(1)")], tmp_path, 2)

    assert failed == ["bad"]
    assert "why\nlast" in capsys.readouterr().out


def test_a_passed_check_shows_its_closing_line_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = run_all([_check("good", "print('noise'); print('3 passed')")], tmp_path, 1)

    shown = capsys.readouterr().out
    assert failed == []
    assert "3 passed" in shown
    assert "noise" not in shown


def test_a_program_that_is_missing_is_a_failure(tmp_path: Path) -> None:
    assert run_all([Check("lint", ("/nowhere/lint",))], tmp_path, 1) == ["lint"]


def test_a_check_ended_by_a_signal_is_a_failure(tmp_path: Path) -> None:
    assert run_all([_check("killed", "import os; os.kill(os.getpid(), 9)")], tmp_path, 1) == ["killed"]
