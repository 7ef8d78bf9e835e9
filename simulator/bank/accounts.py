"""A firm's settlement accounts: one basic (基本户), up to three general ones (一般户), and what was charged lately.

About six in a hundred cannot be used freely: dormant, collect-only or frozen. Why an account is frozen is not told: the
bank tells nobody outside.
"""

import random
from datetime import date, timedelta
from typing import Any

from simulator.bank.drawing import draw

Rows = list[dict[str, Any]]
BASIC, GENERAL = "基本户", "一般户"
DORMANT_AFTER_DAYS = 366
# Of a thousand accounts old enough to be dormant.
_STATES = {"dormant": 44, "collect_only": 26, "frozen": 14, "normal": 916}
_FEES = (
    ("账户管理费", 36_000),
    ("网银服务费", 20_000),
    ("U盾工本费", 5_800),
    ("转账手续费", 550),
    ("短信通知费", 1_000),
)
_FEE_DAYS = 90


def seed_accounts(rng: random.Random, number: int, today: date, opened: date, tail: str) -> Rows:
    """The accounts, the basic one first; its tail is the profile's."""
    rows = [_account(rng, number, 1, BASIC, today, opened, tail)]
    for index in range(2, 2 + draw(rng, {0: 55, 1: 30, 2: 12, 3: 3})):
        later = opened + (today - opened) * rng.random()
        rows.append(_account(rng, number, index, GENERAL, today, later, f"{rng.randrange(10_000):04d}"))
    return rows


def seed_fees(rng: random.Random, today: date, accounts: Rows) -> Rows:
    """What was charged in the last 90 days, newest first; for most firms nothing, because small ones are spared."""
    count = draw(rng, {0: 55, 1: 25, 2: 13, 3: 7})
    days = sorted(rng.sample(range(1, _FEE_DAYS), count))
    rows = []
    for day in days:
        kind, amount_fen = rng.choice(_FEES)
        charged_on = (today - timedelta(days=day)).isoformat()
        rows.append({"kind": kind, "amount_fen": amount_fen, "charged_on": charged_on, "tail": accounts[0]["tail"]})
    return rows


def _account(
    rng: random.Random, number: int, index: int, kind: str, today: date, opened: date, tail: str
) -> dict[str, Any]:
    age = (today - opened).days
    state = draw(rng, _STATES) if age > DORMANT_AFTER_DAYS else "normal"
    idle_days = rng.randrange(DORMANT_AFTER_DAYS, age) if state == "dormant" else _idle_days(rng, age)
    return {
        "account_id": f"C{number:05d}{index:02d}",
        "kind": kind,
        "tail": tail,
        "state": state,
        "balance_fen": round(rng.lognormvariate(15.5, 1.6)) if state != "dormant" else rng.randrange(0, 200_000),
        "opened_on": opened.isoformat(),
        "last_activity_on": (today - timedelta(days=idle_days)).isoformat(),
    }


def _idle_days(rng: random.Random, age: int) -> int:
    """Most firms moved money this week, a few have been silent for months."""
    return min(int(rng.expovariate(1 / 18)) + 1, age, DORMANT_AFTER_DAYS - 1)
