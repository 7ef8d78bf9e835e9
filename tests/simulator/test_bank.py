"""The small core bank: 5,000 firms that hold together, facts that show in what is asked afterwards, outages to play."""

import json
import time
from collections import Counter
from datetime import date, timedelta

import pytest

from simulator.bank.firms import SEEDED, Bank, Firm
from simulator.bank.lending import month_after
from simulator.bank.stories import STORIES
from simulator.clock import VirtualClock

TOKEN = {"Authorization": "Bearer xinqiao-demo-bank-token"}
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def firms() -> list[Firm]:
    bank = Bank(VirtualClock())
    return [firm for number in range(1, SEEDED + 1) if (firm := bank.find(f"F{number:05d}"))]


@pytest.fixture
def ask(sim):
    def ask(firm_id: str, part: str):
        found = sim.get(f"/bank/firms/{firm_id}/{part}", headers=TOKEN)
        assert found.status_code == 200
        return found.json.get(part, found.json)

    return ask


@pytest.fixture
def report(sim):
    """Lets the bank report a fact; the answer's status."""

    def report(kind: str, firm_id: str, **data):
        return sim.post("/sim/bank/events", json={"type": kind, "firm_id": firm_id, "data": data}).status_code

    return report


def test_five_thousand_firms_are_made_in_well_under_their_second():
    started = time.perf_counter()
    bank = Bank(VirtualClock())
    bank.find("F04999")

    assert time.perf_counter() - started < 0.1


def test_the_same_firm_comes_whoever_is_asked_for_first(firms):
    alone = Bank(VirtualClock()).find("F03210")

    assert alone == firms[3209]


def test_ids_and_phones_are_nobody_elses(firms):
    assert len({firm.profile["firm_id"] for firm in firms}) == len({firm.profile["phone"] for firm in firms}) == SEEDED
    certificates = [row["certificate_id"] for firm in firms for row in firm.certificates]
    assert len(set(certificates)) == len(certificates)


def test_about_six_accounts_in_a_hundred_cannot_be_used_freely(firms):
    states = Counter(account["state"] for firm in firms for account in firm.accounts)

    assert 0.05 < 1 - states["normal"] / states.total() < 0.08
    assert set(states) == {"normal", "dormant", "collect_only", "frozen"}


def test_every_state_there_is_can_be_met(firms):
    assert {row["state"] for firm in firms for row in firm.certificates} == {
        "issued", "active", "expiring", "expired", "locked",
    }  # fmt: skip
    assert {row["stage"] for firm in firms for row in firm.applications} == {
        "enquiry", "applied", "checking", "approved", "drawn", "repaid", "rejected",
    }  # fmt: skip
    assert {row["state"] for firm in firms for row in firm.loans} == {"normal", "overdue", "settled"}
    assert {row["state"] for firm in firms for row in firm.limits} == {"effective", "pending", "suspended"}
    assert {row["state"] for firm in firms for row in firm.operators} == {"active", "disabled"}
    assert {firm.profile["annual_check"]["state"] for firm in firms} == {"passed", "pending", "mismatch", "exempt"}
    assert {firm.profile["ebank"]["state"] for firm in firms} == {"signed", "none", "suspended"}


def test_what_a_firm_holds_fits_together(firms):
    today = Bank(VirtualClock()).today()
    for firm in firms:
        _check_money(firm, today)
        assert firm.accounts[0]["kind"] == "基本户"
        assert firm.accounts[0]["tail"] == firm.profile["account_tail"]
        assert all(firm.profile["opened_on"] <= row["opened_on"] <= row["last_activity_on"] for row in firm.accounts)
        assert bool(firm.operators) == bool(firm.certificates) == (firm.profile["ebank"]["state"] != "none")
        assert all(row["state"] == "active" for row in firm.operators if "admin" in row["roles"])
        for row in firm.certificates[: len(firm.certificates) if firm.profile["firm_id"] > "F00003" else 0]:
            assert (row["state"] == "expired") == (row["expires_on"] < today.isoformat())


def _in_days(days: int) -> str:
    return (VirtualClock().now().date() + timedelta(days=days)).isoformat()


def _check_money(firm: Firm, today: date) -> None:
    assert firm.points["balance"] == sum(batch["points"] for batch in firm.points["batches"])
    for limit in firm.limits:
        assert limit["used_fen"] + limit["available_fen"] == limit["limit_fen"]
        assert limit["used_fen"] == sum(loan["outstanding_fen"] for loan in firm.loans)
    for loan in firm.loans:
        assert bool(loan["plan"]) == (loan["state"] != "settled") == bool(loan["outstanding_fen"])
        if loan["plan"]:
            assert (loan["plan"][0]["due_on"] < today.isoformat()) == (loan["state"] == "overdue")


