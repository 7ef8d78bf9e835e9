"""ports.CoreBank over the bank's HTTP interface (the simulator plays it in demo and test)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from bot.adapters.http_json import JsonService, NoAnswer, NotThere
from bot.errors import BankUnavailable, NotFound
from bot.ports import Firm, LoanCase, Points

TIMEOUT_S = 1.5
Fen = Annotated[int, Field(ge=0)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Firm(_Row):
    firm_id: str
    name: str
    contact: str
    industry: str | None = None
    branch: str | None = None
    opened_on: date | None = None
    dedicated_rep: str | None = None


class _Lapse(_Row):
    points: Annotated[int, Field(ge=0)]
    expires_on: date


class _Points(_Row):
    balance: Annotated[int, Field(ge=0)]
    expiring: list[_Lapse] = []


class _Loan(_Row):
    product: str
    stage: str
    limit_fen: Fen | None = None
    available_fen: Fen | None = None
    due_on: date | None = None


class _Loans(_Row):
    loans: list[_Loan]


Shape = TypeVar("Shape", bound=_Row)


class HttpCoreBank:
    """What the core systems say about a bound firm."""

    def __init__(self, url: str, token: str) -> None:
        self._service = JsonService(url, {"Authorization": f"Bearer {token}"})

    def find_firm(self, openid: str) -> Firm | None:
        """The firm this follower is bound to, or None. Raises BankUnavailable."""
        try:
            found = self._get(f"/bank/firms/by-openid/{quote(openid, safe='')}", _Firm)
        except NotFound:
            return None
        return Firm(**found.model_dump())

    def get_points(self, firm_id: str) -> Points:
        """Points balance and what lapses soon. Raises NotFound, BankUnavailable."""
        found = self._get(f"/bank/firms/{quote(firm_id, safe='')}/points", _Points)
        lapses = sorted((lapse.expires_on, lapse.points) for lapse in found.expiring)
        return Points(found.balance, tuple((points, day) for day, points in lapses))

    def get_loans(self, firm_id: str) -> Sequence[LoanCase]:
        """Credit lines and applications, newest first. Raises NotFound, BankUnavailable."""
        found = self._get(f"/bank/firms/{quote(firm_id, safe='')}/loans", _Loans)
        return [LoanCase(**loan.model_dump()) for loan in found.loans]

    def _get(self, path: str, shape: type[Shape]) -> Shape:
        try:
            return self._service.get(path, shape, timeout_s=TIMEOUT_S)
        except NotThere as error:
            raise NotFound from error
        except NoAnswer as error:
            raise BankUnavailable from error
