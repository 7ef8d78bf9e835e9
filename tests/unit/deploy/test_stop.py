"""Ending what a killed run left behind, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local import stop
from deploy.local.record import AlreadyRunning, Recorded, RunRecord

WAIT = (sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()")


@pytest.fixture
def orphan() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(WAIT, stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    child.stdout.readline()
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return RunRecord(tmp_path)


def test_a_process_left_by_a_killed_run_is_ended(record: RunRecord, orphan: subprocess.Popen[bytes]) -> None:
    record.write([Recorded.of("web", orphan.pid, WAIT)])

    ended = stop.clear_remains(record)

    assert ended == ["web"]
    assert orphan.wait(timeout=10) != 0
    assert record.read() == []


def test_a_stranger_with_a_recorded_number_is_left_alone(record: RunRecord, orphan: subprocess.Popen[bytes]) -> None:
    recorded = Recorded.of("web", orphan.pid, WAIT)
    record.write([replace(recorded, started_at=recorded.started_at + 3600)])

    ended = stop.clear_remains(record)

    assert ended == []
    assert orphan.poll() is None


def test_another_program_under_the_number_is_not_ours(orphan: subprocess.Popen[bytes]) -> None:
    recorded = replace(Recorded.of("redis", orphan.pid, WAIT), program="redis-server")

    assert not recorded.is_alive()


def test_a_second_run_in_the_same_folder_is_refused_with_the_first_ones_number(record: RunRecord) -> None:
    with record.held():
        record.write_supervisor()

        with pytest.raises(AlreadyRunning) as caught, RunRecord(record.folder.parent).held():
            pass

    assert caught.value.pid == os.getpid()


def test_what_a_killed_run_said_of_itself_does_not_make_the_next_one_ready(record: RunRecord) -> None:
    record.mark_ready()

    with record.held():
        assert not record.is_ready()


def test_a_clean_end_leaves_no_record(record: RunRecord) -> None:
    with record.held():
        record.write_supervisor()
        record.mark_ready()

    assert record.supervisor_pid() is None
    assert not record.is_ready()
    assert not record.is_held()
