"""Who may call what: the whole matrix, written down. A route that is not in it fails."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from api.auth import (
    ANYBODY,
    ARTICLE_READERS,
    ARTICLE_WRITERS,
    AUDIENCE_READERS,
    AUDIENCE_WRITERS,
    AUDIT_ROLES,
    BRANCHES,
    CAMPAIGN_ROLES,
    CUSTOMER_ROLES,
    DATA_ROLES,
    DESK_ROLES,
    EVERY_ROLE,
    HOLDING_ROLES,
    LEARNING_ROLES,
    LIFTING_ROLES,
    LIST_READERS,
    LIST_WRITERS,
    MARKETERS,
    REPORT_ROLES,
    REVIEWING_ROLES,
    STREAM_ROLES,
    SUPERVISORS,
    WRITING_ROLES,
)
from api.openapi import EVENT_TYPES
from bot.clock import FixedClock
from bot.events import EventType
from bot.staff.model import Role, StaffMember
from config.settings import ROOT
from tests.product import UnderTest
from tests.unit.api.conftest import PASSWORD, Browser

RIGHTS = {
    "GET /": ANYBODY,
    "GET /<path:name>": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /metrics": ANYBODY,
    "GET /api/openapi.json": ANYBODY,
    "POST /api/session": ANYBODY,
    "GET /api/session": EVERY_ROLE,
    "DELETE /api/session": EVERY_ROLE,
    "GET /api/events": STREAM_ROLES,
    "GET /api/audience/fields": AUDIENCE_READERS,
    "POST /api/audience/look": AUDIENCE_READERS,
    "POST /api/audience/sample": AUDIENCE_READERS,
    "GET /api/audience/asked": AUDIENCE_READERS,
    "GET /api/audience/followers": AUDIENCE_READERS,
    "GET /api/audience/segments": AUDIENCE_READERS,
    "POST /api/audience/segments": AUDIENCE_WRITERS,
    "GET /api/audience/segments/<int:id>": AUDIENCE_READERS,
    "PUT /api/audience/segments/<int:id>": AUDIENCE_WRITERS,
    "POST /api/audience/segments/<int:id>/retire": AUDIENCE_WRITERS,
    "POST /api/audience/segments/<int:id>/count": AUDIENCE_READERS,
    "GET /api/audience/segments/<int:id>/because/<int:follower_id>": AUDIENCE_READERS,
    "GET /api/audience/columns": LIST_READERS,
    "GET /api/audience/lists": LIST_READERS,
    "POST /api/audience/lists": LIST_WRITERS,
    "GET /api/audience/lists/<int:id>": LIST_READERS,
    "PUT /api/audience/lists/<int:id>/parts/<int:number>": LIST_WRITERS,
    "POST /api/audience/lists/<int:id>/uploaded": LIST_WRITERS,
    "POST /api/audience/lists/<int:id>/columns": LIST_WRITERS,
    "POST /api/audience/lists/<int:id>/commit": LIST_WRITERS,
    "POST /api/audience/lists/<int:id>/cancel": LIST_WRITERS,
    "POST /api/audience/lists/<int:id>/end": LIST_WRITERS,
    "GET /api/audience/lists/<int:id>/rows": LIST_READERS,
    "GET /api/audience/lists/<int:id>/verdicts": LIST_READERS,
    "PUT /api/me/status": DESK_ROLES,
    "POST /api/me/heartbeat": DESK_ROLES,
    "PUT /api/me/viewing": DESK_ROLES,
    "GET /api/handoffs": DESK_ROLES,
    "GET /api/handoffs/<int:id>": DESK_ROLES,
    "GET /api/handoffs/<int:id>/lines": DESK_ROLES,
    "POST /api/handoffs/<int:id>/accept": DESK_ROLES,
    "POST /api/handoffs/<int:id>/decline": DESK_ROLES,
    "POST /api/handoffs/<int:id>/transfer": DESK_ROLES,
    "POST /api/handoffs/<int:id>/close": DESK_ROLES,
    "POST /api/handoffs/<int:id>/replies": DESK_ROLES,
    "POST /api/handoffs/<int:id>/typing": DESK_ROLES,
    "GET /api/handoffs/<int:id>/viewers": DESK_ROLES,
    "GET /api/canned": DESK_ROLES,
    "GET /api/reps": DESK_ROLES,
    "GET /api/followups": DESK_ROLES,
    "POST /api/followups/<int:id>/done": DESK_ROLES,
    "GET /api/complaints": DESK_ROLES,
    "POST /api/complaints/<int:id>/take": DESK_ROLES,
    "POST /api/complaints/<int:id>/extension": DESK_ROLES,
    "POST /api/complaints/<int:id>/extension/approve": SUPERVISORS,
    "POST /api/complaints/<int:id>/close": DESK_ROLES,
    "GET /api/counters": DESK_ROLES,
    "POST /api/handoffs/<int:id>/unmask": DESK_ROLES,
    "POST /api/followups/<int:id>/unmask": DESK_ROLES,
    "GET /api/audit": AUDIT_ROLES,
    "GET /api/retention": AUDIT_ROLES,
    "GET /api/legal-holds": AUDIT_ROLES,
    "POST /api/legal-holds": AUDIT_ROLES,
    "POST /api/legal-holds/<int:id>/lift": AUDIT_ROLES,
    "GET /api/data-requests": DATA_ROLES,
    "POST /api/data-requests": DATA_ROLES,
    "POST /api/data-requests/<int:id>/export": DATA_ROLES,
    "POST /api/data-requests/<int:id>/finish": DATA_ROLES,
    "POST /api/data-requests/<int:id>/refuse": DATA_ROLES,
    "GET /api/matters": SUPERVISORS,
    "GET /api/learning/figures": LEARNING_ROLES,
    "GET /api/learning/groups": LEARNING_ROLES,
    "GET /api/learning/intents": DESK_ROLES | LEARNING_ROLES,
    "GET /api/learning/lessons": LEARNING_ROLES,
    "POST /api/learning/lessons": LEARNING_ROLES,
    "GET /api/learning/lessons/<int:id>/acts": LEARNING_ROLES,
    "POST /api/learning/lessons/<int:id>/propose": LEARNING_ROLES,
    "POST /api/learning/lessons/<int:id>/approve": LEARNING_ROLES,
    "POST /api/learning/lessons/<int:id>/send-back": LEARNING_ROLES,
    "POST /api/learning/lessons/<int:id>/withdraw": LEARNING_ROLES,
    "POST /api/learning/lessons/<int:id>/answered": LEARNING_ROLES,
    "POST /api/learning/parses/<int:id>/correct": DESK_ROLES,
    "GET /api/knowledge/items": WRITING_ROLES | REVIEWING_ROLES,
    "GET /api/knowledge/items/<kind>/<key>": WRITING_ROLES | REVIEWING_ROLES,
    "PUT /api/knowledge/items/<kind>/<key>": WRITING_ROLES,
    "POST /api/knowledge/preview": WRITING_ROLES | REVIEWING_ROLES,
    "POST /api/knowledge/versions/<int:id>/submit": WRITING_ROLES,
    "POST /api/knowledge/versions/<int:id>/approve": REVIEWING_ROLES,
    "POST /api/knowledge/versions/<int:id>/send-back": REVIEWING_ROLES,
    "POST /api/knowledge/versions/<int:id>/roll-back": WRITING_ROLES,
    "POST /api/knowledge/versions/<int:id>/retire": WRITING_ROLES | REVIEWING_ROLES,
    "POST /api/knowledge/versions/<int:id>/discard": WRITING_ROLES,
    "GET /api/knowledge/search": DESK_ROLES | WRITING_ROLES | REVIEWING_ROLES,
    "POST /api/handoffs/<int:id>/assign": SUPERVISORS,
    "POST /api/handoffs/<int:id>/takeover": SUPERVISORS,
    "POST /api/handoffs/<int:id>/return": DESK_ROLES,
    "POST /api/handoffs/<int:id>/wrapped": DESK_ROLES,
    "PUT /api/handoffs/<int:id>/outcome": DESK_ROLES,
    "GET /api/desks": SUPERVISORS,
    "GET /api/desks/<desk>/history": SUPERVISORS,
    "PUT /api/desks/<desk>": SUPERVISORS,
    "POST /api/desks/<desk>/what-if": SUPERVISORS,
    "GET /api/rosters": SUPERVISORS,
    "POST /api/rosters/copy": SUPERVISORS,
    "PUT /api/reps/<username>": SUPERVISORS,
    "PUT /api/reps/<username>/week": SUPERVISORS,
    "PUT /api/reps/<username>/status": SUPERVISORS,
    "POST /api/reps/<username>/absences": SUPERVISORS,
    "POST /api/absences/<int:id>/end": SUPERVISORS,
    "GET /api/reps/<username>/customers": SUPERVISORS,
    "POST /api/reps/<username>/customers": SUPERVISORS,
    "DELETE /api/reps/<username>/customers/<int:id>": SUPERVISORS,
    "GET /api/me/duty": DESK_ROLES,
    "GET /api/board": SUPERVISORS,
    "GET /api/alerts": SUPERVISORS,
    "POST /api/alerts/<int:id>/seen": SUPERVISORS,
    "POST /api/alerts/<int:id>/close": SUPERVISORS,
    "POST /api/handoffs/<int:id>/replies/flush": DESK_ROLES,
    "POST /api/handoffs/<int:id>/invitation": DESK_ROLES,
    "GET /api/handoffs/<int:id>/call-times": DESK_ROLES,
    "POST /api/handoffs/<int:id>/followups": DESK_ROLES,
    "POST /api/followups": DESK_ROLES,
    "GET /api/followups/<int:id>": DESK_ROLES,
    "POST /api/followups/<int:id>/claim": DESK_ROLES,
    "POST /api/followups/<int:id>/release": DESK_ROLES,
    "POST /api/followups/<int:id>/reassign": SUPERVISORS,
    "POST /api/followups/<int:id>/attempts": DESK_ROLES,
    "POST /api/followups/<int:id>/ticks": DESK_ROLES,
    "POST /api/followups/<int:id>/elder": DESK_ROLES,
    "POST /api/followups/<int:id>/diagnosis": DESK_ROLES,
    "GET /api/leads": DESK_ROLES,
    "POST /api/leads": DESK_ROLES,
    "GET /api/leads/<int:id>": DESK_ROLES,
    "GET /api/handoffs/<int:id>/leads": DESK_ROLES,
    "PUT /api/leads/<int:id>/need": DESK_ROLES,
    "POST /api/leads/<int:id>/stage": DESK_ROLES,
    "GET /api/complaints/<int:id>": DESK_ROLES,
    "POST /api/complaints/<int:id>/handler": SUPERVISORS,
    "POST /api/complaints/<int:id>/notes": DESK_ROLES,
    "POST /api/complaints/<int:id>/file": DESK_ROLES,
    "GET /api/customers": CUSTOMER_ROLES,
    "GET /api/customers/<int:id>": CUSTOMER_ROLES,
    "GET /api/customers/<int:id>/bank": CUSTOMER_ROLES,
    "GET /api/customers/<int:id>/timeline": CUSTOMER_ROLES,
    "POST /api/customers/<int:id>/unmask": CUSTOMER_ROLES,
    "POST /api/customers/<int:id>/notes": DESK_ROLES,
    "POST /api/customers/<int:id>/tags": DESK_ROLES,
    "DELETE /api/customers/<int:id>/tags/<tag>": DESK_ROLES,
    "GET /api/customer-tags": DESK_ROLES,
    "GET /api/branches": DESK_ROLES,
    "GET /api/referrals": CUSTOMER_ROLES,
    "POST /api/referrals": DESK_ROLES,
    "POST /api/referrals/<int:id>/accept": BRANCHES,
    "POST /api/referrals/<int:id>/answer": BRANCHES,
    "POST /api/referrals/<int:id>/give-back": BRANCHES,
    "POST /api/referrals/<int:id>/send-again": DESK_ROLES,
    "POST /api/referrals/<int:id>/close": CUSTOMER_ROLES,
    "PUT /api/handoffs/<int:id>/read": DESK_ROLES,
    "GET /api/handoffs/<int:id>/suggestions": DESK_ROLES,
    "POST /api/handoffs/<int:id>/suggestions/uses": DESK_ROLES,
    "GET /api/handoffs/<int:id>/knowledge": DESK_ROLES,
    "GET /api/handoffs/<int:id>/guide": DESK_ROLES,
    "POST /api/handoffs/<int:id>/guide": DESK_ROLES,
    "POST /api/wording/check": DESK_ROLES,
    "GET /api/handoffs/<int:id>/notes": DESK_ROLES,
    "POST /api/handoffs/<int:id>/notes": DESK_ROLES,
    "POST /api/handoffs/<int:id>/mentions/read": DESK_ROLES,
    "GET /api/mentions": DESK_ROLES,
    "GET /api/handoffs/<int:id>/lines/<int:line_id>/picture": DESK_ROLES,
    "POST /api/handoffs/<int:id>/pictures": DESK_ROLES,
    "GET /api/results": CAMPAIGN_ROLES,
    "GET /api/results/export": CAMPAIGN_ROLES,
    "GET /api/results/campaigns/<int:id>": CAMPAIGN_ROLES,
    "GET /api/results/campaigns/<int:id>/breakdown": CAMPAIGN_ROLES,
    "GET /api/results/campaigns/<int:id>/breakdown/export": CAMPAIGN_ROLES,
    "GET /api/results/campaigns/<int:id>/export": CAMPAIGN_ROLES,
    "GET /api/results/campaigns/<int:id>/<metric>/followers": CAMPAIGN_ROLES,
    "GET /api/reports": REPORT_ROLES,
    "GET /api/reports/hours": SUPERVISORS,
    "GET /api/reports/breakdown": REPORT_ROLES,
    "GET /api/reports/business": REPORT_ROLES,
    "GET /api/reports/<metric>/conversations": SUPERVISORS,
    "GET /api/reports/export": REPORT_ROLES,
    "GET /api/reports/breakdown/export": REPORT_ROLES,
    "GET /api/reports/<metric>/export": SUPERVISORS,
    "GET /api/quality/form": DESK_ROLES,
    "GET /api/quality/checks": SUPERVISORS,
    "GET /api/quality/mine": DESK_ROLES,
    "GET /api/quality/summary": SUPERVISORS,
    "GET /api/quality/checks/<int:id>": DESK_ROLES,
    "POST /api/quality/checks/<int:id>/score": SUPERVISORS,
    "POST /api/quality/checks/<int:id>/seen": DESK_ROLES,
    "POST /api/quality/checks/<int:id>/appeal": DESK_ROLES,
    "POST /api/quality/checks/<int:id>/settle": SUPERVISORS,
    "GET /api/events/heard": STREAM_ROLES,
    "GET /api/campaigns": CAMPAIGN_ROLES,
    "POST /api/campaigns": MARKETERS,
    "GET /api/campaigns/<int:id>": CAMPAIGN_ROLES,
    "PUT /api/campaigns/<int:id>": MARKETERS,
    "POST /api/campaigns/<int:id>/copy": MARKETERS,
    "POST /api/campaigns/<int:id>/submit": MARKETERS,
    "POST /api/campaigns/<int:id>/approve": REVIEWING_ROLES,
    "POST /api/campaigns/<int:id>/send-back": REVIEWING_ROLES,
    "POST /api/campaigns/<int:id>/schedule": MARKETERS,
    "POST /api/campaigns/<int:id>/unschedule": MARKETERS,
    "POST /api/campaigns/<int:id>/pause": HOLDING_ROLES,
    "POST /api/campaigns/<int:id>/resume": MARKETERS,
    "POST /api/campaigns/<int:id>/cancel": HOLDING_ROLES,
    "GET /api/campaigns/<int:id>/progress": CAMPAIGN_ROLES,
    "GET /api/campaigns/<int:id>/acts": CAMPAIGN_ROLES,
    "GET /api/campaigns/<int:id>/preview": CAMPAIGN_ROLES,
    "GET /api/campaigns/<int:id>/recipients": CAMPAIGN_ROLES,
    "GET /api/campaigns/<int:id>/why": CAMPAIGN_ROLES,
    "GET /api/campaigns/<int:id>/chunks": CAMPAIGN_ROLES,
    "POST /api/campaigns/<int:id>/chunks/<int:number>/retry": MARKETERS,
    "POST /api/campaigns/<int:id>/chunks/<int:number>/abandon": MARKETERS,
    "POST /api/campaigns/<int:id>/chunks/<int:number>/settle": MARKETERS,
    "POST /api/campaigns/<int:id>/recall": HOLDING_ROLES,
    "POST /api/campaigns/<int:id>/recall/confirm": HOLDING_ROLES,
    "GET /api/mass/planner": CAMPAIGN_ROLES,
    "GET /api/mass/calendar": CAMPAIGN_ROLES,
    "GET /api/mass/policy": CAMPAIGN_ROLES,
    "GET /api/mass/stop": CAMPAIGN_ROLES,
    "POST /api/mass/stop": HOLDING_ROLES,
    "POST /api/mass/stop/lift": LIFTING_ROLES,
    "GET /api/mass/outside": CAMPAIGN_ROLES,
    "POST /api/mass/outside/<int:id>/book": MARKETERS,
    "GET /api/articles": ARTICLE_READERS,
    "POST /api/articles": ARTICLE_WRITERS,
    "GET /api/articles/desk": ARTICLE_READERS,
    "POST /api/articles/check": ARTICLE_READERS,
    "GET /api/articles/<int:id>": ARTICLE_READERS,
    "PUT /api/articles/<int:id>": ARTICLE_WRITERS,
    "POST /api/articles/<int:id>/seal": ARTICLE_WRITERS,
    "POST /api/articles/<int:id>/restore": ARTICLE_WRITERS,
    "POST /api/articles/<int:id>/duplicate": ARTICLE_WRITERS,
    "POST /api/articles/<int:id>/template": ARTICLE_WRITERS,
    "POST /api/articles/<int:id>/archive": ARTICLE_WRITERS,
    "GET /api/articles/<int:id>/versions/<int:number>": ARTICLE_READERS,
    "POST /api/articles/pictures": ARTICLE_WRITERS,
    "GET /api/articles/pictures/<int:id>": ARTICLE_READERS,
    "GET /api/article-versions/<int:id>": ARTICLE_READERS,
    "POST /api/article-versions/<int:id>/draft": ARTICLE_WRITERS,
    "POST /api/article-versions/<int:id>/draft/look": ARTICLE_READERS,
    "POST /api/article-versions/<int:id>/draft/overwrite": ARTICLE_WRITERS,
    "POST /api/article-versions/<int:id>/draft/take-back": ARTICLE_WRITERS,
    "POST /api/article-versions/<int:id>/preview": ARTICLE_WRITERS,
    "GET /api/article-testers": ARTICLE_READERS,
    "POST /api/article-testers": ARTICLE_WRITERS,
    "DELETE /api/article-testers/<int:id>": ARTICLE_WRITERS,
}
# What stands in a path where something is named.
SOMETHING = {
    "<int:id>": "1",
    "<int:line_id>": "1",
    "<int:follower_id>": "1",
    "<int:number>": "1",
    "<kind>": "faq",
    "<key>": "invoice_fees",
    "<desk>": "loan",
    "<username>": "rep",
    "<tag>": "dialect",
    "<metric>": "arrivals",
}
WRITES_KNOWLEDGE = [route for route in RIGHTS if "knowledge" in route and not route.startswith("GET")]
GUARDED = [route for route, roles in RIGHTS.items() if roles != ANYBODY]


def of_something(path: str) -> str:
    for place, something in SOMETHING.items():
        path = path.replace(place, something)
    return path


def test_every_route_is_listed_with_its_roles(app: Flask) -> None:
    found = {
        f"{method} {rule.rule}": getattr(app.view_functions[rule.endpoint], "open_to", None)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert found == RIGHTS


@pytest.mark.parametrize("route", GUARDED)
def test_nobody_gets_in_without_a_session(app: Flask, route: str) -> None:
    method, path = route.split()

    answer = app.test_client().open(of_something(path), method=method, json={})

    assert (answer.status_code, (answer.json or {})["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("role", [role for role in Role if role not in DESK_ROLES])
def test_other_roles_do_not_reach_the_desk(signed_in: Callable[[str], Browser], role: Role) -> None:
    browser = signed_in(role.value)

    for route in (route for route, roles in RIGHTS.items() if roles == DESK_ROLES):
        method, path = route.split()
        answer = browser.write(method, of_something(path)) if method != "GET" else browser.get(of_something(path))
        assert answer.status_code == 403, route


@pytest.mark.parametrize("role", [role for role in Role if role not in LEARNING_ROLES])
def test_other_roles_do_not_reach_what_customers_said(signed_in: Callable[[str], Browser], role: Role) -> None:
    browser = signed_in(role.value)

    for route in (route for route, roles in RIGHTS.items() if roles == LEARNING_ROLES):
        method, path = route.split()
        assert browser.write(method, of_something(path)).status_code == 403, route


@pytest.mark.parametrize("role", list(Role))
def test_who_writes_does_not_approve_and_who_approves_does_not_write(
    signed_in: Callable[[str], Browser], role: Role
) -> None:
    browser = signed_in(role.value)

    for route in WRITES_KNOWLEDGE:
        method, path = route.split()
        is_let_in = browser.write(method, of_something(path)).status_code != 403
        assert is_let_in == (role in RIGHTS[route]), route
    assert not WRITING_ROLES & REVIEWING_ROLES


@pytest.mark.parametrize("role", [role for role in Role if role not in AUDIT_ROLES])
def test_other_roles_do_not_reach_acts_requests_and_holds(signed_in: Callable[[str], Browser], role: Role) -> None:
    browser = signed_in(role.value)

    for route in (route for route, roles in RIGHTS.items() if roles in (AUDIT_ROLES, DATA_ROLES)):
        method, path = route.split()
        assert browser.write(method, path.replace("<int:id>", "1")).status_code == 403, route


@pytest.mark.parametrize("route", [route for route in GUARDED if not route.startswith("GET")])
def test_a_write_without_the_csrf_token_is_refused(signed_in: Callable[[str], Browser], route: str) -> None:
    browser = signed_in("supervisor")
    browser.token = "guessed"
    method, path = route.split()

    answer = browser.write(method, of_something(path))

    assert (answer.status_code, (answer.json or {})["code"]) == (403, "not_allowed")


def test_wrong_password_and_unknown_user_look_alike(app: Flask) -> None:
    browser = Browser(app.test_client())

    wrong, unknown = browser.sign_in("rep", "nope"), browser.sign_in("nobody", "nope")

    assert (wrong.status_code, wrong.json) == (unknown.status_code, unknown.json) == (401, unknown.json)


def from_address(app: Flask, address: str, username: str, password: str = PASSWORD) -> TestResponse:
    body = {"username": username, "password": password}
    return app.test_client().post("/api/session", json=body, environ_overrides={"REMOTE_ADDR": address})


def test_an_address_may_fail_ten_times_a_minute(app: Flask) -> None:
    codes = [from_address(app, "10.0.0.1", f"guess{number}", "nope").status_code for number in range(11)]

    refused = from_address(app, "10.0.0.1", "rep")
    assert codes == [401] * 10 + [429]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert from_address(app, "10.0.0.2", "rep").status_code == 200


def test_an_account_may_be_failed_ten_times_a_minute_from_wherever(app: Flask) -> None:
    codes = [from_address(app, f"10.0.0.{number}", "rep", "nope").status_code for number in range(11)]

    assert codes == [401] * 10 + [429]
    assert from_address(app, "10.0.1.1", "rep").status_code == 429
    assert from_address(app, "10.0.1.1", "rep2").status_code == 200


def test_a_whole_shift_signs_in_from_one_address_within_a_minute(app: Flask) -> None:
    codes = [from_address(app, "10.0.0.1", ("rep", "rep2")[number % 2]).status_code for number in range(12)]

    assert codes == [200] * 12


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    answer = Browser(app.test_client()).sign_in("rep")

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_signing_out_ends_the_session_at_the_server(app: Flask, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("rep")
    kept = browser.client.get_cookie("xinqiao_session")
    assert kept is not None

    assert browser.write("DELETE", "/api/session").status_code == 204

    thief = app.test_client()
    thief.set_cookie("xinqiao_session", kept.value)
    assert thief.get("/api/session").status_code == 401


def test_an_idle_session_ends(wall: FixedClock, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("rep")

    wall.advance(31 * 60)

    assert browser.get("/api/session").status_code == 401


def test_a_session_ends_after_a_shift_however_busy(wall: FixedClock, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("rep")

    codes = []
    for _ in range(25):
        wall.advance(25 * 60)
        codes.append(browser.get("/api/session").status_code)

    assert codes == [200] * 24 + [401]


def test_a_disabled_person_is_out_at_once(signed_in: Callable[[str], Browser], product: UnderTest) -> None:
    browser = signed_in("rep")
    with product.bot.database.transaction() as session:
        session.get_one(StaffMember, "rep").is_enabled = False

    assert browser.get("/api/session").status_code == 401


def test_every_answer_carries_the_security_headers(app: Flask) -> None:
    for path in ("/healthz", "/api/session", "/nothing/here"):
        with app.test_client().get(path) as answer:
            headers = answer.headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "script-src 'self';" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_unknown_addresses_are_views_of_the_console_and_unknown_api_calls_are_not_found(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>console</p>")
    (tmp_path / "assets" / "a.js").write_text("1")
    monkeypatch.setattr("api.app.CONSOLE", tmp_path)
    client = app.test_client()

    def body(path: str) -> bytes:
        with client.get(path) as answer:
            return bytes(answer.data)

    assert body("/desk/42") == b"<p>console</p>"
    assert body("/assets/a.js") == b"1"
    assert body("/../config/settings.py") == b"<p>console</p>"
    assert (client.get("/api/nothing").json or {})["code"] == "not_found"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_other_roles_do_not_reach_what_supervisors_do(signed_in: Callable[[str], Browser], role: Role) -> None:
    browser = signed_in(role.value)

    for route in (route for route, roles in RIGHTS.items() if roles == SUPERVISORS):
        method, path = route.split()
        assert browser.write(method, of_something(path)).status_code == 403, route


@pytest.mark.parametrize("role", [role for role in Role if role not in CUSTOMER_ROLES])
def test_other_roles_do_not_reach_customers(signed_in: Callable[[str], Browser], role: Role) -> None:
    browser = signed_in(role.value)

    for route in (route for route, roles in RIGHTS.items() if roles in (CUSTOMER_ROLES, BRANCHES)):
        method, path = route.split()
        assert browser.write(method, of_something(path)).status_code == 403, route


@pytest.mark.parametrize("role", [Role.REP, Role.SUPERVISOR])
def test_only_a_branch_answers_for_a_branch(signed_in: Callable[[str], Browser], role: Role) -> None:
    browser = signed_in(role.value)

    for route in (route for route, roles in RIGHTS.items() if roles == BRANCHES):
        method, path = route.split()
        assert browser.write(method, of_something(path)).status_code == 403, route


@pytest.mark.parametrize("role", [role for role in Role if role not in REPORT_ROLES])
def test_other_roles_do_not_reach_the_reports(signed_in: Callable[[str], Browser], role: Role) -> None:
    browser = signed_in(role.value)

    for route in (route for route in RIGHTS if "/api/reports" in route):
        assert browser.get(of_something(route.removeprefix("GET "))).status_code == 403, route


def test_the_console_knows_the_name_of_every_event() -> None:
    known = json.loads(EVENT_TYPES.read_text(encoding="utf-8"))

    assert known == [one.value for one in EventType], "python -m api.openapi writes it"


def test_the_published_document_is_the_one_the_console_was_generated_from(app: Flask) -> None:
    published = app.test_client().get("/api/openapi.json").json

    assert published == json.loads((ROOT / "api" / "openapi.json").read_text(encoding="utf-8")), (
        "python -m api.openapi writes it"
    )
