"""The core bank's JSON, strictly: whatever does not fit is no answer. Used by core_bank_client.py; what it tells about
credit stands in core_bank_credit.py.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot import core_bank as told
from bot.ports import Firm, Points

MOST_FEN = 10**15
MOST_ROWS = 200


def _iso_day(value: Any) -> date:
    # Written out in full: pydantic's own reader also takes numbers and moments for days.
    if not isinstance(value, str) or len(value) != len("2026-04-30"):
        raise ValueError("must be a day like 2026-04-30")
    return date.fromisoformat(value)


Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]
Count = Annotated[int, Field(ge=0, le=MOST_FEN)]
Text = Annotated[str, Field(min_length=1, max_length=100)]
Tail = Annotated[str, Field(pattern="^[0-9]{4}$")]
Day = Annotated[date, BeforeValidator(_iso_day)]
# JSON has no enumerations, so these fields alone may be converted.
AsTold = Field(strict=False)
Many = Field(max_length=MOST_ROWS)


class Row(BaseModel):
    """More than is asked for may come; less, or of another kind, may not."""

    model_config = ConfigDict(extra="ignore", strict=True)


class FirmRow(Row):
    """/bank/firms/by-openid/{openid}"""

    firm_id: Text
    name: Text
    contact: Text
    industry: Text | None = None
    branch: Text | None = None
    opened_on: Day | None = None
    dedicated_rep: Text | None = None

    def value(self) -> Firm:
        """As the port tells it."""
        return Firm(**self.model_dump())


class Answer(Row):
    """An answer about one firm names it, so that another firm's cannot be taken for it."""

    firm_id: Text


class AnnualCheckRow(Row):
    """The check of one year."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    state: Annotated[told.AnnualCheckState, AsTold]
    due_on: Day | None


class EbankRow(Row):
    """The sign-up."""

    state: Annotated[told.EbankState, AsTold]


class ProfileAnswer(Answer):
    """/bank/firms/{firm_id}"""

    licence_expires_on: Day | None
    id_expires_on: Day | None
    annual_check: AnnualCheckRow
    ebank: EbankRow

    def value(self) -> told.Profile:
        """As the port tells it."""
        check = told.AnnualCheck(**self.annual_check.model_dump())
        return told.Profile(self.licence_expires_on, self.id_expires_on, check, self.ebank.state)


class AccountRow(Row):
    """A settlement account; its balance may be below nothing."""

    kind: Text
    tail: Tail
    state: Annotated[told.AccountState, AsTold]
    balance_fen: Annotated[int, Field(ge=-MOST_FEN, le=MOST_FEN)]
    opened_on: Day
    last_activity_on: Day


class AccountsAnswer(Answer):
    """/accounts"""

    accounts: Annotated[list[AccountRow], Many]

    def value(self) -> tuple[told.BankAccount, ...]:
        """As the port tells it."""
        return tuple(told.BankAccount(**row.model_dump()) for row in self.accounts)


class LapseRow(Row):
    """Points of one batch."""

    points: Count
    expires_on: Day


class PointsAnswer(Answer):
    """/points"""

    balance: Count
    expiring: Annotated[list[LapseRow], Many]

    def value(self) -> Points:
        """As the port tells it, soonest first."""
        lapses = sorted((lapse.expires_on, lapse.points) for lapse in self.expiring)
        return Points(self.balance, tuple((points, day) for day, points in lapses))


class CertificateRow(Row):
    """A certificate."""

    certificate_id: Text
    state: Annotated[told.CertificateState, AsTold]
    expires_on: Day


class CertificatesAnswer(Answer):
    """/certificates"""

    certificates: Annotated[list[CertificateRow], Many]

    def value(self) -> tuple[told.Certificate, ...]:
        """As the port tells it."""
        return tuple(told.Certificate(**row.model_dump()) for row in self.certificates)


class OperatorRow(Row):
    """An operator."""

    name: Text
    roles: list[Annotated[told.Role, AsTold]]
    state: Annotated[told.OperatorState, AsTold]


class OperatorsAnswer(Answer):
    """/operators"""

    operators: Annotated[list[OperatorRow], Many]

    def value(self) -> tuple[told.Operator, ...]:
        """As the port tells it."""
        return tuple(told.Operator(row.name, frozenset(row.roles), row.state) for row in self.operators)


class FeeRow(Row):
    """A fee."""

    kind: Text
    amount_fen: Fen
    charged_on: Day
    tail: Tail


class FeesAnswer(Answer):
    """/fees"""

    fees: Annotated[list[FeeRow], Many]

    def value(self) -> tuple[told.Fee, ...]:
        """As the port tells it, newest first."""
        rows = sorted(self.fees, key=lambda row: row.charged_on, reverse=True)
        return tuple(told.Fee(**row.model_dump()) for row in rows)
