"""What is logged is listed; what people say, and who they are, is nowhere. Driven with planted canaries."""

import io
import json
import logging
from collections.abc import Callable

import pytest
import structlog

from api.app import create_app as create_console
from api.auth import hash_password
from bot.adapters.wechat_calls import PlatformCalls
from bot.adapters.wechat_client import WechatpyClient
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import SendRefused, WechatBusy
from bot.logs import ALLOWED
from bot.ports import Firm
from bot.staff.service import add_missing
from config.settings import Settings
from tests.factories import add_waiting, hear
from tests.product import UnderTest, eventually, make
from tests.unit.adapters.test_wechat_guard import OPENID, signed, text_xml
from tests.unit.api.conftest import PEOPLE, Browser
from webhooks.app import create_app as create_webhooks

log = structlog.get_logger()

PHONE, CARD, CODE = "13912345678", "6222021234567890128", "483920"
NAME, FIRM_NAME, NOTE = "欧阳无忌", "铁观音茶业有限公司", "他说明年再看"
PASSWORD = "rep-canary-password"
CANARIES = (PHONE, CARD, CODE, NAME, FIRM_NAME, NOTE, PASSWORD, "铁观音", "再贷一百万", "您好呀", "wrong-canary")


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock, log_lines: io.StringIO) -> UnderTest:
    with database.transaction() as session:
        add_missing(session, PEOPLE, hash_password(PASSWORD))
    return make(settings, database, clock)


def test_a_field_that_is_not_listed_is_dropped(log_lines: io.StringIO) -> None:
    log.info("turn_decided", intent="greet", text="我叫欧阳", phone=PHONE, openid=OPENID)

    [line] = lines(log_lines)
    assert line["intent"] == "greet"
    assert set(line) <= ALLOWED
    assert not {"text", "phone", "openid"} & set(line)


@pytest.mark.parametrize("name", ["call", "forced", "life_s"])
def test_what_the_adapters_say_of_a_call_and_a_token_is_kept(log_lines: io.StringIO, name: str) -> None:
    log.info("wechat_token_fetched", **{name: 7})

    assert lines(log_lines)[0][name] == 7


def test_an_error_is_told_by_its_kind_and_places_not_by_its_words(log_lines: io.StringIO) -> None:
    with pytest.raises(ValueError, match=PHONE) as raised:
        int(f"电话{PHONE}")

    log.error("turn_failed", exc_info=raised.value)

    [line] = lines(log_lines)
    assert line["error"] == "ValueError"
    assert str(line["places"]).startswith("['test_logs.py:")
    assert PHONE not in log_lines.getvalue()


def test_debug_is_not_written(log_lines: io.StringIO) -> None:
    log.debug("simulated_clock_unread")

    assert log_lines.getvalue() == ""


@pytest.mark.parametrize("name", ["urllib3", "urllib3.connectionpool", "httpx", "httpcore", "wechatpy", "requests"])
def test_libraries_that_would_write_whole_addresses_are_silent(
    log_lines: io.StringIO, settings: Settings, database: Database, clock: FixedClock, name: str
) -> None:
    WechatpyClient(PlatformCalls(settings, database, clock))

    assert not logging.getLogger(name).isEnabledFor(logging.WARNING)


def test_no_canary_of_a_busy_day_is_in_the_log(
    product: UnderTest, database: Database, log_lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_customer(product)
    work_as_rep(product, database, monkeypatch)

    written = log_lines.getvalue()
    happened = {line["event"] for line in lines(log_lines)}
    assert {"push_answered", "turn_decided", "turn_failed", "handoff_accepted", "delivery_finished"} <= happened
    assert {"request_failed", "handoff_closed"} <= happened
    for canary in (*CANARIES, OPENID):
        assert canary not in written, canary
    assert all(set(line) <= ALLOWED for line in lines(log_lines))


def write_as_customer(product: UnderTest) -> None:
    client = create_webhooks(product.bot).test_client()
    product.fakes.bank.firms[OPENID] = Firm("F1", FIRM_NAME, NAME, "catering", None, None, None)
    parse = product.fakes.nlu.parse

    def parse_or_fail(text: str, **more):
        if "毒" in text:
            raise ValueError(text)
        return parse(text, **more)

    product.fakes.nlu.parse = parse_or_fail  # type: ignore[method-assign]
    product.understands("转人工", "human_agent")
    said = (
        f"我叫{NAME},电话{PHONE}",
        f"验证码是{CODE}",
        f"卡号{CARD}再贷一百万",
        f"毒:{NAME}{PHONE}",
        "人工",
        f"{FIRM_NAME}想续贷",
    )
    for number, text in enumerate(said):
        answer = client.post("/wechat", query_string=signed(), data=numbered(text_xml(text), number))
        assert answer.status_code == 200
    client.post("/wechat", query_string={}, data=text_xml(f"伪造{PHONE}"))
    client.post("/wechat", query_string=signed(), data=f"<xml>{NAME}")


def numbered(body: str, number: int) -> str:
    """The same push under another message id, so that it is no repeat."""
    start, end = body.index("<MsgId>") + len("<MsgId>"), body.index("</MsgId>")
    return f"{body[:start]}{9000 + number}{body[end:]}"


def work_as_rep(product: UnderTest, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.app._limits_storage", lambda _url: "memory://")
    app = create_console(product.bot)
    browser = Browser(app.test_client())
    browser.sign_in("rep", "wrong-canary")
    assert browser.sign_in("rep", PASSWORD).status_code == 200
    chat = add_waiting(database, 7)
    hear(database, chat, f"我是{NAME}")
    assert browser.post(f"/api/handoffs/{chat}/accept").status_code == 200
    product.fakes.wechat.failures += [SendRefused(f"{NAME}", reason="45015"), WechatBusy(PHONE)]
    for number in range(3):
        browser.post(f"/api/handoffs/{chat}/replies", {"client_key": f"key-0000000{number}", "text": f"您好呀{NAME}"})
    assert eventually(lambda: product.fakes.wechat.sent)
    browser.post(f"/api/handoffs/{chat}/close", {"outcome": "followup", "note": NOTE})
    _break(monkeypatch, "api.counters.desk_counters", f"{FIRM_NAME} {PHONE}")
    assert browser.get("/api/counters").status_code == 500


def _break(monkeypatch: pytest.MonkeyPatch, name: str, message: str) -> None:
    def fail(*_: object) -> Callable[[], None]:
        raise RuntimeError(message)

    monkeypatch.setattr(name, fail)
