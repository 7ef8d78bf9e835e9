"""Which products suit, each with its reason."""

from datetime import date
from typing import Any

import pytest

from bot.knowledge.content import Product
from bot.knowledge.suitability import Fit, shortlist

TODAY = date(2026, 11, 24)


def _product(product_id: str = "credit", **changes: Any) -> Product:
    values: dict[str, Any] = {
        "id": product_id, "version": 1, "name": product_id, "kind": "信用", "pitch": "p", "max_amount_fen": 50_000_000,
        "max_term_months": 12, "annual_rate_bp": 345, "min_years": 1, "needs_collateral": False, "needs": (), "costs": "c",
        "how": "h", "guide": None, "is_sample": True, "approved_by": "a", "effective_from": date(2026, 1, 1),
        "effective_until": None,
    }  # fmt: skip
    return Product(**(values | changes))


MORTGAGE = {"needs_collateral": True}
KNOWN = {"amount": [20_000_000, 20_000_000], "term": 6, "collateral": False, "years": 4.0, "industry": "catering"}


@pytest.mark.parametrize(
    ("changes", "slots", "verdict", "reason"),
    [
        ({}, KNOWN, Fit.FITS, "不用抵押"),
        ({}, KNOWN | {"years": 0.5}, Fit.NO, "要经营满1年"),
        ({}, KNOWN | {"amount": [60_000_000, 70_000_000]}, Fit.NO, "不够您用"),
        ({}, KNOWN | {"amount": [40_000_000, 70_000_000]}, Fit.MAYBE, "可能不够"),
        ({}, KNOWN | {"term": 36}, Fit.MAYBE, "到期要再申请"),
        ({}, {}, Fit.MAYBE, "要经营满1年"),
        (MORTGAGE, KNOWN, Fit.NO, "需要房产抵押"),
        (MORTGAGE, KNOWN | {"collateral": True}, Fit.FITS, "有房产"),
        (MORTGAGE, {}, Fit.MAYBE, "要有房产可抵押"),
        ({"condition": "纳税B级"}, KNOWN, Fit.MAYBE, "纳税B级"),
        ({"industries": ("agriculture",)}, KNOWN, Fit.NO, "只给特定行业办"),
        ({"industries": ("catering",)}, KNOWN, Fit.FITS, "不用抵押"),
        ({"industries": ("catering",)}, KNOWN | {"industry": None}, Fit.MAYBE, "要看您的行业"),
    ],
)
def test_each_verdict_has_its_reason(
    changes: dict[str, Any], slots: dict[str, object], verdict: Fit, reason: str
) -> None:
    (one,) = shortlist([_product(**changes)], slots, TODAY)

    assert one.verdict is verdict
    assert reason in one.reason


def test_the_best_stand_first_and_credit_before_mortgage() -> None:
    products = [_product("mortgage", needs_collateral=True), _product("no", min_years=9), _product("credit")]

    assert [one.product.id for one in shortlist(products, {"years": 4.0}, TODAY)] == ["credit", "mortgage", "no"]


@pytest.mark.parametrize("changes", [{"effective_from": date(2027, 1, 1)}, {"effective_until": date(2026, 11, 23)}])
def test_a_product_outside_its_dates_is_not_offered(changes: dict[str, Any]) -> None:
    assert shortlist([_product(**changes)], KNOWN, TODAY) == ()
