"""What every implementation of ports.CoreBank does: the fake, and the HTTP client against a service on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

import pytest

from bot.adapters.core_bank_client import HttpCoreBank
from bot.errors import BankUnavailable, NotFound
from bot.ports import CoreBank, Firm, LoanCase, Points
from tests.contract.loopback import Table, serve
from tests.fakes import FakeBank

OPENID = "oTest_-1"
FIRM = Firm("F1", "合肥味道餐饮有限公司", "陶先生", "catering", "城东支行", date(2022, 1, 5), "rep01")
BARE = Firm("F2", "某某商贸", "李女士", None, None, None, None)
POINTS = Points(12_800, ((300, date(2026, 12, 1)), (500, date(2027, 1, 1))))
LOANS = [
    LoanCase("jingying_kuaidai", "approved", 50_000_000, 30_000_000, None),
    LoanCase("shuiwudai", "repaid", None, None, date(2026, 12, 20)),
]


@dataclass
class Stage:
    """A bank that knows FIRM with points and loans, and BARE with neither."""

    bank: CoreBank
    go_down: Callable[[], None]
    firms: dict[str, Firm] = field(default_factory=dict)


@pytest.fixture(params=["fake", "http"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "fake":
        fake = FakeBank()
        fake.firms = {OPENID: FIRM, "oBare": BARE}
        fake.points, fake.loans = {"F1": POINTS}, {"F1": LOANS, "F2": []}
        yield Stage(fake, lambda: setattr(fake, "is_down", True))
        return
    with serve(Table()) as table:
        for openid, firm in ((OPENID, FIRM), ("oBare", BARE)):
            row = {
                name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(firm).items()
            }
            table.answers[f"bank/firms/by-openid/{openid}"] = row
        lapses = [{"points": points, "expires_on": day.isoformat()} for points, day in reversed(POINTS.expiring)]
        table.answers["bank/firms/F1/points"] = {"balance": POINTS.balance, "expiring": lapses}
        loans = [asdict(loan) | {"due_on": loan.due_on.isoformat() if loan.due_on else None} for loan in LOANS]
        table.answers["bank/firms/F1/loans"] = {"loans": loans}
        table.answers["bank/firms/F2/loans"] = {"loans": []}
        yield Stage(HttpCoreBank(table.url, "token"), lambda: setattr(table, "is_down", True))


def test_a_bound_follower_has_his_firm(stage: Stage) -> None:
    assert stage.bank.find_firm(OPENID) == FIRM
    assert stage.bank.find_firm("oBare") == BARE


def test_a_stranger_has_none(stage: Stage) -> None:
    assert stage.bank.find_firm("oNobody") is None


def test_points_come_with_what_lapses_soonest_first(stage: Stage) -> None:
    assert stage.bank.get_points("F1") == POINTS


def test_loans_come_as_the_bank_orders_them(stage: Stage) -> None:
    assert list(stage.bank.get_loans("F1")) == LOANS
    assert list(stage.bank.get_loans("F2")) == []


@pytest.mark.parametrize("act", [lambda bank: bank.get_points("F9"), lambda bank: bank.get_loans("F9")])
def test_an_unknown_firm_is_not_found(stage: Stage, act: Callable[[CoreBank], object]) -> None:
    with pytest.raises(NotFound):
        act(stage.bank)


@pytest.mark.parametrize(
    "act", [lambda bank: bank.find_firm(OPENID), lambda bank: bank.get_points("F1"), lambda bank: bank.get_loans("F1")]
)
def test_a_bank_that_is_away_is_told_as_such(stage: Stage, act: Callable[[CoreBank], object]) -> None:
    stage.go_down()

    with pytest.raises(BankUnavailable):
        act(stage.bank)
