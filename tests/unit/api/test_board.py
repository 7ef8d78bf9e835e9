"""The live board, and setting a rep's status from it."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.audit.service import Doer
from bot.db import Database
from bot.desks.model import Order, StoredRules
from bot.outbox import OutboxRow
from bot.staff.model import RepStatus, StaffMember
from tests.factories import DESK_RULES, MORNING, add_waiting, hear
from tests.product import UnderTest
from tests.unit.api.conftest import Browser


@pytest.fixture
def boss(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


def rep(board: Any, username: str = "rep") -> Any:
    return next(one for one in board["reps"] if one["username"] == username)


def loan(board: Any) -> Any:
    return next(one for one in board["desks"] if one["skill"] == "loan")


def test_an_empty_desk_has_no_percentages(boss: Browser) -> None:
    board = boss.get("/api/board").json

    assert (loan(board)["waiting"], loan(board)["today"]["service_level"], board["waiting"]) == (0, None, [])
    assert len(board["chart"]) == 16
    assert (rep(board)["is_on_shift"], rep(board)["is_connected"], rep(board)["load"]) == (None, False, 0)


def test_who_waits_who_serves_and_how_it_goes(boss: Browser, product: UnderTest, database: Database) -> None:
    desk, clock = product.bot.desk, product.fakes.clock
    desk.set_status("rep", RepStatus.READY)
    served, waiting, gone = (add_waiting(database, number) for number in range(3))
    clock.advance(10)
    desk.accept(served, "rep")
    clock.advance(50)
    hear(database, served, "在吗", clock.now())

    board = boss.get("/api/board").json

    assert [one["id"] for one in board["waiting"]] == [waiting, gone]
    mine = rep(board)
    assert (mine["status"], mine["load"], mine["capacity"], mine["is_connected"]) == ("ready", 1, 3, True)
    assert mine["status_since"] == "2026-11-24T02:00:00Z"
    assert [(one["id"], one["waiting_since"]) for one in mine["chats"]] == [(served, "2026-11-24T02:01:00Z")]
    assert (loan(board)["waiting"], loan(board)["longest_wait_s"], loan(board)["ready"]) == (2, 60, 1)
    today = loan(board)["today"]
    assert (today["arrivals"], today["answered"], today["service_level"], today["answer_rate"]) == (3, 1, 33, 100)
    assert board["chart"][-1]["arrivals"] == 3


def test_todays_offers_that_came_to_nothing_are_counted(boss: Browser, product: UnderTest, database: Database) -> None:
    desk = product.bot.desk
    desk.set_status("rep", RepStatus.READY)
    chat = add_waiting(database)
    desk.routing.sweep()
    desk.decline(chat, "rep", "busy")
    product.fakes.clock.advance(15)
    desk.routing.beat("rep")
    desk.routing.sweep()
    product.fakes.clock.advance(21)
    desk.routing.beat("rep")
    desk.routing.sweep()

    found = rep(boss.get("/api/board").json)

    assert (found["missed"], found["declined"]) == (1, 1)


def test_a_roster_shows_who_should_be_there(boss: Browser, product: UnderTest) -> None:
    day = "2026-11-24"
    body = {"seen": 1, "monday": "2026-11-23", "shifts": [{"on": day, "template": "day"}]}
    assert boss.write("PUT", "/api/reps/rep/week", body).status_code == 204
    body["shifts"] = [{"on": day, "template": "late"}]
    assert boss.write("PUT", "/api/reps/rep2/week", body).status_code == 204

    board = boss.get("/api/board").json

    assert (rep(board)["is_on_shift"], rep(board)["shift_ends_at"]) == (True, "2026-11-24T09:30:00Z")
    assert rep(board, "rep2")["is_on_shift"] is False


def test_a_rep_is_put_on_a_break_and_told(boss: Browser, product: UnderTest, database: Database) -> None:
    product.bot.desk.set_status("rep", RepStatus.READY)

    assert boss.write("PUT", "/api/reps/rep/status", {"status": "break"}).status_code == 204

    with database.reading() as session:
        assert session.get_one(StaffMember, "rep").status is RepStatus.BREAK
        told = session.scalars(select(OutboxRow).where(OutboxRow.audience == "rep")).all()
        act = session.scalars(select(AuditAct)).one()
    assert [row.payload for row in told] == [{"rep": "rep", "status": "break", "cause": "supervisor"}]
    assert (act.act, act.object_kind, act.reason) == (Act.STATUS_FORCED, "staff:rep", "ready → break")


def test_nobody_is_made_ready_who_is_not_there(boss: Browser, product: UnderTest, database: Database) -> None:
    refused = boss.write("PUT", "/api/reps/rep/status", {"status": "ready"})
    product.bot.desk.routing.beat("rep")
    let = boss.write("PUT", "/api/reps/rep/status", {"status": "ready"})

    assert (refused.status_code, refused.json["code"], let.status_code) == (409, "rep_not_there", 204)


@pytest.mark.parametrize("username", ["nobody", "marketer"])
def test_who_does_not_serve_has_no_status(boss: Browser, username: str) -> None:
    assert boss.write("PUT", f"/api/reps/{username}/status", {"status": "break"}).status_code == 404


def test_forcing_is_written_down_under_the_supervisor(product: UnderTest, database: Database) -> None:
    product.bot.forcing.set_status("rep", RepStatus.OFFLINE, Doer("supervisor", "r1"))

    with database.reading() as session:
        assert session.scalars(select(AuditAct.username)).one() == "supervisor"


@pytest.mark.parametrize("status", ["break", "offline"])
def test_a_supervisors_word_does_not_make_a_silent_screen_alive(
    boss: Browser, product: UnderTest, database: Database, status: str
) -> None:
    queue, chat = product.fakes.queue, add_waiting(database)
    product.bot.desk.accept(chat, "rep")
    queue.silent["rep"] = 100.0

    assert boss.write("PUT", "/api/reps/rep/status", {"status": status}).status_code == 204

    assert queue.silent["rep"] == 100.0


def test_who_waits_stands_in_the_order_in_which_he_is_served(
    boss: Browser, product: UnderTest, database: Database
) -> None:
    rules = asdict(replace(DESK_RULES["loan"], order=Order.WINDOW))
    with database.transaction() as session:
        session.add(
            StoredRules(
                desk="loan", number=1, rules=rules, reason="先回快到期的", changed_by="boss", changed_at=MORNING
            )
        )
    late, hurried = add_waiting(database, 1, queued_at=MORNING - timedelta(minutes=30)), add_waiting(database, 2)
    hear(database, late)
    hear(database, hurried, at=MORNING - timedelta(hours=46))

    waiting = [one["id"] for one in boss.get("/api/board").json["waiting"]]

    assert waiting == [hurried, late]
    assert waiting == [one["id"] for one in boss.get("/api/handoffs", scope="queue", sort="waiting").json["items"]]
