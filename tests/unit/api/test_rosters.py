"""People, shifts, absences and dedicated customers over HTTP; one's own roster."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.db import Database
from tests.factories import add_waiting
from tests.product import UnderTest
from tests.unit.api.conftest import Browser

AWAY = {"seen": 1, "away_for": "leave", "starts_at": "2026-11-24T01:00:00Z", "ends_at": "2026-11-25T01:00:00Z"}


@pytest.fixture
def boss(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


def row(boss: Browser, username: str = "rep", **query: str) -> Any:
    reps = boss.get("/api/rosters", **query).json["reps"]
    return next(one for one in reps if one["username"] == username)


def test_desks_and_capacity_change_under_the_version(boss: Browser) -> None:
    body = {"seen": 1, "skills": ["general", "loan"], "capacity": 6}

    answers = [boss.write("PUT", "/api/reps/rep2", body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 409]
    found = row(boss, "rep2")
    assert (found["skills"], found["capacity"], found["version"]) == (["loan", "general"], 6, 2)
    assert boss.write("PUT", "/api/reps/rep2", body | {"skills": ["moon"]}).status_code == 422


def test_a_week_is_written_shown_and_copied(boss: Browser) -> None:
    body = {"seen": 1, "monday": "2026-11-23", "shifts": [{"on": "2026-11-24", "template": "late"}]}
    assert boss.write("PUT", "/api/reps/rep/week", body).status_code == 204

    shown = boss.get("/api/rosters").json
    copied = boss.post("/api/rosters/copy", {"source": "2026-11-23", "target": "2026-11-30"}).json

    assert (shown["monday"], shown["templates"][2]) == (
        "2026-11-23",
        {"id": "late", "name": "晚班", "starts": "12:30", "ends": "20:30"},
    )
    assert [one["on"] for one in row(boss)["shifts"]] == ["2026-11-24"]
    assert copied == {"reps": 1}
    assert [one["on"] for one in row(boss, day="2026-12-03")["shifts"]] == ["2026-12-01"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/reps/rep/week", {"seen": 1, "monday": "2026-11-24", "shifts": []}),
        ("/api/reps/rep/week", {"seen": 1, "monday": "2026-11-23", "shifts": [{"on": "昨天", "template": "day"}]}),
        ("/api/rosters/copy", {"source": "2026-11-23", "target": "2026-11-23"}),
        ("/api/rosters/copy", {"source": "2026-11-24", "target": "2026-11-30"}),
    ],
)
def test_weeks_that_cannot_be(boss: Browser, path: str, body: dict[str, object]) -> None:
    assert boss.write("POST" if "copy" in path else "PUT", path, body).status_code == 422


def test_the_deputy_reads_what_the_owner_left(
    boss: Browser, signed_in: Callable[[str], Browser], product: UnderTest
) -> None:
    body = AWAY | {"deputy": "rep2", "note": "陶老板的续贷下周到期，验证码123456"}
    assert boss.post("/api/reps/rep/absences", body).status_code == 204

    deputy, owner = signed_in("rep2").get("/api/me/duty").json, signed_in("rep").get("/api/me/duty").json

    assert [(one["rep_name"], one["ends_at"]) for one in deputy["standing_in"]] == [("某rep", "2026-11-25T01:00:00Z")]
    assert "续贷下周到期" in deputy["standing_in"][0]["note"]
    assert "123456" not in deputy["standing_in"][0]["note"]
    assert (deputy["away_until"], owner["away_until"], owner["standing_in"]) == (None, "2026-11-25T01:00:00Z", [])
    absence = row(boss)["absences"][0]
    assert boss.post(f"/api/absences/{absence['id']}/end").status_code == 204
    assert signed_in("rep2").get("/api/me/duty").json["standing_in"] == []


def test_an_absence_that_cannot_be_says_why(boss: Browser) -> None:
    answer = boss.post("/api/reps/rep/absences", AWAY | {"deputy": "rep"})

    assert (answer.status_code, answer.json["code"], answer.json["fields"]["reason"]) == (
        422,
        "roster_conflict",
        "deputy",
    )
    assert boss.post("/api/reps/rep/absences", AWAY | {"starts_at": "2026-11-24T01:00:00"}).status_code == 422


def test_ones_own_next_shift(boss: Browser, signed_in: Callable[[str], Browser]) -> None:
    mine = signed_in("rep")
    assert mine.get("/api/me/duty").json["is_rostered"] is False
    body = {"seen": 1, "monday": "2026-11-23", "shifts": [{"on": "2026-11-24", "template": "late"}]}
    boss.write("PUT", "/api/reps/rep/week", body)

    duty = mine.get("/api/me/duty").json

    assert (duty["is_rostered"], duty["shift_starts_at"]) == (True, "2026-11-24T04:30:00Z")


def test_a_customer_gets_a_dedicated_rep_and_loses_him(boss: Browser, database: Database) -> None:
    chat = add_waiting(database)
    path = "/api/reps/rep/customers"

    assert boss.post(path, {"conversation_id": chat}).status_code == 204

    found = boss.get(path).json
    assert [(one["label"], one["conversation_id"]) for one in found["items"]] == [("客户", chat)]
    assert row(boss)["customers"] == 1
    assert boss.write("DELETE", f"{path}/{found['items'][0]['follower_id']}").status_code == 204
    assert boss.get(path).json == {"items": [], "next": None}
    assert boss.post(path, {"conversation_id": 99}).status_code == 404
