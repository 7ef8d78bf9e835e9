"""Promises over HTTP: what is due, in which order, and what came of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.customers.searching import make_missing_keys
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


def test_the_list_tells_the_firm_masked_and_finds_by_it(rep: Browser, database: Database) -> None:
    add_promise(database, MORNING)
    with database.transaction() as session:
        row = session.scalars(select(Followup)).one()
        session.get_one(Follower, row.follower_id).firm_name = "合肥王氏五金工厂"
        make_missing_keys(session)

    assert promises(rep)[0]["firm"] == "合肥**工厂"
    assert "王氏" not in rep.get("/api/followups").text
    for text, count in (("王氏五金", 1), ("李氏五金", 0), ("客", 1)):
        assert len(rep.get("/api/followups", q=text).json["items"]) == count


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


def test_a_rep_sees_his_own_and_the_free_ones_of_his_desks(
    rep: Browser, signed_in: Callable[[str], Browser], database: Database
) -> None:
    free, his, other, colleagues = (add_promise(database, MORNING, number=number) for number in range(4))
    change(database, his, owner="rep")
    change(database, other, skill="ebank")
    change(database, colleagues, owner="rep2")

    def seen(browser: Browser, scope: str) -> set[object]:
        return {row["id"] for row in browser.get("/api/followups", scope=scope).json["items"]}

    assert seen(rep, "all") == {free, his}
    assert (seen(rep, "mine"), seen(rep, "desk")) == ({his}, {free})
    assert seen(signed_in("supervisor"), "all") == {free, his, other, colleagues}
    for hidden in (other, colleagues):
        assert rep.get(f"/api/followups/{hidden}").status_code == 404
        assert rep.post(f"/api/followups/{hidden}/done", {"result": "我打的"}).status_code == 404


def test_one_of_two_claims_wins_and_the_other_learns_who_has_it(
    rep: Browser, signed_in: Callable[[str], Browser], database: Database
) -> None:
    free = add_promise(database, MORNING)

    won, lost = rep.post(f"/api/followups/{free}/claim"), signed_in("rep2").post(f"/api/followups/{free}/claim")

    assert (won.status_code, won.json["item"]["state"]) == (200, "claimed")
    assert (lost.status_code, lost.json["code"], lost.json["fields"]["owner"]) == (409, "followup_taken", "某rep")
    assert rep.post(f"/api/followups/{free}/claim").status_code == 200
    assert rep.post(f"/api/followups/{free}/release").status_code == 204
    assert signed_in("rep2").post(f"/api/followups/{free}/claim").status_code == 200


def test_a_supervisor_gives_one_to_somebody_of_its_desk_and_it_is_written_down(
    signed_in: Callable[[str], Browser], database: Database
) -> None:
    promised = add_promise(database, MORNING)
    boss = signed_in("supervisor")

    given = boss.post(f"/api/followups/{promised}/reassign", {"to": "rep2"})

    assert given.json["item"]["owner"] == "rep2"
    assert boss.post(f"/api/followups/{promised}/reassign", {"to": "trainer"}).status_code == 422
    assert boss.post(f"/api/followups/{promised}/reassign", {"to": None}).json["item"]["owner"] is None
    with database.reading() as session:
        assert [act.act for act in session.scalars(select(AuditAct))] == [Act.FOLLOWUP_REASSIGNED] * 2


def test_the_list_goes_on_behind_the_cursor_with_the_important_first_among_those_due_at_once(
    rep: Browser, database: Database
) -> None:
    ids = [add_promise(database, MORNING + timedelta(minutes=number // 3), number=number) for number in range(7)]
    change(database, ids[2], priority=1)

    first = rep.get("/api/followups", limit=4).json
    second = rep.get("/api/followups", limit=4, cursor=first["next"]).json

    found = [row["id"] for page in (first, second) for row in page["items"]]
    assert found == [ids[2], ids[0], ids[1], *ids[3:]]
    assert second["next"] is None
    assert rep.get("/api/followups", cursor="bm9uc2Vuc2U=").status_code == 422


def test_a_follow_up_made_by_hand_is_his_and_due_in_the_desks_hours(
    rep: Browser, database: Database, clock: FixedClock
) -> None:
    chat = add_waiting(database)
    wanted = {"conversation_id": chat, "reason": "看看授权书签了没有", "due_at": "2026-11-28T10:00:00+08:00"}

    made = rep.post("/api/followups", {**wanted, "kind": "own_reminder"})

    assert made.status_code == 201, made.text
    item = made.json["item"]
    assert (item["owner"], item["kind"], item["due_at"]) == ("rep", "own_reminder", "2026-11-30T02:00:00Z")
    assert rep.post("/api/followups", {**wanted, "conversation_id": 999}).status_code == 404
    assert rep.post("/api/followups", {**wanted, "segment": "nobody_knows"}).status_code == 422
    clock.advance(10 * 24 * 3600)
    assert rep.post("/api/followups", wanted).status_code == 422


def test_what_a_rep_does_with_a_closed_one_is_refused(rep: Browser, database: Database) -> None:
    kept = add_promise(database, MORNING)
    rep.post(f"/api/followups/{kept}/done", {"result": "已回电"})

    for act, body in (("claim", {}), ("ticks", {"item": "tip_code"}), ("elder", {"is_elder": True})):
        answer = rep.post(f"/api/followups/{kept}/{act}", body)
        assert (answer.status_code, answer.json["code"]) == (409, "followup_state_conflict"), act


def test_one_function_is_introduced_and_a_second_takes_its_place(rep: Browser, database: Database) -> None:
    promised = add_promise(database, MORNING)
    change(database, promised, segment="points_expiry", proved_at=MORNING)
    items = ("tip_points", "ask_gift", "one_receipt", "one_payroll")
    sheet = [rep.post(f"/api/followups/{promised}/ticks", {"item": item}).json for item in items][-1]

    [step] = [step for step in sheet["steps"] if step["picks_one"]]
    assert [item["id"] for item in step["items"] if item["is_ticked"]] == ["one_payroll"]
    assert sheet["missing"] == ["已说好下一步"]


def change(database: Database, followup_id: int, **values: object) -> None:
    with database.transaction() as session:
        row = session.get_one(Followup, followup_id)
        for name, value in values.items():
            setattr(row, name, value)
