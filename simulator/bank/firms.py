"""Fifty made-up firms with points, loans and certificates, the same on every start; dates count from the start.

The first three are the people of the product's acceptance stories. All figures are samples (【示例】).
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from simulator.clock import BEIJING, VirtualClock

SEEDED = 50
SURNAMES = "李刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾"
TRADES = ("餐饮", "零售", "批发", "制造", "运输", "装修", "教育培训", "软件服务", "农副产品", "服装")
PLACES = ("朝阳", "海淀", "浦东", "天河", "南山", "武侯", "江岸", "鼓楼", "历下", "市南")
REDEEMABLE = (("fuel_card", "加油卡100元", 10_000), ("phone_credit", "话费50元", 5_000), ("coffee", "咖啡券", 3_000))
STAGES = ("enquiry", "applied", "approved", "drawn", "repaid", "rejected")


@dataclass
class Firm:
    """What the core bank holds on one business customer."""

    profile: dict[str, Any]
    points: dict[str, Any]
    loans: dict[str, Any]
    certificates: list[dict[str, Any]]

    def loan_report(self) -> dict[str, Any]:
        """Limits, applications, and `loans`: both in one list as the customer sees them, applications first."""
        lines = {limit["product"]: limit for limit in self.loans["limits"]}
        applied = {application["product"] for application in self.loans["applications"]}
        cases = [
            _case(application, lines.get(application["product"]), application["stage"])
            for application in self.loans["applications"]
        ]
        cases += [_case(limit, limit, "approved") for limit in self.loans["limits"] if limit["product"] not in applied]
        return {**self.loans, "loans": cases}


class Bank:
    """Firms by id, which follower is bound to which, and what he agreed to. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.bindings: dict[str, str] = {}
        self.consents: dict[str, dict[str, bool]] = {}
        today = clock.now().astimezone(BEIJING).date()
        self.firms = {firm.profile["firm_id"]: firm for firm in _seed(today)}

    def bind(self, openid: str, firm_id: str) -> None:
        """Bind a follower to a firm. Raises KeyError for an unknown firm."""
        self.firms[firm_id]
        self.bindings[openid] = firm_id

    def unbind(self, openid: str) -> str | None:
        """End a follower's binding; the firm he was bound to, or None."""
        return self.bindings.pop(openid, None)

    def find_by_openid(self, openid: str) -> Firm | None:
        """The firm this follower is bound to."""
        return self.firms.get(self.bindings.get(openid, ""))

    def record(self, kind: str, firm_id: str, data: dict[str, Any]) -> None:
        """Let a reported fact show in what the bank answers from now on."""
        firm = self.firms.get(firm_id)
        if firm is None:
            return
        today = self._clock.now().astimezone(BEIJING).date()
        if kind.startswith("points"):
            firm.points["balance"] = max(0, firm.points["balance"] - _whole(data.get("points")))
        elif kind.startswith("certificate"):
            for certificate in firm.certificates:
                certificate |= {"state": "active", "activated_on": today.isoformat()}
        elif kind.startswith(("drawdown", "loan")) and firm.loans["applications"]:
            firm.loans["applications"][0] |= {"stage": "drawn", "updated_on": today.isoformat()}


def _seed(today: date) -> list[Firm]:
    rng = random.Random(2024)
    stories = [
        _firm(
            rng, today, 1, contact="陶先生", name="陶家小馆餐饮有限公司", industry="餐饮", age_days=1500, points=2600
        ),
        _firm(rng, today, 2, contact="张先生", name="张记汽配商行", industry="零售", age_days=2400, points=38_600),
        _firm(rng, today, 3, contact="王先生", name="王氏五金加工厂", industry="制造", age_days=1, points=0),
    ]
    stories[0].loans = {"limits": [], "applications": []}
    stories[1].points["expiring"] = [{"points": 32_000, "expires_on": (today + timedelta(days=12)).isoformat()}]
    stories[2].certificates[0] |= {"state": "issued", "activated_on": None}
    rest = [_random_firm(rng, today, number) for number in range(4, SEEDED + 1)]
    return stories + rest