@pytest.mark.parametrize(
    ("number", "profile", "expiring", "application", "certificate"),
    [
        (1, ("陶家小馆餐饮有限公司", "陶先生", "餐饮", "鼓楼支行", "2022-10-16", "2977", "M"), (1_100, "2027-01-06"), None, ("active", "2022-10-18", "2027-10-15")),
        (2, ("张记汽配商行", "张先生", "零售", "历下支行", "2020-04-29", "3573", "B"), (32_000, "2026-12-06"), (170_000_000, "rejected", "2026-11-10", "2027-07-13"), ("active", "2020-05-01", "2025-04-28")),
        (3, ("王氏五金加工厂", "王先生", "制造", "浦东支行", "2026-11-23", "8709", "A"), None, (250_000_000, "enquiry", "2026-11-20", "2028-02-13"), ("issued", None, "2031-11-22")),
    ],
)  # fmt: skip
def test_the_people_of_the_stories_stay_who_they_are(number, profile, expiring, application, certificate):
    firm = Firm(**STORIES[number](DAY))

    names = ("name", "contact", "industry", "branch", "opened_on", "account_tail", "tax_grade")
    assert tuple(firm.profile[name] for name in names) == profile
    lapsing = firm.points_report(DAY)["expiring"]
    assert [(batch["points"], batch["expires_on"]) for batch in lapsing] == ([expiring] if expiring else [])
    applied = [
        tuple(row[name] for name in ("amount_fen", "stage", "updated_on", "due_on")) for row in firm.applications
    ]
    assert applied == ([application] if application else [])
    assert tuple(firm.certificates[0][name] for name in ("state", "activated_on", "expires_on")) == certificate


@pytest.mark.parametrize(("day", "after"), [("2026-01-31", "2026-02-28"), ("2026-12-15", "2027-01-15")])
def test_a_month_after_stays_in_the_month(day, after):
    assert month_after(date.fromisoformat(day)) == date.fromisoformat(after)


def test_firms_are_listed_a_hundred_at_a_time(sim):
    first = sim.get("/sim/bank/firms").json
    second = sim.get(f"/sim/bank/firms?after={first[-1]['firm_id']}").json

    assert [len(first), second[0]["firm_id"]] == [100, "F00101"]
    assert sim.get("/sim/bank/firms?after=F05000").json == []
    assert sim.get("/sim/bank/firms?after=F99999").status_code == 404


@pytest.mark.parametrize(
    "part", ["points", "accounts", "limits", "applications", "loans", "certificates", "operators", "fees"]
)
def test_every_answer_names_its_firm(sim, part):
    assert sim.get(f"/bank/firms/F00002/{part}", headers=TOKEN).json["firm_id"] == "F00002"


def test_a_drawdown_shows_as_a_loan_with_its_first_due_day(ask, report):
    assert report("drawdown_paid", "F00001", amount_fen=25_000_000, due_on="2027-01-20") == 200

    (loan,) = ask("F00001", "loans")
    assert (loan["outstanding_fen"], loan["plan"][0]["due_on"]) == (25_000_000, "2027-01-20")
    assert [row["stage"] for row in ask("F00001", "applications")] == ["drawn"]


def test_a_drawdown_uses_the_limit_and_a_full_repayment_gives_it_back(ask, report):
    report("application_stage_changed", "F00003", stage="approved")
    (limit,) = ask("F00003", "limits")
    report("drawdown_paid", "F00003", amount_fen=1_000_000)
    assert ask("F00003", "limits")[0]["available_fen"] == limit["limit_fen"] - 1_000_000

    report("repayment_made", "F00003", amount_fen=2_000_000)

    assert ask("F00003", "limits")[0]["available_fen"] == limit["limit_fen"]
    assert [(row["state"], row["plan"]) for row in ask("F00003", "loans")] == [("settled", [])]
    assert ask("F00003", "applications")[0]["stage"] == "repaid"


def test_an_instalment_paid_moves_the_due_day_on(ask, report):
    report("drawdown_paid", "F00001", amount_fen=25_000_000)
    report("drawdown_paid", "F00001", amount_fen=10_000_000, due_on=_in_days(40))
    before = ask("F00001", "loans")[0]["plan"]

    report("repayment_made", "F00001")

    after = ask("F00001", "loans")[0]
    assert [after["plan"][:2], after["state"], after["outstanding_fen"]] == [before[1:], "normal", 10_000_000]


def test_part_of_the_last_instalment_leaves_the_rest_due(ask, report):
    report("drawdown_paid", "F00001", amount_fen=10_000_000, due_on="2099-01-31")
    report("repayment_made", "F00001", amount_fen=4_000_000)

    (loan,) = ask("F00001", "loans")
    assert 6_000_000 <= loan["outstanding_fen"] < 6_100_000
    assert loan["plan"][0]["amount_fen"] > loan["outstanding_fen"]


def test_points_are_redeemed_from_the_batch_that_lapses_first(ask, report):
    report("points_redeemed", "F00002", points=33_000)

    left = ask("F00002", "points")
    assert (left["balance"], left["expiring"], [batch["points"] for batch in left["batches"]]) == (5_600, [], [5_600])


