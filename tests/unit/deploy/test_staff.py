"""Adding a person to the console from the command line."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.db import Base, Database
from bot.staff.model import Role, StaffMember
from deploy import staff

PASSWORD = "a first password"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'staff.db'}"
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.close()
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def test_a_new_rep_is_written_down_with_desks_and_a_hashed_password(url: str) -> None:
    assert staff.main(["rep11", "小孙", "rep", "--desks", "loan", "general", "--chats", "3"], lambda _: PASSWORD) == 0

    (found,) = _everybody(url)
    assert (found.display_name, found.role, found.skills, found.capacity) == ("小孙", Role.REP, ["loan", "general"], 3)
    assert found.password_hash.startswith("$argon2id$")


def test_a_person_of_a_branch_is_written_down_with_it(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert staff.main(["zhang", "张经理", "branch"], lambda _: PASSWORD) == 1
    assert staff.main(["rep11", "小孙", "rep", "--branch", "鼓楼支行"], lambda _: PASSWORD) == 1
    assert staff.main(["zhang", "张经理", "branch", "--branch", "鼓楼支行"], lambda _: PASSWORD) == 0

    (found,) = _everybody(url)
    assert (found.role, found.branch) == (Role.BRANCH, "鼓楼支行")


def test_somebody_who_is_known_stays_as_he_is(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    staff.main(["rep11", "小孙", "rep"], lambda _: PASSWORD)

    assert staff.main(["rep11", "别人", "admin"], lambda _: "another password") == 1

    (found,) = _everybody(url)
    assert (found.display_name, found.role) == ("小孙", Role.REP)
    assert "known already" in capsys.readouterr().out


def test_a_short_password_is_refused(url: str) -> None:
    assert staff.main(["rep11", "小孙", "rep"], lambda _: "short") == 1
    assert _everybody(url) == []


@pytest.mark.parametrize("wrong", [["rep11", "小孙", "boss"], ["rep11", "小孙", "rep", "--desks", "kitchen"]])
def test_an_unknown_role_or_desk_is_refused(url: str, wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        staff.main(wrong, lambda _: PASSWORD)
    assert _everybody(url) == []


def _everybody(url: str) -> list[StaffMember]:
    database = Database(url)
    with database.reading() as session:
        found = list(session.scalars(select(StaffMember)))
        session.expunge_all()
    database.close()
    return found
