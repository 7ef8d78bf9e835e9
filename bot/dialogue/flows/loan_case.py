"""The owner's own loans: progress, what is due and when, the limit, paying early, renewal."""

from collections.abc import Sequence
from datetime import date

from bot.clock import local_day
from bot.core_bank import CreditLimit, LimitState, Loan, LoanState
from bot.customers.rules import Telling
from bot.dialogue.flow import Turn
from bot.dialogue.flows.own_facts import OwnFacts
from bot.dialogue.flows.saying import answer, day_text
from bot.knowledge.rates import amount_text
from bot.messages import Reply

# From here on a renewal should be applied for.
RENEWAL_DAYS = 60
_BEST_FIRST = (LimitState.EFFECTIVE, LimitState.PENDING, LimitState.SUSPENDED)


def _progress(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    applications = turn.bank.get_applications(firm_id)
    if not applications:
        return (answer(turn, "loan_none_bound"),)
    newest = applications[0]
    said = {"product": _product(turn, newest.product), "day": _day(turn, newest.updated_on)}
    return (answer(turn, f"loan_progress_bound_{newest.stage}", **said),)


def _limit(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    limits = sorted(turn.bank.get_limits(firm_id), key=_usable)
    if not limits:
        return (answer(turn, "loan_limit_bound_none"),)
    limit = limits[0]
    reply_id = "loan_limit_bound" if limit.state is LimitState.EFFECTIVE else f"loan_limit_bound_{limit.state}"
    figures = {"limit": amount_text(limit.limit_fen), "available": amount_text(limit.available_fen)}
    product = _product(turn, limit.product)
    return (answer(turn, reply_id, product=product, day=_day(turn, limit.ends_on), **figures),)


def _repayment(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    loans = sorted(_running(turn, firm_id), key=lambda loan: loan.plan[0].due_on)
    if not loans:
        return (answer(turn, "loan_repayment_bound_none"),)
    loan, due = loans[0], loans[0].plan[0]
    is_late = loan.state is LoanState.OVERDUE
    reply_id = "loan_repayment_bound_overdue" if is_late else "loan_repayment_bound"
    said = {"due": _day(turn, due.due_on), "amount": amount_text(due.amount_fen)}
    return (answer(turn, reply_id, product=_product(turn, loan.product), **said), *_others(turn, loans))


def _early_repayment(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    loans = sorted(_running(turn, firm_id), key=lambda loan: loan.matures_on)
    if not loans:
        return ()
    said = {"left": amount_text(loans[0].outstanding_fen), "day": _day(turn, loans[0].matures_on)}
    told = answer(turn, "loan_early_repayment_bound", product=_product(turn, loans[0].product), **said)
    return (told, *_others(turn, loans))


def _renewal(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    loans = sorted(_running(turn, firm_id), key=lambda loan: loan.matures_on)
    if not loans:
        return ()
    days = (loans[0].matures_on - local_day(turn.now)).days
    said = {"product": _product(turn, loans[0].product), "day": _day(turn, loans[0].matures_on), "days": days}
    return (answer(turn, _renewal_reply(days), **said),)


LOAN_CASES = OwnFacts(
    "loan_case",
    Telling.LOANS,
    {
        "loan_progress": _progress,
        "loan_repayment": _repayment,
        "loan_limit": _limit,
        "loan_early_repayment": _early_repayment,
        "loan_renewal": _renewal,
    },
    # What a bound owner is told instead of where to look.
    {"loan_progress": "贷款审到哪一步", "loan_repayment": "还款日和要还多少", "loan_limit": "额度和可用余额"},
)


def _renewal_reply(days: int) -> str:
    if days > RENEWAL_DAYS:
        return "loan_renewal_bound_early"
    return "loan_renewal_bound" if days > 0 else "loan_renewal_bound_due"


def _running(turn: Turn, firm_id: str) -> list[Loan]:
    return [loan for loan in turn.bank.get_loans(firm_id) if loan.state is not LoanState.SETTLED]


def _others(turn: Turn, loans: Sequence[Loan]) -> tuple[Reply, ...]:
    return (answer(turn, "loan_bound_others", count=len(loans) - 1),) if len(loans) > 1 else ()


def _usable(limit: CreditLimit) -> int:
    return _BEST_FIRST.index(limit.state)


def _day(turn: Turn, day: date) -> str:
    return day_text(day, local_day(turn.now))


def _product(turn: Turn, told: str) -> str:
    """The bank may tell a product by its id or by its name."""
    return turn.content.product_names.get(told, told)
