"""A firm's lending: credit limits, applications and the loans paid out, which fit one another."""

import calendar
import random
from datetime import date, timedelta
from typing import Any

from simulator.bank.drawing import draw

Row = dict[str, Any]
PRODUCTS = ("经营快贷", "税务贷", "网贷通", "结算贷", "商户贷")
STAGES = ("enquiry", "applied", "checking", "approved", "drawn", "repaid", "rejected")
# How far a firm has come, of a hundred: most never asked for a loan.
_WAYS = {
    "": 52, "enquiry": 4, "applied": 5, "checking": 2, "rejected": 5, "approved": 10, "drawn": 17, "repaid": 5,
}  # fmt: skip
PLAN_SHOWN = 3
OVERDUE_OF_100 = 4
_LIMIT_STATES = {"effective": 90, "pending": 6, "suspended": 4}
_FEN_PER_STEP = 1_000_000


def seed_lending(rng: random.Random, number: int, today: date) -> dict[str, list[Row]]:
    """`limits`, `applications` and `loans`."""
    stage = draw(rng, _WAYS)
    if not stage:
        return {"limits": [], "applications": [], "loans": []}
    product, amount_fen = rng.choice(PRODUCTS), rng.randrange(5, 300, 5) * _FEN_PER_STEP
    ends_on = today + timedelta(days=rng.randrange(20, 700))
    application = {
        "application_id": f"A{number:05d}01",
        "product": product,
        "amount_fen": amount_fen,
        "stage": stage,
        "updated_on": (today - timedelta(days=rng.randrange(0, 20))).isoformat(),
        "due_on": ends_on.isoformat(),
    }
    rate_bp = rng.randrange(310, 435, 5)
    if stage not in ("approved", "drawn", "repaid"):
        return {"limits": [], "applications": [application], "loans": []}
    loans = [] if stage == "approved" else [_seed_loan(rng, number, today, product, amount_fen, rate_bp, stage)]
    limit = new_limit(product, amount_fen, sum(loan["outstanding_fen"] for loan in loans), rate_bp, ends_on)
    if not limit["used_fen"]:
        limit["state"] = draw(rng, _LIMIT_STATES)
    return {"limits": [limit], "applications": [application], "loans": loans}


def new_limit(product: str, limit_fen: int, used_fen: int, rate_bp: int, ends_on: date) -> Row:
    """What may be drawn, and until when."""
    return {
        "product": product,
        "state": "effective",
        "limit_fen": limit_fen,
        "used_fen": used_fen,
        "available_fen": limit_fen - used_fen,
        "annual_rate_bp": rate_bp,
        "due_on": ends_on.isoformat(),
    }


def new_loan(loan_id: str, product: str, principal_fen: int, rate_bp: int, drawn_on: date, first_due: date) -> Row:
    """A loan of a year, interest by the month, principal at its end."""
    loan = {
        "loan_id": loan_id,
        "product": product,
        "state": "normal",
        "principal_fen": principal_fen,
        "outstanding_fen": principal_fen,
        "annual_rate_bp": rate_bp,
        "drawn_on": drawn_on.isoformat(),
        "matures_on": max(drawn_on + timedelta(days=365), first_due).isoformat(),
        "plan": [],
    }
    set_plan(loan, first_due)
    return loan


def set_plan(loan: Row, first_due: date) -> None:
    """The next instalments from this day on; the last one brings the principal back."""
    interest_fen = interest_of_month(loan)
    matures_on = date.fromisoformat(loan["matures_on"])
    loan["plan"], due_on = [], min(first_due, matures_on)
    while len(loan["plan"]) < PLAN_SHOWN:
        amount_fen = interest_fen + (loan["outstanding_fen"] if due_on == matures_on else 0)
        loan["plan"].append({"due_on": due_on.isoformat(), "amount_fen": amount_fen})
        if due_on == matures_on:
            return
        due_on = min(month_after(due_on), matures_on)


def interest_of_month(loan: Row) -> int:
    """A twelfth of the year's interest on what is outstanding."""
    return int(loan["outstanding_fen"]) * int(loan["annual_rate_bp"]) // (10_000 * 12)


def month_after(day: date) -> date:
    """The same day of the next month, or its last."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def settle(loan: Row) -> None:
    """Paid back in full."""
    loan |= {"state": "settled", "outstanding_fen": 0, "plan": []}


def _seed_loan(
    rng: random.Random, number: int, today: date, product: str, limit_fen: int, rate_bp: int, stage: str
) -> Row:
    principal_fen = limit_fen // 4 * rng.randrange(1, 5)
    drawn_on = today - timedelta(days=rng.randrange(5, 360))
    is_overdue = rng.randrange(100) < OVERDUE_OF_100
    first_due = today + timedelta(days=-rng.randrange(1, 25) if is_overdue else rng.randrange(1, 30))
    loan = new_loan(f"L{number:05d}01", product, principal_fen, rate_bp, drawn_on, max(first_due, drawn_on))
    if stage == "repaid":
        settle(loan)
    elif is_overdue:
        loan["state"] = "overdue"
    return loan
