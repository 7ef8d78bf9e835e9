"""Makes one ordinary firm from its number alone: the same number on the same day gives the same firm, whoever is asked
for first.
"""

import random
from datetime import date, timedelta
from typing import Any

from simulator.bank.accounts import seed_accounts, seed_fees
from simulator.bank.channels import seed_channels
from simulator.bank.drawing import draw
from simulator.bank.lending import seed_lending
from simulator.bank.points import seed_points

SEED = 2024
SURNAMES = "李刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = "顺兴旺达诚信源丰盛泰和美佳鑫瑞宏嘉康"
TRADES = ("餐饮", "零售", "批发", "制造", "运输", "装修", "教育培训", "软件服务", "农副产品", "服装")
PLACES = ("朝阳", "海淀", "浦东", "天河", "南山", "武侯", "江岸", "鼓楼", "历下", "市南")
DEDICATED_OF_100 = 40
_CHECKS = {"passed": 86, "pending": 7, "mismatch": 7}
_TEN_YEARS_DAYS = 3650


def make(number: int, today: date) -> dict[str, Any]:
    """The firm's rows, by the fields of simulator/bank/firms.py:Firm."""
    rng = random.Random(f"{SEED}/{number}")
    profile = _profile(rng, number, today)
    opened = date.fromisoformat(profile["opened_on"])
    channels = seed_channels(rng, number, today, opened, profile["contact"])
    accounts = seed_accounts(rng, number, today, opened, profile["account_tail"])
    return {
        "profile": {**profile, "ebank": channels.pop("ebank")},
        "accounts": accounts,
        "fees": seed_fees(rng, today, accounts),
        "points": seed_points(rng, today),
        **channels,
        **seed_lending(rng, number, today),
    }


def _profile(rng: random.Random, number: int, today: date) -> dict[str, Any]:
    industry, surname, place = rng.choice(TRADES), rng.choice(SURNAMES), rng.choice(PLACES)
    opened = today - timedelta(days=rng.randrange(30, 4000))
    return {
        "firm_id": f"F{number:05d}",
        "name": f"{place}{surname}{rng.choice(GIVEN)}{rng.choice(GIVEN)}{industry}有限公司",
        "contact": surname + rng.choice(("先生", "女士")),
        "phone": f"1990000{number:04d}",
        "industry": industry,
        "branch": f"{place}支行",
        "branch_id": f"B{PLACES.index(place) + 1:03d}",
        "opened_on": opened.isoformat(),
        "account_tail": f"{rng.randrange(10_000):04d}",
        "dedicated_rep": f"rep0{rng.randrange(1, 6)}" if rng.randrange(100) < DEDICATED_OF_100 else None,
        "tax_grade": rng.choice("ABM"),
        "licence_expires_on": _licence_end(rng, today),
        "id_expires_on": (today + timedelta(days=rng.randrange(-60, 2 * _TEN_YEARS_DAYS))).isoformat(),
        "annual_check": _annual_check(rng, today, opened),
    }


def _licence_end(rng: random.Random, today: date) -> str | None:
    """Most licences run without end (长期)."""
    if rng.randrange(100) < 70:
        return None
    return (today + timedelta(days=rng.randrange(-90, _TEN_YEARS_DAYS))).isoformat()


def _annual_check(rng: random.Random, today: date, opened: date) -> dict[str, Any]:
    """A firm of this year is not checked yet."""
    if opened.year == today.year:
        return {"year": today.year, "state": "exempt", "due_on": None}
    state = draw(rng, _CHECKS)
    return {"year": today.year, "state": state, "due_on": f"{today.year}-09-30"}
