"""The purge's report on the terminal."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.db import Database
from bot.privacy.model import PurgeReport
from deploy import retention
from tests.factories import MORNING


@pytest.fixture
def _product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'test.db'}")
    monkeypatch.setattr(retention, "open_clock", lambda _url: nullcontext(FixedClock(MORNING)))


@pytest.mark.usefixtures("_product")
def test_a_purge_is_reported_class_by_class(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert retention.main(["report"]) == 1
    assert "No purge yet" in capsys.readouterr().err

    assert retention.main(["purge"]) == 0
    assert retention.main(["report"]) == 0

    told = capsys.readouterr().out
    assert "Purge of 2026-11-24: 0 rows removed" in told
    assert "pushes " in told
    assert "3650-365, seal" in told


@pytest.mark.usefixtures("_product")
def test_a_purge_that_did_not_finish_is_told(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with database.transaction() as session:
        session.add(PurgeReport(run_on=MORNING.date(), data_class="pushes", started_at=MORNING, removed=7))

    assert retention.main(["report", "--on", "2026-11-24"]) == 1
    assert "NOT FINISHED" in capsys.readouterr().out
    assert retention.main(["report", "--on", "2026-11-25"]) == 1
    assert "No purge on 2026-11-25" in capsys.readouterr().err


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("APP_ENV", "nowhere")

    assert retention.main(["report"]) == 1
    assert "APP_ENV" in capsys.readouterr().err
