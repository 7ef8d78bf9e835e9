"""What the bank says of a firm now, for a screen: asked live within one short time, nothing of it kept."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from api.customer_schemas import (
    AccountOut,
    ApplicationOut,
    BankOut,
    CertificateOut,
    LimitOut,
    LoanOut,
    PointsOut,
)
from bot.core_bank import Loan
from bot.dialogue.hurried_bank import HurriedBank
from bot.errors import BankUnavailable, NotFound
from bot.ports import CoreBank, Points

Told = TypeVar("Told")
MOST_EXPIRING = 3


def bank_facts(bank: CoreBank, firm_id: str | None, now: datetime) -> BankOut:
    """All parts the bank answers in time; one that it does not know or not tell is None."""
    hurried = HurriedBank(bank)

    def ask(question: Callable[[str], Told]) -> Told | None:
        try:
            return question(firm_id) if firm_id else None
        except (BankUnavailable, NotFound):
            return None

    # The questions reps are asked most come first: the time may not do for all.
    points, limits = ask(hurried.get_points), ask(hurried.get_limits)
    loans, applications = ask(hurried.get_loans), ask(hurried.get_applications)
    accounts, certificates = ask(hurried.get_bank_accounts), ask(hurried.get_certificates)
    profile = ask(hurried.get_profile)
    return BankOut(
        asked_at=now,
        is_bound=firm_id is not None,
        ebank=profile.ebank if profile else None,
        accounts=None if accounts is None else [AccountOut.model_validate(one) for one in accounts],
        points=None if points is None else _points(points),
        limits=None if limits is None else [LimitOut.model_validate(one) for one in limits],
        loans=None if loans is None else [_loan(one) for one in loans],
        applications=None if applications is None else [ApplicationOut.model_validate(one) for one in applications],
        certificates=None if certificates is None else [CertificateOut.model_validate(one) for one in certificates],
    )


def _points(points: Points) -> PointsOut:
    return PointsOut(balance=points.balance, expiring=list(points.expiring[:MOST_EXPIRING]))


def _loan(loan: Loan) -> LoanOut:
    following = next(iter(loan.plan), None)
    return LoanOut(
        product=loan.product,
        state=loan.state,
        outstanding_fen=loan.outstanding_fen,
        next_due_on=following.due_on if following else None,
        next_amount_fen=following.amount_fen if following else None,
    )
