"""Promises over HTTP: what is due, in which order, and what came of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.db import Database
from bot.followups.model import Followup, FollowupState
from bot.followups.service import promise
from bot.outbox import read_after
from tests.factories import MORNING, add_follower, add_waiting, conversation_of
from tests.unit.api.conftest import Browser


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


def add_promise(
    database: Database, due_at: datetime, *, number: int = 1, phone: str | None = "13812345678", chat: int | None = None
) -> int:
    follower = conversation_of(database, chat).follower_id if chat else add_follower(database, f"o-{number}")
    with database.transaction() as session:
        return promise(
            session,
            follower_id=follower,
            conversation_id=chat,
            skill="loan",
            reason="想了解贷款",
            phone=phone,
            due_at=due_at,
            now=MORNING,
        ).id


def promises(rep: Browser) -> list[dict[str, object]]:
    answer = rep.get("/api/followups")
    assert answer.status_code == 200
    return list(answer.json["items"])


def test_promises_come_soonest_first_and_say_which_are_late(
    rep: Browser, database: Database, clock: FixedClock
) -> None:
    later = add_promise(database, MORNING + timedelta(hours=2), number=1)
    sooner = add_promise(database, MORNING + timedelta(minutes=5), number=2)
    clock.advance(10 * 60)

    assert [(row["id"], row["is_overdue"]) for row in promises(rep)] == [(sooner, True), (later, False)]


def test_the_phone_is_masked_and_never_leaves_whole(rep: Browser, database: Database) -> None:
    add_promise(database, MORNING)

    answer = rep.get("/api/followups")

    assert answer.json["items"][0]["phone"] == "138****5678"
    assert "13812345678" not in answer.text


@pytest.mark.parametrize(("phone", "shown"), [(None, None), ("65501234", "****34")])
def test_no_phone_and_a_landline_show_nothing_whole(
    rep: Browser, database: Database, phone: str | None, shown: str | None
) -> None:
    add_promise(database, MORNING, phone=phone)

    assert promises(rep)[0]["phone"] == shown


def test_a_promise_of_a_chat_leads_back_to_it(rep: Browser, database: Database) -> None:
    chat = add_waiting(database)
    add_promise(database, MORNING, chat=chat)

    row = promises(rep)[0]

    assert (row["conversation_id"], row["label"], row["owner"]) == (chat, "客户", None)


def test_a_kept_promise_leaves_the_list_and_keeps_who_and_what(rep: Browser, database: Database) -> None:
    kept = add_promise(database, MORNING)

    answer = rep.post(f"/api/followups/{kept}/done", {"result": "已回电，客户下周来办"})

    assert answer.status_code == 204
    assert promises(rep) == []
    with database.reading() as session:
        row = session.get_one(Followup, kept)
        events = [event.type for event in read_after(session, 0)]
    assert (row.state, row.owner, row.result, row.done_at) == (
        FollowupState.DONE,
        "rep",
        "已回电，客户下周来办",
        MORNING,
    )
    assert events == ["followup.promised", "followup.closed"]


def test_the_first_record_of_a_promise_stays(rep: Browser, signed_in, database: Database) -> None:
    kept = add_promise(database, MORNING)
    rep.post(f"/api/followups/{kept}/done", {"result": "已回电"})

    again = signed_in("rep2").post(f"/api/followups/{kept}/done", {"result": "我打的"})

    assert again.status_code == 204
    with database.reading() as session:
        row = session.get_one(Followup, kept)
    assert (row.owner, row.result) == ("rep", "已回电")


@pytest.mark.parametrize("body", [{}, {"result": ""}, {"result": 7}, {"result": "好" * 1001}])
def test_a_promise_is_not_kept_without_a_word_about_it(rep: Browser, database: Database, body: object) -> None:
    still_open = add_promise(database, MORNING)

    assert rep.post(f"/api/followups/{still_open}/done", body).status_code == 422
    assert len(promises(rep)) == 1


def test_an_unknown_promise_is_not_found(rep: Browser) -> None:
    answer = rep.post("/api/followups/77/done", {"result": "已回电"})

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_what_came_of_a_promise_is_kept_without_secrets(rep: Browser, database: Database) -> None:
    kept = add_promise(database, MORNING)

    rep.post(f"/api/followups/{kept}/done", {"result": "客户报了11010519491231002X"})

    with database.reading() as session:
        assert session.get_one(Followup, kept).result == "客户报了[已屏蔽]"