def test_points_earned_come_with_their_own_day(ask, report):
    soon = _in_days(20)
    report("points_earned", "F00003", points=700, expires_on=soon)

    left = ask("F00003", "points")
    assert (left["balance"], left["expiring"]) == (700, [{"points": 700, "expires_on": soon}])


def test_a_certificate_is_activated_and_later_runs_out(ask, report):
    report("certificate_activated", "F00003")
    assert ask("F00003", "certificates")[0]["state"] == "active"

    report("certificate_expiring", "F00003", certificate_id="U00000003", expires_on="2027-01-01")

    assert [(row["state"], row["expires_on"]) for row in ask("F00003", "certificates")] == [("expiring", "2027-01-01")]


def test_a_new_account_comes_with_a_certificate_to_activate(ask, report):
    report("certificate_activated", "F00003")

    report("account_opened", "F00003")

    assert [(row["state"], row["activated_on"]) for row in ask("F00003", "certificates")] == [("issued", None)]


def test_an_account_is_frozen_and_freed(ask, report):
    report("account_frozen", "F00002", tail="3573")
    assert [row["state"] for row in ask("F00002", "accounts")] == ["frozen"]

    report("account_unfrozen", "F00002")

    assert [row["state"] for row in ask("F00002", "accounts")] == ["normal"]


def test_an_approval_brings_a_limit_which_may_change(ask, report):
    report("application_stage_changed", "F00003", stage="approved")
    report("limit_changed", "F00003", limit_fen=300_000_000)

    (limit,) = ask("F00003", "limits")
    assert (limit["available_fen"], limit["state"]) == (300_000_000, "effective")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application_stage_changed", {"stage": "unheard_of"}),
        ("application_stage_changed", {"stage": "applied", "application_id": "A9"}),
        ("repayment_made", {"amount_fen": 100}),
        ("limit_changed", {"limit_fen": 1}),
        ("points_earned", {"points": -5}),
        ("points_redeemed", {"points": "many"}),
        ("drawdown_paid", {"amount_fen": 1, "due_on": "soon"}),
        ("account_frozen", {"tail": "0000"}),
    ],
)
def test_a_fact_that_cannot_be_is_refused_and_not_sent(report, callback, ask, kind, data):
    before = {part: ask("F00002", part) for part in ("applications", "loans", "limits", "points", "accounts")}

    assert report(kind, "F00002", **data) == 400

    assert callback.received == []
    assert {part: ask("F00002", part) for part in before} == before


def test_a_fact_of_an_unknown_kind_or_firm_is_sent_and_changes_nothing(report, callback):
    assert [report("weather_changed", "F00002"), report("points_earned", "F99999", points=1)] == [200, 200]

    assert [json.loads(push.body)["type"] for push in callback.received] == ["weather_changed", "points_earned"]


@pytest.mark.parametrize("path", ["/bank", "/bank/firms/<firm_id>/points", "/bank/firms/F00002/points"])
@pytest.mark.parametrize(
    ("fault", "status", "is_html"),
    [({"html": True}, 200, True), ({"http_status": 500}, 500, True), ({"http_status": 503, "errcode": -1}, 503, False)],
)
def test_the_bank_can_be_broken_by_path_rule_or_as_a_whole(sim, path, fault, status, is_html):
    assert sim.post("/sim/faults", json={"api": {path: fault}}).status_code == 200

    broken = sim.get("/bank/firms/F00002/points", headers=TOKEN)

    assert (broken.status_code, b"<html>" in broken.data) == (status, is_html)
    if path != "/bank":
        assert sim.get(
            "/bank/firms/F00002/fees" if "firm_id" in path else "/bank/firms/F00003/points", headers=TOKEN
        ).json


def test_half_an_answer_is_no_json(sim):
    sim.post("/sim/faults", json={"api": {"/bank": {"truncate": True, "times": 1}}})

    assert sim.get("/bank/firms/F00002/points", headers=TOKEN).get_json(silent=True) is None
    assert sim.get("/bank/firms/F00002/points", headers=TOKEN).json["balance"] == 38_600


def test_a_slow_bank_answers_in_the_end(sim):
    sim.post("/sim/faults", json={"api": {"/bank": {"latency_ms": 60}}})
    started = time.monotonic()

    assert sim.get("/bank/firms/F00002/points", headers=TOKEN).json["balance"] == 38_600
    assert time.monotonic() - started >= 0.06


@pytest.mark.parametrize("fault", [{"drop_connection": True}, {"timeout_after_execution": True, "latency_ms": 10}])
def test_a_bank_that_hangs_up_gives_nothing(sim, fault):
    sim.post("/sim/faults", json={"api": {"/bank": fault}})

    assert sim.get("/bank/firms/F00002/points", headers=TOKEN).status_code == 502
