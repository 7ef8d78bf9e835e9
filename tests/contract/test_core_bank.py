"""What every implementation of ports.CoreBank does: the fake, and the HTTP client on the simulator."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Protocol

import pytest

from bot.adapters.breaker import FAILURES
from bot.adapters.core_bank_client import HttpCoreBank
from bot.core_bank import (
    AccountState,
    AnnualCheck,
    AnnualCheckState,
    Application,
    BankAccount,
    Certificate,
    CertificateState,
    CreditLimit,
    EbankState,
    Fee,
    Instalment,
    LimitState,
    Loan,
    LoanState,
    Operator,
    OperatorState,
    Profile,
    Role,
    Stage,
)
from bot.errors import BankUnavailable, NotFound
from bot.ports import CoreBank, Firm, Points
from simulator.app import create_app
from simulator.faults import ApiFault
from simulator.settings import SimSettings
from simulator.world import World
from tests.fakes import FakeBank
from tests.on_a_port import on_a_port

OPENID = "oTest_-1"
FULL, BARE, UNKNOWN = "F00011", "F00012", "F99999"
WHOLE_BANK = "/bank"

FIRM = Firm(FULL, "合肥味道餐饮有限公司", "陶先生", "餐饮", "城东支行", date(2022, 1, 5), "rep01")
PROFILE = Profile(
    None, date(2030, 5, 1), AnnualCheck(2026, AnnualCheckState.MISMATCH, date(2026, 9, 30)), EbankState.SIGNED
)
ACCOUNTS = (
    BankAccount("基本户", "0012", AccountState.COLLECT_ONLY, 8_642_350, date(2022, 1, 5), date(2026, 11, 20)),
    BankAccount("一般户", "7788", AccountState.NORMAL, -100, date(2023, 2, 6), date(2026, 11, 21)),
)
LIMITS = (CreditLimit("经营快贷", LimitState.EFFECTIVE, 50_000_000, 30_000_000, date(2027, 5, 1)),)
APPLICATIONS = (
    Application("经营快贷", Stage.DRAWN, 50_000_000, date(2026, 11, 2)),
    Application("税务贷", Stage.REJECTED, 10_000_000, date(2026, 3, 4)),
)
LOANS = (
    Loan(
        "经营快贷",
        LoanState.NORMAL,
        20_000_000,
        date(2027, 4, 20),
        (Instalment(date(2026, 12, 20), 57_500), Instalment(date(2027, 1, 20), 57_500)),
    ),
    Loan("网贷通", LoanState.SETTLED, 0, date(2026, 4, 1), ()),
)
CERTIFICATES = (Certificate("U00000011", CertificateState.LOCKED, date(2028, 8, 8)),)
OPERATORS = (Operator("陶先生", frozenset({Role.ADMIN, Role.REVIEWER}), OperatorState.ACTIVE),)
FEES = (
    Fee("网银服务费", 20_000, date(2026, 11, 1), "0012"),
    Fee("转账手续费", 550, date(2026, 10, 3), "0012"),
)


class BankStage(Protocol):
    """A bank where FULL has everything, BARE has nothing, UNKNOWN is not there, and OPENID is bound to FULL."""

    bank: CoreBank

    def go_down(self) -> None: ...

    def change_points(self, points: Points) -> None: ...


class FakeStage:
    def __init__(self) -> None:
        self.fake = FakeBank()
        self.bank: CoreBank = self.fake
        self.fake.firms = {OPENID: FIRM}
        self.fake.profiles = {FULL: PROFILE, BARE: PROFILE}
        self.fake.accounts = {FULL: ACCOUNTS, BARE: ()}
        self.fake.points = {FULL: Points(12_800, ((300, date(2026, 12, 1)),)), BARE: Points(0, ())}
        self.fake.limits = {FULL: LIMITS, BARE: ()}
        self.fake.applications = {FULL: APPLICATIONS, BARE: ()}
        self.fake.loans = {FULL: LOANS, BARE: ()}
        self.fake.certificates = {FULL: CERTIFICATES, BARE: ()}
        self.fake.operators = {FULL: OPERATORS, BARE: ()}
        self.fake.fees = {FULL: FEES, BARE: ()}

    def go_down(self) -> None:
        self.fake.is_down = True

    def change_points(self, points: Points) -> None:
        self.fake.points[FULL] = points


class SimulatorStage:
    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.bank: CoreBank = HttpCoreBank(url, world.settings.bank_api_token)
        world.bank.bind(OPENID, FULL)
        full, bare = world.bank.find(FULL), world.bank.find(BARE)
        assert full is not None
        assert bare is not None
        profile = _json(asdict(PROFILE))
        for firm in (full, bare):
            firm.profile |= {**profile, "ebank": {"state": "signed", "signed_on": "2022-01-05"}}
        full.profile |= _json(asdict(FIRM))
        full.accounts, full.applications = _rows(ACCOUNTS), _rows(reversed(APPLICATIONS))
        full.limits = [{**row, "due_on": row["ends_on"]} for row in _rows(LIMITS)]
        full.loans, full.certificates, full.fees = _rows(LOANS), _rows(CERTIFICATES), _rows(reversed(FEES))
        full.operators = [{**row, "roles": sorted(row["roles"])} for row in _rows(OPERATORS)]
        full.points["batches"] = [{"points": 300, "expires_on": "2026-12-01"}]
        full.points["balance"] = 12_800
        for name in ("accounts", "applications", "limits", "loans", "certificates", "operators", "fees"):
            setattr(bare, name, [])
        bare.points |= {"balance": 0, "batches": []}

    def go_down(self) -> None:
        self.world.faults.api[WHOLE_BANK] = ApiFault(http_status=500)

    def change_points(self, points: Points) -> None:
        firm = self.world.bank.find(FULL)
        assert firm is not None
        firm.points |= {"balance": points.balance, "batches": []}

    def break_with(self, **fault: Any) -> None:
        self.world.faults.api[WHOLE_BANK] = ApiFault(**fault)

    def hold(self, part: str, rows: list[dict[str, Any]]) -> None:
        setattr(self.world.bank.find(FULL), part, rows)

    def row(self, part: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = getattr(self.world.bank.find(FULL), part)
        return rows[0]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[World, str]]:
    app = create_app(SimSettings())
    with on_a_port(app) as url:
        yield app.extensions["world"], url


@pytest.fixture
def simulated(served: tuple[World, str]) -> SimulatorStage:
    served[0].reset()
    return SimulatorStage(*served)


@pytest.fixture(params=["fake", "simulator"])
def stage(request: pytest.FixtureRequest) -> BankStage:
    if request.param == "fake":
        return FakeStage()
    found: BankStage = request.getfixturevalue("simulated")
    return found


Act = Callable[[CoreBank, str], object]
FACTS: Mapping[str, tuple[Act, object, object]] = {
    "profile": (lambda bank, firm: bank.get_profile(firm), PROFILE, PROFILE),
    "accounts": (lambda bank, firm: bank.get_bank_accounts(firm), ACCOUNTS, ()),
    "points": (lambda bank, firm: bank.get_points(firm), Points(12_800, ((300, date(2026, 12, 1)),)), Points(0, ())),
    "limits": (lambda bank, firm: bank.get_limits(firm), LIMITS, ()),
    "applications": (lambda bank, firm: bank.get_applications(firm), APPLICATIONS, ()),
    "loans": (lambda bank, firm: bank.get_loans(firm), LOANS, ()),
    "certificates": (lambda bank, firm: bank.get_certificates(firm), CERTIFICATES, ()),
    "operators": (lambda bank, firm: bank.get_operators(firm), OPERATORS, ()),
    "fees": (lambda bank, firm: bank.get_fees(firm), FEES, ()),
}


def test_a_bound_follower_has_his_firm_and_a_stranger_none(stage: BankStage) -> None:
    assert stage.bank.find_firm(OPENID) == FIRM
    assert stage.bank.find_firm("oNobody") is None


@pytest.mark.parametrize("name", FACTS)
def test_facts_come_as_the_port_promises(stage: BankStage, name: str) -> None:
    act, full, bare = FACTS[name]

    assert act(stage.bank, FULL) == full
    assert act(stage.bank, BARE) == bare


@pytest.mark.parametrize("name", FACTS)
def test_an_unknown_firm_is_not_found(stage: BankStage, name: str) -> None:
    with pytest.raises(NotFound):
        FACTS[name][0](stage.bank, UNKNOWN)


@pytest.mark.parametrize("name", FACTS)
def test_a_bank_that_is_away_is_told_as_such(stage: BankStage, name: str) -> None:
    stage.go_down()

    with pytest.raises(BankUnavailable):
        FACTS[name][0](stage.bank, FULL)


def test_who_somebody_is_cannot_be_told_while_the_bank_is_away(stage: BankStage) -> None:
    stage.go_down()

    with pytest.raises(BankUnavailable):
        stage.bank.find_firm(OPENID)


def test_what_changed_is_told_at_once(stage: BankStage) -> None:
    assert stage.bank.get_points(FULL).balance == 12_800

    stage.change_points(Points(7, ()))

    assert stage.bank.get_points(FULL) == Points(7, ())


@pytest.mark.parametrize(
    "fault",
    [
        {"html": True},
        {"truncate": True},
        {"errcode": -1},
        {"http_status": 500},
        {"http_status": 404, "html": True, "after_execution": True},
        {"drop_connection": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", FACTS)
def test_nonsense_is_no_answer(simulated: SimulatorStage, name: str, fault: dict[str, Any]) -> None:
    simulated.break_with(**fault)

    with pytest.raises(NotFound if fault.get("http_status") == 404 else BankUnavailable):
        FACTS[name][0](simulated.bank, FULL)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("accounts", {"state": "haunted"}),
        ("accounts", {"tail": "12345"}),
        ("accounts", {"tail": "一二三四"}),
        ("accounts", {"balance_fen": "100"}),
        ("accounts", {"balance_fen": 1.5}),
        ("accounts", {"balance_fen": True}),
        ("accounts", {"balance_fen": 10**16}),
        ("accounts", {"opened_on": 20220105}),
        ("accounts", {"opened_on": "2022-01-05T00:00:00"}),
        ("accounts", {"opened_on": "2022-13-05"}),
        ("accounts", {"kind": "户" * 101}),
        ("limits", {"available_fen": 50_000_001}),
        ("limits", {"limit_fen": -1}),
        ("applications", {"stage": None}),
        ("loans", {"plan": []}),
        ("loans", {"plan": [{"due_on": "2026-12-20"}]}),
        ("loans", {"state": "settled"}),
        ("certificates", {"state": "ACTIVE"}),
        ("operators", {"roles": ["king"]}),
        ("operators", {"name": ""}),
        ("fees", {"amount_fen": -1}),
    ],
)
def test_an_answer_that_cannot_be_is_no_answer(simulated: SimulatorStage, part: str, change: dict[str, Any]) -> None:
    simulated.row(part).update(change)

    with pytest.raises(BankUnavailable):
        FACTS[part][0](simulated.bank, FULL)


def test_more_rows_than_a_small_firm_can_have_are_no_answer(simulated: SimulatorStage) -> None:
    simulated.hold("accounts", [simulated.row("accounts")] * 201)

    with pytest.raises(BankUnavailable):
        simulated.bank.get_bank_accounts(FULL)


def test_another_firms_facts_are_never_taken_for_this_ones(simulated: SimulatorStage) -> None:
    firm = simulated.world.bank.find(FULL)
    assert firm is not None
    firm.profile["firm_id"] = BARE

    with pytest.raises(BankUnavailable):
        simulated.bank.get_profile(FULL)


def test_the_time_it_may_take_is_handed_down(simulated: SimulatorStage) -> None:
    simulated.break_with(latency_ms=1_500)
    started = time.monotonic()

    with pytest.raises(BankUnavailable):
        simulated.bank.get_points(FULL, timeout_s=0.1)

    assert time.monotonic() - started < 1.0


def test_a_bank_that_fails_again_and_again_is_left_alone_for_a_while(simulated: SimulatorStage) -> None:
    simulated.break_with(http_status=500, times=FAILURES)
    for _ in range(FAILURES):
        with pytest.raises(BankUnavailable):
            simulated.bank.get_points(FULL)

    with pytest.raises(BankUnavailable):
        simulated.bank.get_fees(FULL)

    assert HttpCoreBank(simulated.url, simulated.world.settings.bank_api_token).get_fees(FULL) == FEES


def test_a_wrong_token_is_told_as_an_outage(simulated: SimulatorStage) -> None:
    with pytest.raises(BankUnavailable):
        HttpCoreBank(simulated.url, "wrong").find_firm(OPENID)


def test_every_firm_of_the_simulator_can_be_read(simulated: SimulatorStage) -> None:
    for number in (*range(1, 60), 4_999, 5_000):
        for act, _, _ in FACTS.values():
            act(simulated.bank, f"F{number:05d}")


def _rows(values: Any) -> list[dict[str, Any]]:
    return [_json(asdict(value)) for value in values]


def _json(value: Any) -> Any:
    """As JSON writes it."""
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
