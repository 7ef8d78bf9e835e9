"""The core bank as one turn may ask it: within one time limit for all its questions together, each question once.

Made anew by bot/dialogue/turn.py for every turn, so that nothing the bank said outlives it.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar, cast

from bot.core_bank import Application, BankAccount, Certificate, CreditLimit, Fee, Loan, Operator, Profile
from bot.errors import BankUnavailable
from bot.ports import BANK_TIMEOUT_S, CoreBank, Firm, Points

# The callback has 4 s in all; understanding may take 2.0 of them (reader.py).
TURN_BUDGET_S = 1.5
# No answer can come in less.
SHORTEST_S = 0.05

Told = TypeVar("Told")
Told_co = TypeVar("Told_co", covariant=True)


class Question(Protocol[Told_co]):
    """One of the port's questions."""

    __name__: str

    def __call__(self, about: str, /, *, timeout_s: float) -> Told_co:
        """The bank's answer about a follower or a firm."""
        ...


class HurriedBank:
    """ports.CoreBank over another one. Time spent on other things does not count. Time is monotonic."""

    def __init__(
        self, bank: CoreBank, budget_s: float = TURN_BUDGET_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._bank, self._left_s, self._monotonic = bank, budget_s, monotonic
        self._told: dict[tuple[str, str], object] = {}

    def find_firm(self, openid: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Firm | None:
        """The firm this follower is bound to, or None."""
        return self._ask(self._bank.find_firm, openid, timeout_s)

    def get_profile(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Profile:
        """The firm's papers, annual check and sign-up for the online bank."""
        return self._ask(self._bank.get_profile, firm_id, timeout_s)

    def get_bank_accounts(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[BankAccount]:
        """The settlement accounts, the basic one first."""
        return self._ask(self._bank.get_bank_accounts, firm_id, timeout_s)

    def get_points(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Points:
        """Points balance and what lapses soon."""
        return self._ask(self._bank.get_points, firm_id, timeout_s)

    def get_limits(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[CreditLimit]:
        """What may be drawn, as the bank orders it."""
        return self._ask(self._bank.get_limits, firm_id, timeout_s)

    def get_applications(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Application]:
        """Applications, newest first."""
        return self._ask(self._bank.get_applications, firm_id, timeout_s)

    def get_loans(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Loan]:
        """Loans paid out, as the bank orders them."""
        return self._ask(self._bank.get_loans, firm_id, timeout_s)

    def get_certificates(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Certificate]:
        """The certificates of the firm's signing devices."""
        return self._ask(self._bank.get_certificates, firm_id, timeout_s)

    def get_operators(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Operator]:
        """Who may act for the firm in the online bank."""
        return self._ask(self._bank.get_operators, firm_id, timeout_s)

    def get_fees(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Fee]:
        """What was charged lately, newest first."""
        return self._ask(self._bank.get_fees, firm_id, timeout_s)

    def _ask(self, question: Question[Told], about: str, timeout_s: float) -> Told:
        key = (question.__name__, about)
        if key in self._told:
            return cast("Told", self._told[key])
        if self._left_s < SHORTEST_S:
            raise BankUnavailable
        started = self._monotonic()
        try:
            found = question(about, timeout_s=min(timeout_s, self._left_s))
        except BankUnavailable:
            # Who was away a moment ago is not worth another wait within this message.
            self._left_s = 0.0
            raise
        finally:
            self._left_s -= self._monotonic() - started
        self._told[key] = found
        return found
