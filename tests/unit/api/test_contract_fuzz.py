"""The published document against the running app: whatever is sent, the answer is one the document promises.

Schemathesis makes the requests from /api/openapi.json, fitting and misfitting ones. The event stream has its own tests:
it never ends.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api import auth
from api.app import create_app
from bot.alerts.model import AlertKind
from bot.alerts.service import raise_alert
from bot.bootstrap import Bot
from bot.clock import FixedClock
from bot.complaints.filing import file_complaint
from bot.customers.remarks import write_note
from bot.db import Base, Database
from bot.handoff.model import Outcome
from bot.knowledge.edition import Edition, Kind
from bot.referrals.model import ReferralReason
from bot.referrals.sending import Asked, Origin
from bot.referrals.service import BranchPerson
from bot.staff.service import add_missing
from config.settings import ROOT, Settings
from tests.factories import MORNING, add_parse, add_waiting, conversation_of, hear
from tests.product import UnderTest, make
from tests.unit.api.conftest import OUR_BRANCH, PASSWORD, PEOPLE
from tests.unit.api.test_followups import add_promise
from tests.unit.api.test_leads import add_lead

CHATS = 12
EXAMPLES = 30
PATHS = json.loads((ROOT / "api" / "openapi.json").read_text(encoding="utf-8"))["paths"]
OPERATIONS = [f"{method} {path}" for path in PATHS for method in PATHS[path] if path != "/api/events"]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def console(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A console with chats in every state, over fakes; one for all requests, as in life."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'fuzz.db'}")
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        add_missing(session, PEOPLE, auth.hash_password(PASSWORD))
    product = make(settings, database, FixedClock(MORNING))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.app._limits_storage", lambda _url: "memory://")
        app = create_app(product.bot)
    for number in range(CHATS):
        chat = add_waiting(database, number)
        hear(database, chat)
        if number % 3:
            product.bot.desk.accept(chat, ("rep", "rep2")[number % 2])
        if number % 3 == 2:
            product.bot.desk.close(chat, ("rep", "rep2")[number % 2], Outcome.SOLVED, "")
            # Chats that are still wrapped up would leave no room for the next ones.
            product.bot.desk.wrap_up(chat, ("rep", "rep2")[number % 2])
        add_promise(database, MORNING, number=number)
        add_lead(database, number)
        add_parse(database, chat, f"第{number}句", confidence=0.2)
        _add_version(product, number)
        _add_alert(product, number)
        _add_matters(product, chat, number)
    yield app
    database.close()


def _add_matters(product: UnderTest, chat: int, number: int) -> None:
    """A referral in one state or another, a complaint, and something written down about the customer."""
    follower = conversation_of(product.bot.database, chat).follower_id
    asked = Asked(OUR_BRANCH, ReferralReason.CASH, "请上门")
    sent = product.bot.referrals.send(follower, Origin(chat), asked, "rep")
    if number % 3:
        product.bot.referrals.accept(sent.id, BranchPerson("branch", "某branch", OUR_BRANCH))
    with product.bot.database.transaction() as session:
        write_note(session, follower, "备注", "rep", MORNING)
        file_complaint(session, follower_id=follower, conversation_id=chat, text="慢", about_rep="rep2", now=MORNING)


def _add_version(product: UnderTest, number: int) -> None:
    """A version in one state or another."""
    body = {"questions": [f"第{number}问"], "text": "这样办。"}
    wanted = Edition(Kind.FAQ, f"item_{number}", 1, "条目", "岗位", "来源", body, MORNING.date(), "")
    version = product.bot.knowledge.save(wanted, "marketer")
    if number % 3:
        product.bot.knowledge.submit(version.id, "marketer")
    if number % 3 == 2:
        product.bot.knowledge.approve(version.id, "reviewer", version.content_hash)


def _add_alert(product: UnderTest, number: int) -> None:
    """One that ends with its cause, or one that is closed by hand."""
    kind = (AlertKind.LONG_WAIT, AlertKind.LOW_RATING)[number % 2]
    with product.bot.database.transaction() as session:
        raise_alert(session, kind, str(number), MORNING)


@pytest.fixture(scope="module")
def document(console: Flask) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", console)


class _Person:
    """Who sends the requests; signs in again whenever a request signed him out."""

    def __init__(self, username: str) -> None:
        self.username, self.token = username, ""

    def headers(self, bot: Bot) -> dict[str, str]:
        who = auth.find_caller(bot, self.token)
        if who is None:
            self.token, _, _ = auth.sign_in(bot, self.username, PASSWORD)
            who = auth.find_caller(bot, self.token)
            assert who is not None
        return {"X-CSRF-Token": who.csrf_token, "Cookie": f"{auth.cookie_name(bot)}={self.token}"}


# He may call everything but what only the second person may.
SUPERVISOR, REVIEWER, BRANCH = _Person("supervisor"), _Person("reviewer"), _Person("branch")
OF_THE_BRANCH = ("/accept", "/answer", "/give-back")


def _asks_for_something(operation: str) -> bool:
    method, path = operation.split()
    return bool(PATHS[path][method].get("parameters") or "requestBody" in PATHS[path][method])


FITTING = [(operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
# A request that asks for nothing cannot misfit.
MISFITTING = [(operation, GenerationMode.NEGATIVE) for operation in OPERATIONS if _asks_for_something(operation)]


@pytest.mark.parametrize(("operation", "mode"), [*FITTING, *MISFITTING])
def test_every_answer_is_one_the_document_promises(
    console: Flask, document: schemathesis.BaseSchema, operation: str, mode: GenerationMode
) -> None:
    method, path = operation.split()
    cases = document[path][method].as_strategy(generation_mode=mode)

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def ask(case: Case) -> None:
        _point_at_something(case.path_parameters)
        response = case.call(headers=_who_may(path).headers(console.extensions["bot"]))
        case.validate_response(response, checks=CHECKS)

    ask()


def _who_may(path: str) -> _Person:
    if path.endswith(("/approve", "/versions/{id}/send-back")) and "knowledge" in path:
        return REVIEWER
    return BRANCH if "/referrals/" in path and path.endswith(OF_THE_BRANCH) else SUPERVISOR


def _point_at_something(parameters: Any) -> None:
    """Of all numbers hardly one is a chat's: every second number is made one."""
    number = parameters.get("id") if parameters else None
    if isinstance(number, int) and number > 0 and number % 2:
        parameters["id"] = number % (CHATS + 1)
