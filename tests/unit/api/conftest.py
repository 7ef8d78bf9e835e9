"""A signed-in console over fakes."""

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from bot.clock import FixedClock
from bot.db import Database
from bot.staff.model import Role
from bot.staff.service import NewStaff, add_missing
from config.settings import Settings
from tests.factories import MORNING
from tests.product import UnderTest, make

PASSWORD = "open sesame, please"
# As cheap as can be: a real one costs a fifth of a second, and thousands sign in here.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
OUR_BRANCH, OTHER_BRANCH = "鼓楼支行", "历下支行"
PEOPLE = [
    NewStaff(
        role.value,
        f"某{role.value}",
        role,
        ("loan", "general"),
        3,
        branch=OUR_BRANCH if role is Role.BRANCH else None,
    )
    for role in Role
] + [
    NewStaff("rep2", "小周", Role.REP, ("loan",), 3),
    NewStaff("branch2", "赵经理", Role.BRANCH, branch=OTHER_BRANCH),
    NewStaff("trainer2", "罗训练", Role.TRAINER),
]


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    """A product with one person of every role."""
    with database.transaction() as session:
        add_missing(session, PEOPLE, _HASH)
    return make(settings, database, clock)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The machine's own time, by which sessions end; the product's clock moves apart from it."""
    found = FixedClock(MORNING)
    monkeypatch.setattr("api.auth.machine_now", found.now)
    return found


@pytest.fixture
def app(product: UnderTest, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The console's app; its rate limits live in this process."""
    monkeypatch.setattr("api.app._limits_storage", lambda _url: "memory://")
    return create_app(product.bot)


class Browser:
    """One browser; knows its CSRF token. Its answers are untyped: each test knows what JSON it asked for."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def sign_in(self, username: str, password: str = PASSWORD) -> Any:
        answer = self.client.post("/api/session", json={"username": username, "password": password})
        self.token = (answer.json or {}).get("csrf_token", "")
        return answer

    def get(self, path: str, **query: object) -> Any:
        return self.client.get(path, query_string=query)

    def write(self, method: str, path: str, body: object | None = None) -> Any:
        return self.client.open(
            path, method=method, json=body if body is not None else {}, headers={"X-CSRF-Token": self.token}
        )

    def post(self, path: str, body: object | None = None) -> Any:
        return self.write("POST", path, body)


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Browser]:
    """Makes a browser of this person."""

    def make_browser(username: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(username).status_code == 200
        return browser

    return make_browser
