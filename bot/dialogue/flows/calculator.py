"""Interest for the owner's own numbers, with the annualised cost beside it."""

import re
from dataclasses import replace
from typing import Any

from bot.clock import local_day
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import loan_cards
from bot.dialogue.flows.saying import answer, awaits_verdict, idle
from bot.dialogue.flows.verdicts import checked, heard
from bot.dialogue.session import Session
from bot.dialogue.slots import bare_amount, bare_months, find_slots
from bot.knowledge.content import Product
from bot.knowledge.rates import amount_text, instalment_fen, rate_text, simple_interest_fen, term_text

FLOW = "calculator"
_INSTALMENTS = re.compile(r"等额|月供|每月还|每个月还|分期|按月还")


class Calculator:
    """Asks for amount and term if they are unknown, then does the sum."""

    name = FLOW
    intents: tuple[str, ...] = ("loan_calculator",)

    def start(self, turn: Turn) -> Step:
        """The sum, or the first missing number."""
        found = find_slots(turn)
        numbers = {name: found[name] for name in ("amount", "term", "product") if name in found}
        monthly = True if _INSTALMENTS.search(turn.text) else None
        return _go_on(turn, turn.session.with_slots(**numbers, monthly=monthly))

    def resume(self, turn: Turn) -> Step | None:
        """The number that was asked for."""
        found = find_slots(turn)
        numbers = {name: value for name, value in found.items() if name in ("amount", "term")} or _bare_answer(turn)
        if numbers:
            return _go_on(turn, turn.session.with_slots(**numbers))
        if awaits_verdict(turn):
            return heard(turn, FLOW)
        return idle(turn, answer(turn, "deny")) if choices.is_no(turn.text) else None


def _bare_answer(turn: Turn) -> dict[str, Any]:
    """A number alone answers what was asked: 20 is 20万, 12 is a year."""
    value: object = bare_amount(turn.text) if turn.session.step == "amount" else bare_months(turn.text)
    return {str(turn.session.step): value} if value is not None else {}


def _go_on(turn: Turn, session: Session) -> Step:
    product = _product(turn, session)
    if product is None:
        return loan_cards.nothing_on_offer(turn)
    for name in ("amount", "term"):
        if session.slots.get(name) is None:
            return Step(session.waiting_in(FLOW, name), (answer(turn, f"calculator_ask_{name}"),))
    reply = answer(
        turn, "loan_calculator", rate=rate_text(product.annual_rate_bp), lines="\n".join(_lines(session, product))
    )
    return checked(replace(turn, session=session.idle()), FLOW, reply)


def _product(turn: Turn, session: Session) -> Product | None:
    """The product that was named, else the first that may be shown today."""
    today = local_day(turn.now)
    named = turn.content.find_product(session.slots.get("product"), today)
    return named or next((one for one in turn.content.products if one.is_live(today)), None)


def _lines(session: Session, product: Product) -> list[str]:
    slots: dict[str, Any] = dict(session.slots)
    return [
        _line(amount_fen, product.annual_rate_bp, slots["term"], is_monthly=bool(slots.get("monthly")))
        for amount_fen in dict.fromkeys(slots["amount"])
    ]


def _line(amount_fen: int, rate_bp: int, months: int, *, is_monthly: bool) -> str:
    what = f"{amount_text(amount_fen)}用{term_text(months)}"
    if is_monthly:
        payment = instalment_fen(amount_fen, rate_bp, months)
        return f"{what}，等额本息，每月还约{amount_text(payment)}，利息共约{amount_text(payment * months - amount_fen)}"
    return f"{what}，到期一次还本，利息约{amount_text(simple_interest_fen(amount_fen, rate_bp, months))}"
