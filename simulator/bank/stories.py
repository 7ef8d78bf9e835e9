"""The three firms of the acceptance stories: 陶先生 wants a first loan, 张先生's points are about to lapse, 王先生
opened his account yesterday and has never logged in.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from simulator.bank.channels import operator
from simulator.bank.points import REDEEMABLE

FIVE_YEARS = timedelta(days=5 * 365)
Rows = dict[str, Any]


def _tao(today: date) -> Rows:
    opened = today - timedelta(days=1500)
    profile = _profile(1, "陶家小馆餐饮有限公司", "陶先生", "餐饮", ("鼓楼支行", "B008"), opened, "2977", "M")
    return {
        **_firm(profile, today, balance_fen=8_642_350),
        "points": _points(2_600, (1_100, today + timedelta(days=43)), (1_500, today + timedelta(days=408))),
    }


def _zhang(today: date) -> Rows:
    opened = today - timedelta(days=2400)
    profile = _profile(2, "张记汽配商行", "张先生", "零售", ("历下支行", "B009"), opened, "3573", "B")
    application = _application(2, 170_000_000, "rejected", today - timedelta(days=14), today + timedelta(days=231))
    return {
        **_firm(profile, today, balance_fen=23_107_788),
        "points": _points(38_600, (32_000, today + timedelta(days=12)), (6_600, today + timedelta(days=377))),
        "applications": [application],
    }


def _wang(today: date) -> Rows:
    opened = today - timedelta(days=1)
    profile = _profile(3, "王氏五金加工厂", "王先生", "制造", ("浦东支行", "B003"), opened, "8709", "A")
    profile["annual_check"] = {"year": today.year, "state": "exempt", "due_on": None}
    application = _application(3, 250_000_000, "enquiry", today - timedelta(days=4), today + timedelta(days=446))
    rows = _firm(profile, today, balance_fen=100_000)
    rows["certificates"][0] |= {"state": "issued", "activated_on": None}
    return {**rows, "points": _points(0), "applications": [application]}


STORIES: Mapping[int, Callable[[date], Rows]] = {1: _tao, 2: _zhang, 3: _wang}


def _profile(
    number: int,
    name: str,
    contact: str,
    industry: str,
    branch: tuple[str, str],
    opened: date,
    account_tail: str,
    tax_grade: str,
) -> Rows:
    return {
        "firm_id": f"F{number:05d}",
        "name": name,
        "contact": contact,
        "phone": f"1990000{number:04d}",
        "industry": industry,
        "branch": branch[0],
        "branch_id": branch[1],
        "opened_on": opened.isoformat(),
        "account_tail": account_tail,
        "dedicated_rep": None,
        "tax_grade": tax_grade,
        "licence_expires_on": None,
        "id_expires_on": (opened + 4 * FIVE_YEARS).isoformat(),
        "annual_check": {"year": opened.year, "state": "passed", "due_on": None},
        "ebank": {"state": "signed", "signed_on": opened.isoformat()},
    }


def _firm(profile: Rows, today: date, *, balance_fen: int) -> Rows:
    opened, number = date.fromisoformat(profile["opened_on"]), int(profile["firm_id"][1:])
    certificate = {
        "certificate_id": f"U{number:08d}",
        "kind": "U盾",
        "state": "active",
        "issued_on": opened.isoformat(),
        "activated_on": (opened + timedelta(days=2)).isoformat(),
        "expires_on": (opened + FIVE_YEARS).isoformat(),
    }
    account = {
        "account_id": f"C{number:05d}01",
        "kind": "基本户",
        "tail": profile["account_tail"],
        "state": "normal",
        "balance_fen": balance_fen,
        "opened_on": opened.isoformat(),
        "last_activity_on": (today - timedelta(days=1)).isoformat(),
    }
    if profile["annual_check"]["year"] < today.year:
        profile["annual_check"] = {"year": today.year, "state": "passed", "due_on": f"{today.year}-09-30"}
    return {
        "profile": profile,
        "accounts": [account],
        "limits": [],
        "applications": [],
        "loans": [],
        "certificates": [certificate],
        "operators": [operator(number, 1, profile["contact"], ("admin", "maker"), certificate["certificate_id"])],
        "fees": [],
    }


def _points(balance: int, *batches: tuple[int, date]) -> Rows:
    rows = [{"points": points, "expires_on": day.isoformat()} for points, day in batches]
    return {"balance": balance, "batches": rows, "redeemable": REDEEMABLE}


def _application(number: int, amount_fen: int, stage: str, updated: date, due: date) -> Rows:
    return {
        "application_id": f"A{number:05d}01",
        "product": "网贷通",
        "amount_fen": amount_fen,
        "stage": stage,
        "updated_on": updated.isoformat(),
        "due_on": due.isoformat(),
    }
