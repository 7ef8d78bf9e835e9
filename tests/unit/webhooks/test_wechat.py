"""The public app: what the platform and the bank get."""

import hashlib
import hmac
import io
import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.handoff.model import Conversation
from bot.inbox import InboxRow, RowState
from bot.messages import InboundMessage
from bot.receipts import mass_receipt
from config.settings import DEMO, Settings
from tests.product import UnderTest, make
from tests.unit.adapters.test_wechat_guard import encrypted, signed, text_xml, xml
from webhooks.app import create_app

SECRET = "13572468"


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    return make(settings, database, clock)


@pytest.fixture
def client(product: UnderTest) -> FlaskClient:
    return create_app(product.bot).test_client()


def test_the_address_is_proved_with_the_bare_echo(client: FlaskClient) -> None:
    answer = client.get("/wechat", query_string=signed(echostr="6375429301857306541"))

    assert (answer.status_code, answer.data) == (200, b"6375429301857306541")


def test_a_plain_push_gets_xml(client: FlaskClient, product: UnderTest) -> None:
    product.understands("你好", "greet")

    answer = client.post("/wechat", query_string=signed(), data=text_xml())

    assert answer.status_code == 200
    assert answer.data.startswith(b"<xml><ToUserName>")


def test_a_safe_push_gets_an_encrypted_answer(client: FlaskClient, product: UnderTest) -> None:
    product.understands("你好", "greet")
    query, body = encrypted(text_xml())

    answer = client.post("/wechat", query_string=query, data=body)

    assert answer.data.startswith(b"<xml><Encrypt>")


def test_silence_is_the_word_success(client: FlaskClient) -> None:
    body = text_xml().replace("<![CDATA[text]]>", "<![CDATA[event]]>").replace("</xml>", "<Event>VIEW</Event></xml>")

    answer = client.post("/wechat", query_string=signed(), data=body)

    assert answer.data == b"success"


def test_the_end_of_a_mass_send_is_kept_once_and_makes_nobody_a_follower(
    client: FlaskClient, product: UnderTest
) -> None:
    push = xml(
        MsgType="event", Event="MASSSENDJOBFINISH", MsgID="3147483650123456789", Status="send success", TotalCount="2",
        FilterCount="2", SentCount="2", ErrorCount="0",
    )  # fmt: skip
    later = push.replace("<CreateTime><![CDATA[", "<CreateTime><![CDATA[0")

    answers = [client.post("/wechat", query_string=signed(), data=body) for body in (push, push, later)]

    assert [(answer.status_code, answer.data) for answer in answers] == [(200, b"success")] * 3
    with product.bot.database.reading() as session:
        (row,) = session.scalars(select(InboxRow))
        assert (row.state, row.answer) == (RowState.DONE, "")
        assert mass_receipt(InboundMessage.from_json(row.message)).sent == 2
        assert session.scalars(select(Follower)).all() == []
        assert session.scalars(select(Conversation)).all() == []


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ({}, text_xml(), 403),
        (signed(), "<xml>", 400),
        (signed(), "", 400),
        (signed(), text_xml().replace("MsgType", "X"), 400),
    ],
)
def test_forged_is_403_and_broken_is_400_without_a_word(
    client: FlaskClient, query: dict[str, str], body: str, status: int
) -> None:
    answer = client.post("/wechat", query_string=query, data=body)

    assert (answer.status_code, answer.data) == (status, b"")


def test_a_failing_turn_is_silence_not_an_error(
    client: FlaskClient, product: UnderTest, log_lines: io.StringIO
) -> None:
    def explode(text: str, **_: object) -> object:
        raise ZeroDivisionError(text)

    product.fakes.nlu.parse = explode  # type: ignore[method-assign, assignment]

    answer = client.post("/wechat", query_string=signed(), data=text_xml(f"查一下{SECRET}的进度"))

    assert answer.status_code == 200
    assert "turn_failed" in log_lines.getvalue()
    assert SECRET not in log_lines.getvalue()
    assert "的进度" not in log_lines.getvalue()


def bank_push(body: bytes, at: int, secret: str = DEMO["BANK_EVENTS_SECRET"]) -> dict[str, str]:
    signature = hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Bank-Timestamp": str(at), "X-Bank-Signature": signature}


