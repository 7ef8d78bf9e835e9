"""What a reported fact changes in the bank, so that whatever is asked afterwards agrees with what was reported.

Called by simulator/bank/events.py before the event leaves. Kinds that are not listed here change nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from simulator.bank.firms import Firm
from simulator.bank.lending import (
    PRODUCTS,
    STAGES,
    interest_of_month,
    month_after,
    new_limit,
    new_loan,
    set_plan,
    settle,
)

Data = dict[str, Any]
Row = dict[str, Any]
POINTS_LIVE = timedelta(days=730)
CERTIFICATE_WARNED = timedelta(days=30)
LIMIT_LIVES = timedelta(days=365)
USUAL_RATE_BP = 345


class BadFact(Exception):
    """The fact makes no sense for this firm. The message says why."""


def apply(kind: str, firm: Firm, data: Data, today: date) -> None:
    """Let a fact show in what the bank answers from now on. Raises BadFact, and then nothing has changed."""
    change = KINDS.get(kind)
    if change is not None:
        change(firm, data, today)


def _drawdown_paid(firm: Firm, data: Data, today: date) -> None:
    amount_fen, first_due = _whole(data, "amount_fen"), _day(data, "due_on", month_after(today))
    application = firm.applications[0] if firm.applications else None
    product = str(data.get("product") or (application["product"] if application else PRODUCTS[0]))
    limit = next((limit for limit in firm.limits if limit["product"] == product), None)
    if application is None:
        application = _application(firm, product, amount_fen, today)
        firm.applications.insert(0, application)
    application |= {"stage": "drawn", "updated_on": today.isoformat()}
    if limit is not None:
        _use(limit, amount_fen)
    if amount_fen:
        rate_bp = limit["annual_rate_bp"] if limit else USUAL_RATE_BP
        loan_id = f"L{firm.profile['firm_id'][1:]}{len(firm.loans) + 1:02d}"
        firm.loans.insert(0, new_loan(loan_id, product, amount_fen, rate_bp, today, first_due))


def _repayment_made(firm: Firm, data: Data, today: date) -> None:
    loan = _picked(firm.loans, "loan_id", data, lambda loan: loan["state"] != "settled")
    amount_fen = _whole(data, "amount_fen") or loan["plan"][0]["amount_fen"]
    paid_back_fen = min(loan["outstanding_fen"], max(0, amount_fen - interest_of_month(loan)))
    loan["outstanding_fen"] -= paid_back_fen
    for limit in firm.limits:
        if limit["product"] == loan["product"]:
            _use(limit, -paid_back_fen)
    if loan["outstanding_fen"]:
        next_due = month_after(date.fromisoformat(loan["plan"][0]["due_on"]))
        set_plan(loan, next_due)
        loan["state"] = "overdue" if loan["plan"][0]["due_on"] < today.isoformat() else "normal"
        return
    settle(loan)
    for application in firm.applications:
        if application["product"] == loan["product"] and application["stage"] == "drawn":
            application |= {"stage": "repaid", "updated_on": today.isoformat()}


def _points_redeemed(firm: Firm, data: Data, _today: date) -> None:
    points = min(_whole(data, "points"), firm.points["balance"])
    firm.points["balance"] -= points
    for batch in firm.points["batches"]:
        taken = min(points, batch["points"])
        batch["points"] -= taken
        points -= taken
    firm.points["batches"] = [batch for batch in firm.points["batches"] if batch["points"]]


def _points_earned(firm: Firm, data: Data, today: date) -> None:
    points = _whole(data, "points")
    if points:
        expires_on = _day(data, "expires_on", today + POINTS_LIVE).isoformat()
        batches = [*firm.points["batches"], {"points": points, "expires_on": expires_on}]
        firm.points["batches"] = sorted(batches, key=lambda batch: str(batch["expires_on"]))
        firm.points["balance"] += points


def _account_opened(firm: Firm, _data: Data, _today: date) -> None:
    """A new account comes with a U盾 that nobody has logged in with."""
    for certificate in firm.certificates:
        certificate |= {"state": "issued", "activated_on": None}


def _certificate_activated(firm: Firm, data: Data, today: date) -> None:
    for certificate in _chosen(firm.certificates, "certificate_id", data):
        certificate |= {"state": "active", "activated_on": today.isoformat()}


def _certificate_expiring(firm: Firm, data: Data, today: date) -> None:
    expires_on = _day(data, "expires_on", today + CERTIFICATE_WARNED).isoformat()
    for certificate in _chosen(firm.certificates, "certificate_id", data):
        certificate |= {"state": "expiring", "expires_on": expires_on}


def _account_frozen(firm: Firm, data: Data, _today: date) -> None:
    for account in _chosen(firm.accounts, "tail", data):
        account["state"] = "frozen"


def _account_unfrozen(firm: Firm, data: Data, _today: date) -> None:
    for account in _chosen(firm.accounts, "tail", data):
        account["state"] = "normal"


def _application_stage_changed(firm: Firm, data: Data, today: date) -> None:
    stage = data.get("stage")
    if stage not in STAGES:
        raise BadFact(f"stage must be one of {', '.join(STAGES)}")
    application = _picked(firm.applications, "application_id", data, lambda _: True)
    application |= {"stage": stage, "updated_on": today.isoformat()}
    has_limit = any(limit["product"] == application["product"] for limit in firm.limits)
    if stage == "approved" and not has_limit:
        limit = new_limit(application["product"], application["amount_fen"], 0, USUAL_RATE_BP, today + LIMIT_LIVES)
        firm.limits.append(limit)


def _limit_changed(firm: Firm, data: Data, _today: date) -> None:
    limit = _picked(firm.limits, "product", data, lambda _: True)
    limit_fen = _whole(data, "limit_fen")
    if limit_fen < limit["used_fen"]:
        raise BadFact("limit_fen is less than what is drawn already")
    limit |= {"limit_fen": limit_fen, "available_fen": limit_fen - limit["used_fen"], "state": "effective"}


KINDS: Mapping[str, Callable[[Firm, Data, date], None]] = {
    "drawdown_paid": _drawdown_paid,
    "repayment_made": _repayment_made,
    "points_redeemed": _points_redeemed,
    "points_earned": _points_earned,
    "account_opened": _account_opened,
    "certificate_activated": _certificate_activated,
    "certificate_expiring": _certificate_expiring,
    "account_frozen": _account_frozen,
    "account_unfrozen": _account_unfrozen,
    "application_stage_changed": _application_stage_changed,
    "limit_changed": _limit_changed,
}


def _chosen(rows: list[Row], key: str, data: Data) -> list[Row]:
    """The row the fact names, or all of them when it names none."""
    return rows if data.get(key) is None else [_picked(rows, key, data, lambda _: True)]


def _picked(rows: list[Row], key: str, data: Data, fits: Callable[[Row], bool]) -> Row:
    named = data.get(key)
    found = next((row for row in rows if fits(row) and named in (None, row[key])), None)
    if found is None:
        raise BadFact(f"the firm has no such {key}")
    return found


def _application(firm: Firm, product: str, amount_fen: int, today: date) -> Row:
    return {
        "application_id": f"A{firm.profile['firm_id'][1:]}01",
        "product": product,
        "amount_fen": amount_fen,
        "stage": "drawn",
        "updated_on": today.isoformat(),
        "due_on": (today + LIMIT_LIVES).isoformat(),
    }


def _use(limit: Row, amount_fen: int) -> None:
    """Draw on a limit, or give back with a negative amount; never below nothing nor above the whole."""
    used_fen = min(limit["limit_fen"], max(0, limit["used_fen"] + amount_fen))
    limit |= {"used_fen": used_fen, "available_fen": limit["limit_fen"] - used_fen}


def _day(data: Data, name: str, usual: date) -> date:
    told = data.get(name)
    if told is None:
        return usual
    try:
        return date.fromisoformat(str(told))
    except ValueError as error:
        raise BadFact(f"{name} must be a day like 2026-04-30") from error


def _whole(data: Data, name: str) -> int:
    value = data.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadFact(f"{name} must be a whole number, not negative")
    return value
