"""Which credit products suit an owner's situation, each with its reason. Pure; used by the loan flow and the
rep's suggestions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.knowledge.content import Product
from bot.knowledge.rates import amount_text, term_text, years_text


class Fit(StrEnum):
    """How well a product suits, best first."""

    FITS = "fits"
    MAYBE = "maybe"
    NO = "no"


_ORDER = tuple(Fit)


@dataclass(frozen=True)
class Need:
    """What the owner told; None is unknown. Amounts in fen, terms in months; a range keeps both ends."""

    amount_low_fen: int | None = None
    amount_high_fen: int | None = None
    term_months: int | None = None
    has_collateral: bool | None = None
    years: float | None = None
    industry: str | None = None

    @classmethod
    def of(cls, slots: Mapping[str, Any]) -> "Need":
        """The need that a session's slots tell of (bot/dialogue/slots.py names them)."""
        low, high = slots.get("amount") or (None, None)
        return cls(low, high, slots.get("term"), slots.get("collateral"), slots.get("years"), slots.get("industry"))


@dataclass(frozen=True)
class Verdict:
    """One product weighed against a need, with the reason in words for the owner."""

    product: Product
    verdict: Fit
    reason: str


def shortlist(products: Iterable[Product], slots: Mapping[str, Any], today: date | None = None) -> tuple[Verdict, ...]:
    """A verdict for every product, best first, credit before mortgage while no collateral is known.

    With `today`, products that may not be shown on that day are left out.
    """
    need = Need.of(slots)
    verdicts = [_verdict(product, need) for product in products if today is None or product.is_live(today)]
    return tuple(
        sorted(
            verdicts,
            key=lambda one: (_ORDER.index(one.verdict), one.product.needs_collateral and not need.has_collateral),
        )
    )


def _verdict(product: Product, need: Need) -> Verdict:
    refusal = _refusal(product, need)
    if refusal:
        return Verdict(product, Fit.NO, refusal)
    doubts = _doubts(product, need)
    if doubts:
        return Verdict(product, Fit.MAYBE, "；".join(doubts))
    return Verdict(product, Fit.FITS, _praise(product, need))


def _refusal(product: Product, need: Need) -> str | None:
    if product.needs_collateral and need.has_collateral is False:
        return "需要房产抵押"
    if need.years is not None and need.years < product.min_years:
        return f"要经营满{years_text(product.min_years)}"
    if need.amount_low_fen is not None and need.amount_low_fen > product.max_amount_fen:
        return f"额度最高可达{amount_text(product.max_amount_fen)}，不够您用"
    if product.industries and need.industry and need.industry not in product.industries:
        return "只给特定行业办"
    return None


def _doubts(product: Product, need: Need) -> list[str]:
    doubts = []
    if product.needs_collateral and need.has_collateral is None:
        doubts.append("要有房产可抵押")
    if product.condition:
        doubts.append(product.condition)
    if product.industries and not need.industry:
        doubts.append("要看您的行业")
    if need.years is None and product.min_years > 0:
        doubts.append(f"要经营满{years_text(product.min_years)}")
    if need.amount_high_fen is not None and need.amount_high_fen > product.max_amount_fen:
        doubts.append(f"额度最高可达{amount_text(product.max_amount_fen)}，可能不够")
    if need.term_months is not None and need.term_months > product.max_term_months:
        doubts.append(f"最长{term_text(product.max_term_months)}，到期要再申请")
    return doubts


def _praise(product: Product, need: Need) -> str:
    reasons = ["不用抵押" if not product.needs_collateral else "有房产，额度和期限更充裕"]
    if need.years is not None and product.min_years > 0:
        reasons.append(f"经营年限够（满{years_text(product.min_years)}即可）")
    if need.amount_high_fen is not None:
        reasons.append(f"{amount_text(need.amount_high_fen)}在产品额度范围内")
    return "，".join(reasons)