def fact(**more: object) -> bytes:
    found = {"event_id": "evt1", "type": "drawdown_paid", "openid": "o-tao", "occurred_at": "2026-11-24T02:00:00+00:00"}
    return json.dumps(found | {"data": {"amount_fen": 25_000_000, "due_on": "2026-12-20"}} | more).encode()


def test_a_signed_fact_is_taken_once(client: FlaskClient, clock: FixedClock) -> None:
    at = int(clock.now().timestamp())

    answers = [client.post("/bank/events", data=fact(), headers=bank_push(fact(), at)) for _ in range(2)]

    assert [answer.json for answer in answers] == [{"result": "taken"}, {"result": "known"}]


def test_unsigned_stale_or_odd_facts_are_refused(client: FlaskClient, clock: FixedClock) -> None:
    at = int(clock.now().timestamp())

    assert client.post("/bank/events", data=fact(), headers=bank_push(fact(), at, "other")).status_code == 403
    assert client.post("/bank/events", data=fact(), headers=bank_push(fact(), at - 301)).status_code == 403
    assert client.post("/bank/events", data=fact()).status_code == 403
    odd = fact(owner="me")
    assert client.post("/bank/events", data=odd, headers=bank_push(odd, at)).status_code == 400


BINDING = {"type": "binding_created", "firm_id": "F1", "data": {}}
WORD = {"purpose": "marketing", "granted": True, "text_version": "2026-11", "channel": "bank_page"}
CONSENT = {"type": "consent_changed", "data": WORD}


@pytest.mark.parametrize(
    ("identity", "level"),
    [
        (BINDING, 3),
        (BINDING | {"type": "binding_removed"}, 1),
        (BINDING | {"type": "phone_verified", "firm_id": None}, 2),
        (CONSENT, 1),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else None,
)
def test_facts_of_identity_and_consent_are_taken_once(
    client: FlaskClient, product: UnderTest, clock: FixedClock, identity: dict[str, object], level: int
) -> None:
    at, body = int(clock.now().timestamp()), fact(**identity)

    answers = [client.post("/bank/events", data=body, headers=bank_push(body, at)) for _ in range(2)]

    assert [answer.json for answer in answers] == [{"result": "taken"}, {"result": "known"}]
    with product.bot.database.reading() as session:
        assert session.scalars(select(Follower.identity_level)).all() == [level]


@pytest.mark.parametrize(
    "lacking",
    [
        BINDING | {"openid": None},
        BINDING | {"firm_id": None},
        BINDING | {"firm_id": ""},
        BINDING | {"type": "binding_removed", "openid": ""},
        CONSENT | {"data": {}},
        *(CONSENT | {"data": {name: value for name, value in WORD.items() if name != gone}} for gone in WORD),
        CONSENT | {"data": WORD | {"purpose": "everything"}},
        CONSENT | {"data": WORD | {"granted": "perhaps"}},
        CONSENT | {"data": WORD | {"text_version": "a b"}},
        CONSENT | {"data": WORD | {"channel": "x" * 33}},
    ],
    ids=str,
)
def test_facts_of_identity_that_lack_something_are_refused_and_change_nothing(
    client: FlaskClient, product: UnderTest, clock: FixedClock, lacking: dict[str, object]
) -> None:
    body = fact(**lacking)

    answer = client.post("/bank/events", data=body, headers=bank_push(body, int(clock.now().timestamp())))

    assert (answer.status_code, (answer.json or {})["code"]) == (400, "invalid_input")
    with product.bot.database.reading() as session:
        assert session.scalars(select(Follower)).all() == []


def test_health_tells_each_dependency(client: FlaskClient, product: UnderTest) -> None:
    product.fakes.nlu.is_down = True
    product.fakes.queue.is_down = True

    answer = client.get("/readyz")

    assert client.get("/healthz").status_code == 200
    assert answer.status_code == 503, "no migration ever ran on this database"
    found = (answer.json or {})["dependencies"]
    assert found["nlu"].startswith("degraded")
    assert found["queue"].startswith("degraded")
    assert b"xinqiao_waiting_conversations" in client.get("/metrics").data