def _random_firm(rng: random.Random, today: date, number: int) -> Firm:
    industry, surname = rng.choice(TRADES), rng.choice(SURNAMES)
    name = f"{rng.choice(PLACES)}{surname}氏{industry}有限公司"
    contact = surname + rng.choice(("先生", "女士"))
    age_days, points = rng.randrange(30, 4000), rng.randrange(0, 60_000, 100)
    return _firm(rng, today, number, contact=contact, name=name, industry=industry, age_days=age_days, points=points)


def _firm(
    rng: random.Random, today: date, number: int, *, contact: str, name: str, industry: str, age_days: int, points: int
) -> Firm:
    firm_id = f"F{number:05d}"
    place = rng.choice(PLACES)
    opened = today - timedelta(days=age_days)
    profile = {
        "firm_id": firm_id,
        "name": name,
        "contact": contact,
        "phone": f"1990000{number:04d}",
        "industry": industry,
        "branch": f"{place}支行",
        "branch_id": f"B{PLACES.index(place) + 1:03d}",
        "opened_on": opened.isoformat(),
        "account_tail": f"{rng.randrange(10_000):04d}",
        "dedicated_rep": f"rep0{rng.randrange(1, 6)}" if number > 3 and rng.random() < 0.4 else None,
        "tax_grade": rng.choice("ABM"),
    }
    return Firm(profile, _points(rng, today, points), _loans(rng, today, number), [_certificate(opened, number)])


def _points(rng: random.Random, today: date, balance: int) -> dict[str, Any]:
    soon = rng.randrange(0, balance // 2 + 1) // 100 * 100
    expiring = [{"points": soon, "expires_on": (today + timedelta(days=rng.randrange(5, 90))).isoformat()}]
    items = [{"code": code, "name": name, "points": cost} for code, name, cost in REDEEMABLE]
    return {"balance": balance, "expiring": expiring if soon else [], "redeemable": items}


def _loans(rng: random.Random, today: date, number: int) -> dict[str, Any]:
    limit_fen = rng.randrange(10, 300, 10) * 1_000_000
    used_fen = limit_fen // 4 * rng.randrange(0, 4)
    product = rng.choice(("经营快贷", "税务贷", "网贷通"))
    due_on = (today + timedelta(days=rng.randrange(20, 700))).isoformat()
    limit = {
        "product": product,
        "limit_fen": limit_fen,
        "used_fen": used_fen,
        "available_fen": limit_fen - used_fen,
        "annual_rate_bp": rng.randrange(310, 435, 5),
        "due_on": due_on,
    }
    application = {
        "application_id": f"A{number:05d}01",
        "product": product,
        "amount_fen": limit_fen,
        "stage": rng.choice(STAGES),
        "updated_on": (today - timedelta(days=rng.randrange(0, 20))).isoformat(),
        "due_on": due_on,
    }
    return {"limits": [limit] if rng.random() < 0.6 else [], "applications": [application]}


def _case(source: dict[str, Any], line: dict[str, Any] | None, stage: str) -> dict[str, Any]:
    limit_fen, available_fen = (line["limit_fen"], line["available_fen"]) if line else (None, None)
    return {
        "product": source["product"],
        "stage": stage,
        "limit_fen": limit_fen,
        "available_fen": available_fen,
        "due_on": source["due_on"],
    }


def _certificate(opened: date, number: int) -> dict[str, Any]:
    active = opened + timedelta(days=2)
    return {
        "certificate_id": f"U{number:08d}",
        "kind": "U盾",
        "state": "active",
        "issued_on": opened.isoformat(),
        "activated_on": active.isoformat(),
        "expires_on": (opened + timedelta(days=5 * 365)).isoformat(),
    }


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
