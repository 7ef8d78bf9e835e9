"""The link under an article: who is counted, where it leads, and what a stranger gets."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.results.model import Touch, TouchKind
from config.settings import Settings
from tests.factories import MORNING
from tests.product import UnderTest, make
from tests.unit.results.rows import add_campaign, add_people
from webhooks.app import create_app

WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"}
BANKS = "https://bank.example.com/tax-loan?from=mp"


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    add_people(database, 1, 2)
    return make(settings, database, clock)


@pytest.fixture
def client(product: UnderTest) -> FlaskClient:
    return create_app(product.bot).test_client()


def link(product: UnderTest, database: Database, source_url: str = "") -> str:
    """The path of a new campaign's link."""
    campaign = add_campaign(database, {1: [1, 2]}, titles=("惠企<贴息>",), source_url=source_url)
    return urlsplit(product.bot.article_links.url(campaign, 1)).path


def touches(database: Database) -> list[tuple[int, TouchKind, int]]:
    with database.reading() as session:
        return [(row.follower_id, row.kind, row.times) for row in session.scalars(select(Touch))]


def test_wechat_is_asked_who_opens_it_and_he_counts_once(
    product: UnderTest, client: FlaskClient, database: Database
) -> None:
    path = link(product, database, BANKS)

    asked = client.get(path, headers=WECHAT)
    query = parse_qs(urlsplit(asked.location).query)
    product.fakes.visitors.codes = {"c1": "o0001", "c2": "o0001"}
    first = client.get(f"{path}?code=c1&state=s", headers=WECHAT)
    client.get(f"{path}?code=c2&state=s", headers=WECHAT)
    client.get(f"{path}?code=c2&state=s", headers=WECHAT)

    assert asked.status_code == 302
    assert urlsplit(query["redirect_uri"][0]).path == path
    assert (first.status_code, first.location) == (302, BANKS)
    assert touches(database) == [(1, TouchKind.CLICK, 2)]


@pytest.mark.parametrize(
    ("agent", "method", "code"),
    [("Googlebot/2.1", "GET", ""), (WECHAT["User-Agent"], "HEAD", "c1"), (WECHAT["User-Agent"], "GET", "x" * 513)],
)
def test_bots_and_previews_are_not_counted(
    product: UnderTest, client: FlaskClient, database: Database, agent: str, method: str, code: str
) -> None:
    path = link(product, database, BANKS)
    product.fakes.visitors.codes = {"c1": "o0001"}

    answer = client.open(f"{path}?code={code}", method=method, headers={"User-Agent": agent})

    assert answer.status_code == 302
    assert touches(database) == []


@pytest.mark.parametrize("openid", ["o-stranger", None])
def test_who_is_no_follower_sees_the_page_and_is_nobody(
    product: UnderTest, client: FlaskClient, database: Database, openid: str | None
) -> None:
    path = link(product, database)
    if openid:
        product.fakes.visitors.codes = {"c1": openid}

    answer = client.get(f"{path}?code=c1", headers=WECHAT)

    assert answer.status_code == 200
    assert touches(database) == []


def test_who_had_his_data_deleted_is_not_written_down(
    product: UnderTest, client: FlaskClient, database: Database
) -> None:
    path = link(product, database)
    product.fakes.visitors.codes = {"c1": "o0001"}
    with database.transaction() as session:
        session.get_one(Follower, 1).erased_at = MORNING

    assert client.get(f"{path}?code=c1", headers=WECHAT).status_code == 200
    assert touches(database) == []


def test_a_platform_that_does_not_answer_keeps_nobody_from_the_page(
    product: UnderTest, client: FlaskClient, database: Database
) -> None:
    path = link(product, database, BANKS)
    product.fakes.visitors.is_down = True

    answer = client.get(f"{path}?code=c1", headers=WECHAT)

    assert (answer.status_code, answer.location) == (302, BANKS)


@pytest.mark.parametrize(
    "source_url",
    [
        "",
        "http://bank.example.com/x",
        "https://evil.example/x",
        "https://bank.example.com@evil.example/",
        "https://bank.example.com:8443/",
        "javascript:alert(1)",
        "//evil.example",
        "https://[::1",
    ],
)
def test_it_leads_to_the_bank_or_to_our_own_page_and_nowhere_else(
    product: UnderTest, client: FlaskClient, database: Database, source_url: str
) -> None:
    path = link(product, database, source_url)

    answer = client.get(f"{path}?next=https://evil.example")

    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "回到对话，直接问我" in page
    assert "《惠企&lt;贴息&gt;》" in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("code", ["m1v1", "m1v1.", "m1v1.0123456789abcdef0123", "x.y", "m1v1.é", "%00", "m1v1.a.b"])
def test_a_code_we_did_not_make_leads_nowhere(
    product: UnderTest, client: FlaskClient, database: Database, code: str
) -> None:
    link(product, database)

    assert client.get(f"/a/{code}", headers=WECHAT).status_code == 404


def test_a_code_of_a_variant_that_is_not_there_leads_nowhere(
    product: UnderTest, client: FlaskClient, database: Database
) -> None:
    link(product, database)
    path = urlsplit(product.bot.article_links.url(99, 1)).path

    assert client.get(path, headers=WECHAT).status_code == 404


def test_drafts_of_campaigns_carry_the_link_and_others_their_own(product: UnderTest) -> None:
    asked: list[tuple[int, str, str, str]] = []

    def ensure(version_id: int, purpose: str, source_url: str = "", *, scene: str = "") -> str:
        asked.append((version_id, purpose, source_url, scene))
        return "media"

    links = product.bot.article_links
    drafts = links.drafts_with(ensure)
    assert drafts(7, "c12_v1_1", scene="m12v1") == "media"
    drafts(7, "main", "https://bank.example.com/x")

    assert asked == [
        (7, "c12_v1_1", links.url(12, 1), "m12v1"),
        (7, "main", "https://bank.example.com/x", ""),
    ]
