"""Signing in, who one is, and what a rep says about being free."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from api.app import create_app
from api.auth import hash_password
from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.model import Owner
from bot.staff.model import ConsoleSession, RepStatus, Role, StaffMember
from bot.staff.service import NewStaff, add_missing
from tests.factories import add_waiting, conversation_of
from tests.product import UnderTest
from tests.unit.api.conftest import PASSWORD, Browser


def test_signing_in_tells_who_one_is_and_gives_the_token_for_writes(app: Flask) -> None:
    browser = Browser(app.test_client())

    answer = browser.sign_in("rep")

    assert answer.status_code == 200
    assert answer.json["user"] == {
        "username": "rep",
        "display_name": "某rep",
        "role": "rep",
        "skills": ["loan", "general"],
        "capacity": 3,
        "status": "offline",
        "branch": None,
    }
    assert browser.get("/api/session").json == answer.json


def test_neither_cookie_nor_password_is_kept_as_it_is(app: Flask, database: Database) -> None:
    browser = Browser(app.test_client())
    browser.sign_in("rep")
    cookie = browser.client.get_cookie("xinqiao_session")
    assert cookie is not None

    with database.reading() as session:
        kept = session.scalars(select(ConsoleSession.token_hash)).one()
        hashes = session.scalars(select(StaffMember.password_hash)).all()

    assert cookie.value not in kept
    assert all(found.startswith("$argon2id$") for found in hashes)


def last_seen(database: Database) -> datetime:
    with database.reading() as session:
        return session.scalars(select(ConsoleSession.last_seen_at)).one()


def test_a_session_in_use_stays_and_its_last_use_is_written_at_most_twice_a_minute(
    wall: FixedClock, signed_in, database: Database
) -> None:
    browser = signed_in("rep")

    started = last_seen(database)
    wall.advance(29)
    browser.get("/api/session")
    assert last_seen(database) == started
    wall.advance(2)
    browser.get("/api/session")

    assert last_seen(database) == wall.now()


def test_a_jump_of_the_products_clock_signs_nobody_out(wall: FixedClock, signed_in, clock: FixedClock) -> None:
    browser = signed_in("rep")

    clock.advance(12 * 3600)

    assert browser.get("/api/session").status_code == 200


def test_an_open_screen_alone_does_not_keep_a_session(wall: FixedClock, signed_in, database: Database) -> None:
    browser = signed_in("rep")
    started = last_seen(database)

    codes = []
    for _ in range(4):
        wall.advance(9 * 60)
        codes.append(browser.post("/api/me/heartbeat").status_code)
        with browser.client.get("/api/events", buffered=False) as answer:
            codes.append(answer.status_code)

    assert codes == [204, 200] * 3 + [401, 401]
    assert last_seen(database) == started


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "rep"},
        {"username": "rep", "password": ""},
        {"username": 7, "password": PASSWORD},
        {"username": "rep", "password": PASSWORD, "role": "admin"},
        {"username": "x" * 65, "password": PASSWORD},
        {"username": "rep\x00", "password": PASSWORD},
        [],
    ],
)
def test_an_odd_sign_in_is_refused_without_a_cookie(app: Flask, body: object) -> None:
    answer: Any = app.test_client().post("/api/session", json=body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert "Set-Cookie" not in answer.headers


def test_a_refused_sign_in_never_repeats_what_was_typed(app: Flask) -> None:
    answer = app.test_client().post("/api/session", json={"username": "rep", "password": ["my-secret-word"]})

    assert answer.status_code == 422
    assert "my-secret-word" not in answer.text


def test_a_body_that_is_no_json_or_too_large_is_refused(app: Flask) -> None:
    client = app.test_client()

    assert client.post("/api/session", data="{", content_type="application/json").status_code in (400, 422)
    assert client.post("/api/session", data="x=1").status_code in (415, 422)
    large = client.post("/api/session", data=b"{" + b" " * 70_000, content_type="application/json")
    assert large.status_code == 413
    assert large.content_type == "application/problem+json"


def test_a_disabled_person_cannot_sign_in(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        session.get_one(StaffMember, "rep").is_enabled = False

    assert Browser(app.test_client()).sign_in("rep").status_code == 401


def test_ready_drains_the_line_and_a_break_gives_the_offer_back(
    signed_in, product: UnderTest, database: Database
) -> None:
    browser, chat = signed_in("rep"), add_waiting(database)
    product.bot.desk.routing.wake(chat)

    ready = browser.write("PUT", "/api/me/status", {"status": "ready"})
    assert (ready.status_code, ready.json["status"]) == (200, "ready")
    assert conversation_of(database, chat).owner is Owner.OFFERED

    browser.write("PUT", "/api/me/status", {"status": "break"})

    assert conversation_of(database, chat).owner is Owner.QUEUED


@pytest.mark.parametrize("status", ["away", "", None, 1, ["ready"]])
def test_a_status_that_does_not_exist_changes_nothing(signed_in, database: Database, status: object) -> None:
    browser = signed_in("rep")

    assert browser.write("PUT", "/api/me/status", {"status": status}).status_code == 422
    with database.reading() as session:
        assert session.get_one(StaffMember, "rep").status is RepStatus.OFFLINE


def test_a_beat_says_the_screen_is_alive(signed_in, product: UnderTest) -> None:
    assert signed_in("rep").post("/api/me/heartbeat").status_code == 204
    assert product.fakes.queue.silences() == {"rep": 0.0}


def test_a_beat_without_redis_is_no_error(signed_in, product: UnderTest) -> None:
    product.fakes.queue.is_down = True

    assert signed_in("rep").post("/api/me/heartbeat").status_code == 204


def test_production_binds_the_cookie_to_host_and_tls(
    product: UnderTest, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.app._limits_storage", lambda _url: "memory://")
    settings = replace(product.bot.settings, app_env="production")
    app = create_app(replace(product.bot, settings=settings))

    answer = app.test_client().post("/api/session", json={"username": "rep", "password": PASSWORD})

    assert answer.headers["Set-Cookie"].startswith("__Host-xinqiao=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_staff_are_written_down_once_and_nobody_known_is_changed(database: Database) -> None:
    with database.transaction() as session:
        first = add_missing(session, [NewStaff("rep9", "小吴", Role.REP, ("loan",), 2)], hash_password("a"))
        again = add_missing(session, [NewStaff("rep9", "别人", Role.ADMIN)], hash_password("b"))

    with database.reading() as session:
        row = session.get_one(StaffMember, "rep9")
    assert (first, again) == (1, 0)
    assert (row.display_name, row.role) == ("小吴", Role.REP)
