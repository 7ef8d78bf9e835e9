"""The flows over the real client on the simulated bank: true facts, and for every way a bank can fail an honest word."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.adapters.core_bank_client import HttpCoreBank
from bot.dialogue.hurried_bank import HurriedBank
from bot.knowledge.content import Content
from bot.ports import Firm
from config.content import load_content
from simulator.app import create_app
from simulator.bank import facts
from simulator.bank.firms import Firm as SimulatedFirm
from simulator.faults import ApiFault
from simulator.settings import SimSettings
from simulator.world import World
from tests.on_a_port import on_a_port
from tests.unit.dialogue.chat import Chat

INTENTS = (
    "points_balance",
    "points_expiry",
    "loan_progress",
    "loan_repayment",
    "loan_limit",
    "loan_early_repayment",
    "loan_renewal",
    "account_freeze",
    "account_dormant",
    "account_annual_check",
    "account_fees",
    "operator_permission",
    "ukey_activate",
)
GARBAGE: tuple[dict[str, Any], ...] = ({"html": True}, {"truncate": True}, {"errcode": -1})
OUTAGE: tuple[dict[str, Any], ...] = ({"http_status": 500}, {"drop_connection": True}, {"latency_ms": 400})


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content().with_pages(bind_url="https://bank.example/bind")


@pytest.fixture(scope="module")
def simulated() -> Iterator[tuple[World, str]]:
    app = create_app(SimSettings())
    with on_a_port(app) as url:
        yield app.extensions["world"], url


@pytest.fixture
def world(simulated: tuple[World, str]) -> World:
    simulated[0].reset()
    return simulated[0]


@pytest.fixture
def chat(world: World, simulated: tuple[World, str], content: Content) -> Chat:
    """A follower bound to 张先生's firm, who has points, a refused application and one account."""
    bank: Any = HttpCoreBank(simulated[1], world.settings.bank_api_token)
    firm = Firm("F00002", "张记汽配商行", "张先生", None, None, None, None)
    return Chat(content, now=world.clock.now(), firm=firm, bank=bank)


def _firm(world: World) -> SimulatedFirm:
    firm = world.bank.find("F00002")
    assert firm is not None
    return firm


@pytest.mark.parametrize("intent", INTENTS)
def test_every_matter_is_answered_from_the_bank(chat: Chat, intent: str) -> None:
    chat.say("查一下", intent)

    # Without a running loan there is nothing of his own to say about paying early or renewing.
    assert "_bound" in chat.said[0] or intent in {"loan_early_repayment", "loan_renewal"}
    assert "暂时查不到" not in chat.text


@pytest.mark.parametrize("fault", [*GARBAGE, *OUTAGE], ids=str)
@pytest.mark.parametrize("intent", INTENTS)
def test_whatever_is_wrong_with_the_bank_is_admitted(
    chat: Chat, world: World, intent: str, fault: dict[str, Any]
) -> None:
    world.faults.api["/bank"] = ApiFault(**fault)
    hurried: Any = HurriedBank(chat.bank, budget_s=0.25)
    chat.bank = hurried

    chat.say("查一下", intent)

    assert "暂时查不到" in chat.text
    assert "人工" in chat.lines.values()


@pytest.mark.parametrize("intent", INTENTS)
def test_a_follower_who_is_not_bound_hears_nothing_of_a_firm(chat: Chat, world: World, intent: str) -> None:
    chat.firm = None
    world.faults.api["/bank"] = ApiFault(http_status=500)

    chat.say("查一下", intent)

    assert "_bound" not in "".join(chat.said)
    assert "暂时查不到" not in chat.text


def test_facts_the_bank_reports_are_what_the_next_question_is_answered_with(chat: Chat, world: World) -> None:
    def happens(kind: str, **data: Any) -> None:
        facts.apply(kind, _firm(world), data, world.bank.today())

    happens("account_frozen", tail="3573")
    assert "尾号3573的基本户目前暂时不能收付款" in chat.say("冻结了吗", "account_freeze").text
    happens("account_unfrozen", tail="3573")
    assert "状态都正常" in chat.say("现在呢", "account_freeze").text

    happens("application_stage_changed", stage="approved")
    assert "已批准" in chat.say("批了吗", "loan_progress").text
    happens("drawdown_paid", amount_fen=50_000_000, due_on="2099-01-20")
    assert "还可用120万元" in chat.say("还有多少额度", "loan_limit").text
    assert "2099年1月20日" in chat.say("什么时候还", "loan_repayment").text
    happens("repayment_made", amount_fen=60_000_000)
    assert "没有要还的贷款" in chat.say("还欠多少", "loan_repayment").text

    happens("points_redeemed", points=10_000)
    assert "28,600积分" in chat.say("我的积分", "points_balance").text
    happens("certificate_expiring", expires_on="2099-12-01")
    assert "2099年12月1日到期" in chat.say("登不上", "ebank_login_fail").text
