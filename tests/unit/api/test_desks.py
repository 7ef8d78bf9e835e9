"""Desk rules over HTTP: what holds, changing it, the way back, trying it out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.db import Database
from bot.desks.queries import rules_in_force
from bot.handoff.model import Conversation, Owner
from bot.staff.model import RepStatus
from tests.factories import MORNING, add_waiting
from tests.product import UnderTest
from tests.unit.api.conftest import Browser


@pytest.fixture
def boss(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


def loan(boss: Browser) -> Any:
    return next(one for one in boss.get("/api/desks").json["items"] if one["desk"] == "loan")


def change(boss: Browser, number: int, **more: object) -> Any:
    before = loan(boss)
    body = {"seen": number, "rules": before["rules"], "thresholds": before["thresholds"], "reason": "月初客户多"} | more
    return boss.write("PUT", "/api/desks/loan", body)


def test_a_change_holds_at_once_and_the_next_look_shows_who_and_why(
    boss: Browser, product: UnderTest, database: Database
) -> None:
    rules = loan(boss)["rules"] | {"strategy": "least_busy", "overflow_to": "ebank", "offer_s": 30}

    answer = change(boss, 0, rules=rules)

    assert (answer.status_code, answer.json["number"], answer.json["rules"]) == (200, 1, rules)
    with database.reading() as session:
        assert rules_in_force(session, product.bot.desk_rules)["loan"].offer_s == 30
    shown = loan(boss)
    assert (shown["last_change"]["changed_by"], shown["last_change"]["reason"]) == ("supervisor", "月初客户多")
    assert shown["default_rules"]["offer_s"] == 20


def test_somebody_was_faster(boss: Browser) -> None:
    change(boss, 0)

    answer = change(boss, 0)

    assert (answer.status_code, answer.json["code"]) == (409, "version_state_conflict")


def test_back_to_the_default_is_in_the_history(boss: Browser) -> None:
    change(boss, 0, rules=loan(boss)["rules"] | {"offer_s": 30})
    change(boss, 1, rules=None, thresholds=None, reason="月初过去了")

    assert loan(boss)["rules"]["offer_s"] == 20
    first = boss.get("/api/desks/loan/history", limit=1).json
    rest = boss.get("/api/desks/loan/history", before=first["next"]).json
    assert [one["rules"] for one in first["items"]] == [None]
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([1], None)


@pytest.mark.parametrize(
    "more",
    [
        {"reason": "x"},
        {"seen": -1},
        {"rules": {"offer_s": 20}},
        {"thresholds": {"wait_s": 120, "service_level_percent": 101, "nobody_ready": True}},
    ],
)
def test_what_cannot_be_is_refused(boss: Browser, more: dict[str, object]) -> None:
    assert change(boss, 0, **more).status_code == 422


@pytest.mark.parametrize("overflow_to", ["loan", "moon"])
def test_a_desk_overflows_only_into_another(boss: Browser, overflow_to: str) -> None:
    rules = loan(boss)["rules"] | {"overflow_to": overflow_to}

    assert change(boss, 0, rules=rules).status_code == 422
    assert boss.post("/api/desks/loan/what-if", {"rules": rules}).status_code == 422


def test_an_unknown_desk_is_not_found(boss: Browser) -> None:
    rules = loan(boss)["rules"]

    assert boss.get("/api/desks/moon/history").status_code == 404
    assert boss.post("/api/desks/moon/what-if", {"rules": rules}).status_code == 404


def test_rules_are_tried_on_the_last_day(boss: Browser, product: UnderTest, database: Database) -> None:
    product.bot.desk.set_status("rep", RepStatus.READY)
    product.fakes.clock.advance(60)
    for number in range(6):
        chat = add_waiting(database, number, queued_at=MORNING + timedelta(seconds=60 + number))
        with database.transaction() as session:
            row = session.get_one(Conversation, chat)
            row.owner, row.rep = Owner.CLOSED, "rep"
            row.accepted_at = MORNING + timedelta(seconds=60 + number)
            row.closed_at = MORNING + timedelta(seconds=160 + number)
    product.fakes.clock.advance(3600)

    found = boss.post("/api/desks/loan/what-if", {"rules": loan(boss)["rules"] | {"weight": 3}}).json

    # Three at once before, one at once after: the same customers wait longer.
    assert (found["arrivals"], found["is_cut"], found["desk_now"]["answered"]) == (6, False, 6)
    assert found["desk_then"]["mean_wait_s"] > found["desk_now"]["mean_wait_s"] > 0
    assert found["all_then"]["arrivals"] == 6
    assert loan(boss)["number"] == 0
