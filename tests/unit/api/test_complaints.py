"""Complaints over HTTP: who sees which, more time, the end."""

from collections.abc import Callable

import pytest

from bot.complaints.filing import file_complaint
from bot.db import Database
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.unit.api.conftest import Browser


def filed(database: Database, about: str | None = "rep2", number: int = 1) -> int:
    chat = add_waiting(database, number, skill="complaint")
    hear(database, chat, "踢皮球")
    follower = conversation_of(database, chat).follower_id
    with database.transaction() as session:
        row, _ = file_complaint(
            session, follower_id=follower, conversation_id=chat, text="踢皮球", about_rep=about, now=MORNING
        )
        session.flush()
        return row.id


def tickets(browser: Browser, state: str = "open") -> list[str]:
    answer = browser.get("/api/complaints", state=state)
    assert answer.status_code == 200
    return [row["ticket"] for row in answer.json["items"]]


def test_a_rep_sees_complaints_but_not_those_about_himself(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    filed(database, about="rep2")

    assert tickets(signed_in("rep")) == ["TS202611240001"]
    assert tickets(signed_in("supervisor")) == ["TS202611240001"]
    assert tickets(signed_in("rep2")) == []


def test_a_row_tells_its_clock(signed_in: Callable[[str], Browser], database: Database) -> None:
    filed(database)

    row = signed_in("rep").get("/api/complaints").json["items"][0]

    assert (row["due_on"], row["days_left"], row["limit_days"]) == ("2026-12-09", 15, 15)
    assert (row["text"], row["is_extension_asked"]) == ("踢皮球", False)


def test_more_time_is_asked_for_by_a_rep_and_granted_by_a_supervisor(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, rep, boss = filed(database), signed_in("rep"), signed_in("supervisor")

    assert rep.post(f"/api/complaints/{one}/extension", {"reason": "要调录音"}).status_code == 204
    assert rep.post(f"/api/complaints/{one}/extension/approve").status_code == 403
    granted = boss.post(f"/api/complaints/{one}/extension/approve")

    assert (granted.status_code, granted.json) == (200, {"is_told": True})
    assert boss.get("/api/complaints").json["items"][0]["limit_days"] == 30


def test_a_supervisor_does_not_grant_what_he_asked_for(signed_in: Callable[[str], Browser], database: Database) -> None:
    one, boss = filed(database), signed_in("supervisor")
    boss.post(f"/api/complaints/{one}/extension", {"reason": "要调录音"})

    refused = boss.post(f"/api/complaints/{one}/extension/approve")

    assert (refused.status_code, refused.json["code"]) == (403, "same_person")


def test_it_is_taken_and_closed_with_a_result(signed_in: Callable[[str], Browser], database: Database) -> None:
    one, rep = filed(database), signed_in("rep")

    assert rep.post(f"/api/complaints/{one}/take").status_code == 204
    closed = rep.post(f"/api/complaints/{one}/close", {"result": "已致歉并退费", "told_by": "wechat"})

    assert closed.status_code == 204
    assert (tickets(rep), tickets(rep, "closed")) == ([], ["TS202611240001"])
    again = rep.post(f"/api/complaints/{one}/close", {"result": "再来", "told_by": "phone"})
    assert (again.status_code, again.json["code"]) == (409, "complaint_state_conflict")


@pytest.mark.parametrize("body", [{}, {"result": "", "told_by": "phone"}, {"result": "好了", "told_by": "owl"}])
def test_it_is_not_closed_without_a_result_and_a_way(
    signed_in: Callable[[str], Browser], database: Database, body: object
) -> None:
    one = filed(database)

    assert signed_in("rep").post(f"/api/complaints/{one}/close", body).status_code == 422


def test_the_rep_complained_of_is_refused(signed_in: Callable[[str], Browser], database: Database) -> None:
    one = filed(database, about="rep2")

    answer = signed_in("rep2").post(f"/api/complaints/{one}/take")

    assert (answer.status_code, answer.json["fields"]["reason"]) == (403, "complained_of")


def test_what_somebody_handles_is_not_ended_by_a_colleague(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    one, rep, colleague = filed(database, about=None), signed_in("rep"), signed_in("rep2")
    rep.post(f"/api/complaints/{one}/take")

    for act, body in (
        ("close", {"result": "已电话告知", "told_by": "phone"}),
        ("extension", {"reason": "要调录音"}),
    ):
        refused = colleague.post(f"/api/complaints/{one}/{act}", body)
        assert (refused.status_code, refused.json["fields"]["reason"]) == (403, "not_the_handler"), act

    assert tickets(rep) == ["TS202611240001"]
    boss = signed_in("supervisor")
    assert boss.post(f"/api/complaints/{one}/close", {"result": "已致歉", "told_by": "phone"}).status_code == 204
