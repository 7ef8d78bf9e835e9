"""ports.CoreBank over the bank's HTTP interface (the simulator plays it in demo and test). Nothing is kept."""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote

import structlog

from bot.adapters import core_bank_credit as credit
from bot.adapters import core_bank_wire as wire
from bot.adapters.http_json import JsonService, NoAnswer, NotThere
from bot.core_bank import Application, BankAccount, Certificate, CreditLimit, Fee, Loan, Operator, Profile
from bot.errors import BankUnavailable, NotFound
from bot.ports import BANK_TIMEOUT_S, Firm, Points

log = structlog.get_logger()

Shape = TypeVar("Shape", bound=wire.Row)
About = TypeVar("About", bound=wire.Answer)


class HttpCoreBank:
    """What the core systems say about a bound firm. One breaker for all questions: they go to one place."""

    def __init__(self, url: str, token: str) -> None:
        self._service = JsonService(url, {"Authorization": f"Bearer {token}"})

    def find_firm(self, openid: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Firm | None:
        """The firm this follower is bound to, or None."""
        try:
            return self._get(f"by-openid/{quote(openid, safe='')}", wire.FirmRow, timeout_s).value()
        except NotFound:
            return None

    def get_profile(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Profile:
        """The firm's papers, annual check and sign-up for the online bank."""
        return self._about(firm_id, "", wire.ProfileAnswer, timeout_s).value()

    def get_bank_accounts(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[BankAccount]:
        """The settlement accounts, the basic one first."""
        return self._about(firm_id, "/accounts", wire.AccountsAnswer, timeout_s).value()

    def get_points(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Points:
        """Points balance and what lapses soon."""
        return self._about(firm_id, "/points", wire.PointsAnswer, timeout_s).value()

    def get_limits(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[CreditLimit]:
        """What may be drawn, as the bank orders it."""
        return self._about(firm_id, "/limits", credit.LimitsAnswer, timeout_s).value()

    def get_applications(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Application]:
        """Applications, newest first."""
        return self._about(firm_id, "/applications", credit.ApplicationsAnswer, timeout_s).value()

    def get_loans(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Loan]:
        """Loans paid out, as the bank orders them."""
        return self._about(firm_id, "/loans", credit.LoansAnswer, timeout_s).value()

    def get_certificates(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Certificate]:
        """The certificates of the firm's signing devices."""
        return self._about(firm_id, "/certificates", wire.CertificatesAnswer, timeout_s).value()

    def get_operators(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Operator]:
        """Who may act for the firm in the online bank."""
        return self._about(firm_id, "/operators", wire.OperatorsAnswer, timeout_s).value()

    def get_fees(self, firm_id: str, *, timeout_s: float = BANK_TIMEOUT_S) -> Sequence[Fee]:
        """What was charged lately, newest first."""
        return self._about(firm_id, "/fees", wire.FeesAnswer, timeout_s).value()

    def _about(self, firm_id: str, part: str, shape: type[About], timeout_s: float) -> About:
        found = self._get(f"{quote(firm_id, safe='')}{part}", shape, timeout_s)
        if found.firm_id != firm_id:
            # Another firm's facts must never be told, whatever mixed them up.
            log.error("bank_answered_for_another_firm", call=part)
            raise BankUnavailable
        return found

    def _get(self, path: str, shape: type[Shape], timeout_s: float) -> Shape:
        try:
            return self._service.get(f"/bank/firms/{path}", shape, timeout_s=timeout_s)
        except NotThere as error:
            raise NotFound from error
        except NoAnswer as error:
            # Why: "nonsense", a status, or the kind of failure of the connection; never what was asked or answered.
            log.warning("bank_unavailable", reason=str(error))
            raise BankUnavailable from error
