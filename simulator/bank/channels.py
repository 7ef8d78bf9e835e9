"""How a firm's people reach the bank by themselves: its sign-up for the online bank, operators, certificates (U盾)."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from simulator.bank.drawing import draw

Row = dict[str, Any]
FIVE_YEARS = timedelta(days=5 * 365)
EXPIRING_WITHIN_DAYS = 30
# Of a hundred firms; without a sign-up there are neither operators nor certificates.
_EBANK = {"signed": 90, "none": 8, "suspended": 2}
_CERTIFICATES = {"active": 80, "expiring": 8, "expired": 6, "issued": 3, "locked": 3}
_SURNAMES = "李刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾"


def seed_channels(rng: random.Random, number: int, today: date, opened: date, contact: str) -> dict[str, Any]:
    """The sign-up as `ebank`, `operators` with the administrator first, `certificates` in the operators' order."""
    state = draw(rng, _EBANK)
    if state == "none":
        return {"ebank": {"state": state, "signed_on": None}, "operators": [], "certificates": []}
    names = [contact, *(rng.choice(_SURNAMES) + "女士" for _ in range(draw(rng, {0: 35, 1: 50, 2: 15})))]
    certificates = [_certificate(rng, number, index, today, opened) for index in range(1, len(names) + 1)]
    return {
        "ebank": {"state": state, "signed_on": opened.isoformat()},
        "operators": _operators(rng, number, names, certificates),
        "certificates": certificates,
    }


def operator(number: int, index: int, name: str, roles: Sequence[str], certificate_id: str) -> Row:
    """Somebody who may act for the firm; roles are admin, maker, reviewer, query."""
    return {
        "operator_id": f"OP{number:05d}{index:02d}",
        "name": name,
        "roles": list(roles),
        "state": "active",
        "certificate_id": certificate_id,
    }


def _operators(rng: random.Random, number: int, names: Sequence[str], certificates: Sequence[Row]) -> list[Row]:
    roles = (("admin", "reviewer") if len(names) > 1 else ("admin", "maker"), ("maker", "query"), ("query",))
    rows = [
        operator(number, index, name, roles[index - 1], certificate["certificate_id"])
        for index, (name, certificate) in enumerate(zip(names, certificates, strict=True), 1)
    ]
    for row in rows[1:]:
        row["state"] = draw(rng, {"active": 92, "disabled": 8})
    return rows


def _certificate(rng: random.Random, number: int, index: int, today: date, opened: date) -> Row:
    state = draw(rng, _CERTIFICATES)
    # A firm younger than a certificate's life cannot have seen it end.
    if state in ("expiring", "expired") and today - opened < FIVE_YEARS:
        state = "active"
    left_days = {"expiring": rng.randrange(1, EXPIRING_WITHIN_DAYS), "expired": -rng.randrange(1, 200)}.get(state)
    if left_days is None:
        issued = max(opened, today - timedelta(days=rng.randrange(1, (FIVE_YEARS.days - EXPIRING_WITHIN_DAYS - 1))))
    else:
        issued = today + timedelta(days=left_days) - FIVE_YEARS
    return {
        "certificate_id": f"U{number + (index - 1) * 10_000:08d}",
        "kind": "U盾",
        "state": state,
        "issued_on": issued.isoformat(),
        "activated_on": None if state == "issued" else min(today, issued + timedelta(days=2)).isoformat(),
        "expires_on": (issued + FIVE_YEARS).isoformat(),
    }
