"""质检 over HTTP: chats picked, scored by somebody else, read and appealed by the rep, settled by a supervisor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.alerts.model import Alert, AlertKind
from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.model import Conversation, Outcome, Owner
from bot.outbox import OutboxRow
from bot.quality.model import CheckState, Picked, QualityCheck
from bot.quality.rules import is_sampled
from tests.factories import MORNING, add_waiting, hear
from tests.product import UnderTest
from tests.unit.api.conftest import Browser

SignIn = Callable[[str], Browser]
CLOSED_AT = MORNING - timedelta(hours=1)


def add_closed(
    database: Database, number: int, *, rep: str = "rep", skill: str = "loan", rating: int | None = 2
) -> int:
    chat = add_waiting(database, number, skill=skill)
    hear(database, chat, "那利率多少", MORNING)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.rep, row.accepted_at, row.closed_at = Owner.CLOSED, rep, CLOSED_AT, CLOSED_AT
        row.outcome, row.rating = Outcome.SOLVED, rating
    return chat


def picked(product: UnderTest, database: Database) -> dict[int, QualityCheck]:
    product.bot.picking.run()
    with database.reading() as session:
        return {row.conversation_id: row for row in session.scalars(select(QualityCheck))}


def marks(browser: Browser, **other: str) -> dict[str, Any]:
    ids = [item["id"] for item in browser.get("/api/quality/form").json["items"]]
    wrong = [name for name, mark in other.items() if mark in ("part", "fail")]
    return {
        "marks": {**dict.fromkeys(ids, "good"), **other},
        "reasons": dict.fromkeys(wrong, "没说清"),
        "comment": "加油",
    }


@pytest.fixture
def check(product: UnderTest, database: Database) -> int:
    """A check of a chat of the rep."""
    add_closed(database, 1)
    return next(iter(picked(product, database).values())).id


def test_risk_complaints_and_low_ratings_are_all_picked_and_the_rest_by_chance(
    product: UnderTest, database: Database
) -> None:
    risk, low = add_closed(database, 1, skill="fraud", rating=5), add_closed(database, 2, rating=3)
    complaint = add_closed(database, 3, skill="complaint", rating=None)
    rest = [add_closed(database, number, rating=5) for number in range(10, 70)]

    found = picked(product, database)

    salt, form = product.bot.settings.secret_key, product.bot.quality_form
    chance = {chat for chat in rest if is_sampled(chat, salt, form.sample_bp)}
    assert {chat: row.picked for chat, row in found.items()} == {
        risk: Picked.RISK, low: Picked.LOW_RATING, complaint: Picked.COMPLAINT, **dict.fromkeys(chance, Picked.SAMPLE),
    }  # fmt: skip
    assert picked(product, database).keys() == found.keys()


def test_a_rating_that_comes_days_later_still_brings_a_check(
    product: UnderTest, database: Database, clock: FixedClock
) -> None:
    chat = add_closed(database, 1, rating=None)
    clock.advance(3 * 86400)
    before = picked(product, database)
    with database.transaction() as session:
        session.get_one(Conversation, chat).rating = 1

    assert before == {}
    assert picked(product, database)[chat].picked is Picked.LOW_RATING


def test_the_table_itself_refuses_a_score_of_ones_own_chat(database: Database, check: int) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(QualityCheck, check).checker = "rep"


def test_a_check_goes_from_the_score_to_the_answer_to_an_appeal(signed_in: SignIn, check: int) -> None:
    supervisor, rep, other = signed_in("supervisor"), signed_in("rep"), signed_in("rep2")
    todo = supervisor.get("/api/quality/checks").json
    assert ([row["id"] for row in todo["items"]], todo["counts"]) == ([check], {"to_do": 1})
    assert todo["items"][0]["failed"] == ["first_reply", "answered"]
    assert rep.get("/api/quality/mine").json["items"] == []
    assert rep.get(f"/api/quality/checks/{check}").status_code == 404

    scored = supervisor.post(f"/api/quality/checks/{check}/score", marks(supervisor, correct="fail", complete="part"))
    assert (scored.status_code, scored.json["row"]["score"], scored.json["reasons"]["correct"]) == (200, 68, "没说清")
    (mine,) = rep.get("/api/quality/mine").json["items"]
    assert (mine["id"], mine["is_seen"]) == (check, False)
    assert rep.post(f"/api/quality/checks/{check}/seen").status_code == 204
    assert other.get(f"/api/quality/checks/{check}").status_code == 404
    assert other.post(f"/api/quality/checks/{check}/appeal", {"words": "不服"}).status_code == 404

    assert (
        rep.post(f"/api/quality/checks/{check}/appeal", {"words": "客户自己说不用了"}).json["appeal"]
        == "客户自己说不用了"
    )
    again = rep.post(f"/api/quality/checks/{check}/appeal", {"words": "再说一次"})
    assert (again.status_code, again.json["code"]) == (409, "check_state_conflict")
    assert supervisor.get("/api/quality/checks", list="appeals").json["items"][0]["id"] == check

    decision = {"answer": "采纳", "marks": marks(supervisor, complete="part")}
    settled = supervisor.post(f"/api/quality/checks/{check}/settle", decision).json
    assert (settled["row"]["state"], settled["row"]["score"], settled["is_upheld"]) == ("settled", 92, True)
    day = {"first": "2026-11-24", "last": "2026-11-24"}
    (row,) = supervisor.get("/api/quality/summary", **day).json["items"]
    assert (row["rep"], row["mean"], row["appeals"]) == ("rep", 92.0, 1)
    figures = supervisor.get("/api/reports", **day).json["figures"]
    assert next(one["value"] for one in figures if one["metric"] == "quality_score") == 92.0


def test_a_fatal_fail_makes_the_score_nothing_and_alerts_the_supervisors(
    signed_in: SignIn, database: Database, check: int
) -> None:
    supervisor = signed_in("supervisor")

    found = supervisor.post(f"/api/quality/checks/{check}/score", marks(supervisor, fraud_tip="fail")).json

    assert (found["row"]["score"], found["row"]["is_fatal"]) == (0, True)
    with database.reading() as session:
        (alert,) = session.scalars(select(Alert))
    assert (alert.kind, alert.key, alert.rep) == (AlertKind.QUALITY_FAILED, str(check), "rep")


def test_the_same_score_again_is_no_conflict_and_another_one_is(signed_in: SignIn, check: int) -> None:
    supervisor = signed_in("supervisor")
    body = marks(supervisor)

    codes = [
        supervisor.post(f"/api/quality/checks/{check}/score", one).status_code
        for one in (body, body, marks(supervisor, manner="part"))
    ]

    assert codes == [200, 200, 409]


def test_a_supervisor_neither_sees_nor_scores_nor_settles_a_check_of_his_own_chat(
    signed_in: SignIn, product: UnderTest, database: Database
) -> None:
    add_closed(database, 1, rep="supervisor")
    (own,) = picked(product, database).values()
    supervisor = signed_in("supervisor")

    assert supervisor.get("/api/quality/checks").json["items"] == []
    assert supervisor.get(f"/api/quality/checks/{own.id}").status_code == 404
    refused = supervisor.post(f"/api/quality/checks/{own.id}/score", marks(supervisor))
    assert (refused.status_code, refused.json["code"]) == (403, "same_person")
    with database.transaction() as session:
        row = session.get_one(QualityCheck, own.id)
        row.state, row.appeal = CheckState.APPEALED, "不服"
    assert supervisor.post(f"/api/quality/checks/{own.id}/settle", {"answer": "好"}).status_code == 403


def test_marks_must_be_whole_and_reasoned(signed_in: SignIn, check: int) -> None:
    supervisor = signed_in("supervisor")
    whole = marks(supervisor, correct="fail")
    few = {**whole, "marks": {"correct": "fail"}}
    unreasoned, blank = {**whole, "reasons": {}}, {**whole, "reasons": {"correct": " "}}

    for body in (few, unreasoned, blank):
        assert supervisor.post(f"/api/quality/checks/{check}/score", body).status_code == 422


def test_the_time_to_appeal_ends(signed_in: SignIn, check: int, clock: FixedClock) -> None:
    supervisor = signed_in("supervisor")
    supervisor.post(f"/api/quality/checks/{check}/score", marks(supervisor))
    clock.advance(5 * 86400 + 1)

    late = signed_in("rep").post(f"/api/quality/checks/{check}/appeal", {"words": "不服"})

    assert (late.status_code, late.json["fields"]) == (409, {"state": "too_late"})


def test_a_rep_is_not_told_which_of_his_chats_was_picked(signed_in: SignIn, database: Database, check: int) -> None:
    def told() -> list[str]:
        with database.reading() as session:
            rows = session.scalars(select(OutboxRow).where(OutboxRow.type == "quality.changed")).all()
        return sorted(row.audience for row in rows)

    before = told()
    supervisor = signed_in("supervisor")
    supervisor.post(f"/api/quality/checks/{check}/score", marks(supervisor))

    assert (before, told()) == (["supervisor"], ["rep", "supervisor", "supervisor"])
