"""The public app's edges: size, types, who sees the figures, a clock that was just moved."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from bot.adapters.wechat_crypto import FRESH_S
from bot.clock import FixedClock
from bot.db import Database
from config.settings import Settings
from tests.factories import MORNING
from tests.product import UnderTest, make
from tests.unit.adapters.test_wechat_guard import signed, text_xml
from tests.unit.webhooks.test_wechat import bank_push, fact
from webhooks.app import MAX_BODY, create_app

HOUR_LATER = str(int((MORNING + timedelta(hours=1)).timestamp()))


class MovedClock(FixedClock):
    """Learns only on `refresh` that its model was moved by an hour."""

    refreshed = 0

    def refresh(self) -> None:
        self.refreshed += 1
        self.at = MORNING + timedelta(hours=1)


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    return make(settings, database, clock)


@pytest.fixture
def client(product: UnderTest) -> FlaskClient:
    return create_app(product.bot).test_client()


def in_production(settings: Settings, database: Database, clock: FixedClock, token: str | None) -> FlaskClient:
    own = replace(settings, app_env="production", metrics_token=token)
    return create_app(make(own, database, clock).bot).test_client()


@pytest.mark.parametrize("path", ["/wechat", "/bank/events"])
def test_a_body_over_the_limit_is_refused_without_a_word(client: FlaskClient, path: str, clock: FixedClock) -> None:
    body = b"x" * (MAX_BODY + 1)

    answer = client.post(path, query_string=signed(), data=body, headers=bank_push(body, int(clock.now().timestamp())))

    assert (answer.status_code, answer.data) == (413, b"")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/wechat", "/nowhere"])
def test_no_browser_may_guess_a_type(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "more",
    [{"event_id": "e\0"}, {"firm_id": "F\0"}, {"openid": "o\0"}, {"type": "t\0"}, {"data": {"due_on": "2026\0"}}],
)
def test_a_fact_with_nul_in_it_is_refused(client: FlaskClient, clock: FixedClock, more: dict[str, object]) -> None:
    body = fact(**more)

    answer = client.post("/bank/events", data=body, headers=bank_push(body, int(clock.now().timestamp())))

    assert answer.status_code == 400
    assert (answer.json or {})["code"] == "invalid_input"


def test_production_shows_figures_only_to_who_has_the_token(
    settings: Settings, database: Database, clock: FixedClock
) -> None:
    without_token = in_production(settings, database, clock, None)
    with_token = in_production(settings, database, clock, "own-metrics-token")
    bearer = {"Authorization": "Bearer own-metrics-token"}

    assert without_token.get("/metrics", headers=bearer).status_code == 404
    assert with_token.get("/metrics").status_code == 404
    assert b"xinqiao_waiting_conversations" in with_token.get("/metrics", headers=bearer).data


def test_a_push_right_after_the_simulators_clock_was_moved_is_taken(settings: Settings, database: Database) -> None:
    clock = MovedClock(MORNING)
    client = create_app(make(settings, database, clock).bot).test_client()

    answer = client.post("/wechat", query_string=signed(HOUR_LATER), data=text_xml())

    assert (answer.status_code, clock.refreshed) == (200, 1)


def test_a_second_look_at_the_clock_lets_no_forger_in(settings: Settings, database: Database) -> None:
    clock = MovedClock(MORNING)
    client = create_app(make(settings, database, clock).bot).test_client()
    too_late = str(int(HOUR_LATER) + FRESH_S + 1)

    forged = client.post("/wechat", query_string=signed(HOUR_LATER) | {"signature": "0" * 40}, data=text_xml())
    stale = client.post("/wechat", query_string=signed(too_late), data=text_xml())

    assert (forged.status_code, stale.status_code, clock.refreshed) == (403, 403, 2)


def test_a_broken_push_and_production_do_not_look_again(settings: Settings, database: Database) -> None:
    clock = MovedClock(MORNING)
    production = replace(settings, app_env="production")
    outside, inside = (create_app(make(own, database, clock).bot).test_client() for own in (settings, production))

    outside.post("/wechat", query_string=signed(), data="<xml>")
    inside.post("/wechat", query_string=signed(HOUR_LATER), data=text_xml())

    assert clock.refreshed == 0
