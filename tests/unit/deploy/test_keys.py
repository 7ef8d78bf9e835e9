"""Rotating field keys: everything under the newest key, so that the old one can be dropped."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from bot.db import Base, Database
from bot.fields import install_keys, write_as_previous_release
from bot.handoff.model import Conversation
from bot.transcripts.model import Line
from config.settings import Settings
from deploy import keys
from tests.factories import MORNING, add_waiting, hear
from tests.unit.privacy.people import NAME, PHONE, add_everything

OLD = ("k1", base64.b64encode(b"1" * 32).decode())
NEW = ("k_2", base64.b64encode(b"2" * 32).decode())
LINES = keys.BATCH + 3


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings) -> Iterator[None]:
    install_keys([OLD])
    yield
    install_keys(settings.field_keys)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("FIELD_KEYS", ",".join(":".join(pair) for pair in (NEW, OLD)))
    return url


def values(database: Database) -> list[str]:
    """Every stored text of the database, as it lies there."""
    with database.reading() as session:
        return [
            str(value)
            for table in Base.metadata.sorted_tables
            for row in session.execute(text(f"SELECT * FROM {table.name}"))
            for value in row
            if value is not None
        ]


def test_after_the_rotation_the_old_key_may_go(database: Database, url: str) -> None:
    add_everything(database)

    assert keys.main(["status"]) == 1
    assert keys.main(["rotate"]) == 0
    assert keys.main(["status"]) == 0

    assert not [value for value in values(database) if value.startswith(("k1:", '"k1:'))]
    install_keys([NEW])
    with database.reading() as session:
        assert NAME in session.scalars(select(Line.text)).first()  # type: ignore[operator]
        assert session.scalars(select(Line.detail)).first() == {"label": NAME}
        assert session.scalars(select(Conversation.session)).first() == {"slots": {"phone": PHONE}}


def test_every_sealed_column_of_every_table_is_known() -> None:
    known = {str(column) for column in keys.sealed_columns()}

    assert {"followers.phone", "lines.detail", "deliveries.content", "inbox.answer", "sealed_records.content"} <= known
    assert {"platform_token.value", "conversations.outcome_note", "followups.reason", "followups.result"} <= known


def test_what_an_earlier_release_left_in_clear_is_sealed(database: Database, url: str) -> None:
    write_as_previous_release(is_wanted=True)
    add_everything(database)
    write_as_previous_release(is_wanted=False)
    assert any(NAME in value for value in values(database))

    assert keys.main(["rotate"]) == 0

    assert not [value for value in values(database) if NAME in value or PHONE in value]
    with database.reading() as session:
        assert session.scalars(select(Conversation.outcome_note)).first() == f"关于{NAME}"


def test_a_rotation_that_died_goes_on_where_it_was(
    database: Database, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = add_waiting(database)
    for number in range(LINES):
        hear(database, chat, f"第{number}句", MORNING + timedelta(seconds=number))
    commits = []

    def die_at_the_second_batch(*_: object) -> None:
        commits.append(1)
        if len(commits) == 2:
            raise KeyboardInterrupt

    install_keys([NEW, OLD])
    column = next(column for column in keys.sealed_columns() if str(column) == "lines.text")
    event.listen(database.engine, "commit", die_at_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        keys._rotate_column(database, column)
    event.remove(database.engine, "commit", die_at_the_second_batch)

    assert keys.main(["rotate"]) == 0

    told = capsys.readouterr()
    assert "lines.text: 500 so far" in told.err
    assert "lines.text: 3 sealed anew" in told.out
    install_keys([NEW])
    with database.reading() as session:
        assert len(session.scalars(select(Line.text)).all()) == LINES


def test_a_value_that_changed_meanwhile_is_left_alone(database: Database) -> None:
    chat = add_waiting(database)
    hear(database, chat, "旧话")
    install_keys([NEW, OLD])
    column = next(column for column in keys.sealed_columns() if str(column) == "lines.text")
    seen = keys._batch(database, column, None)
    with database.transaction() as session:
        session.scalars(select(Line)).one().text = "新话"
    batches = iter([seen, []])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_batch", lambda *_: next(batches))
        keys._rotate_column(database, column)

    with database.reading() as session:
        assert session.scalars(select(Line.text)).one() == "新话"


def test_what_no_key_opens_is_told_and_left(
    database: Database, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_everything(database)
    monkeypatch.setenv("FIELD_KEYS", ":".join(NEW))

    assert keys.main(["rotate"]) == 1

    assert "could not be opened" in capsys.readouterr().out
    install_keys([OLD])
    with database.reading() as session:
        assert session.scalars(select(Line.detail)).first() == {"label": NAME}


def test_nothing_is_sealed_while_the_release_before_still_reads(
    database: Database, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BESIDE_PREVIOUS_RELEASE", "yes")

    assert keys.main(["rotate"]) == 1
    assert "BESIDE_PREVIOUS_RELEASE" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["rotate", "status"])
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("APP_ENV", "nowhere")

    assert keys.main([command]) == 1
    assert "APP_ENV" in capsys.readouterr().err
