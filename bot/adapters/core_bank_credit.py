"""The core bank's JSON about limits, applications and loans, as strictly as core_bank_wire.py."""

from typing import Annotated

from pydantic import model_validator

from bot import core_bank as told
from bot.adapters.core_bank_wire import Answer, AsTold, Day, Fen, Many, Row, Text


class LimitRow(Row):
    """A credit limit."""

    product: Text
    state: Annotated[told.LimitState, AsTold]
    limit_fen: Fen
    available_fen: Fen
    due_on: Day

    @model_validator(mode="after")
    def _fits(self) -> "LimitRow":
        if self.available_fen > self.limit_fen:
            raise ValueError("more is available than the limit")
        return self


class LimitsAnswer(Answer):
    """/limits"""

    limits: Annotated[list[LimitRow], Many]

    def value(self) -> tuple[told.CreditLimit, ...]:
        """As the port tells it."""
        return tuple(
            told.CreditLimit(row.product, row.state, row.limit_fen, row.available_fen, row.due_on)
            for row in self.limits
        )


class ApplicationRow(Row):
    """An application."""

    product: Text
    stage: Annotated[told.Stage, AsTold]
    amount_fen: Fen
    updated_on: Day


class ApplicationsAnswer(Answer):
    """/applications"""

    applications: Annotated[list[ApplicationRow], Many]

    def value(self) -> tuple[told.Application, ...]:
        """As the port tells it, newest first."""
        rows = sorted(self.applications, key=lambda row: row.updated_on, reverse=True)
        return tuple(told.Application(**row.model_dump()) for row in rows)


class InstalmentRow(Row):
    """One payment of a plan."""

    due_on: Day
    amount_fen: Fen


class LoanRow(Row):
    """A loan paid out; only a settled one has nothing to come."""

    product: Text
    state: Annotated[told.LoanState, AsTold]
    outstanding_fen: Fen
    matures_on: Day
    plan: Annotated[list[InstalmentRow], Many]

    @model_validator(mode="after")
    def _fits(self) -> "LoanRow":
        if (self.state is told.LoanState.SETTLED) == bool(self.plan):
            raise ValueError("a plan goes with every loan but a settled one")
        return self


class LoansAnswer(Answer):
    """/loans"""

    loans: Annotated[list[LoanRow], Many]

    def value(self) -> tuple[told.Loan, ...]:
        """As the port tells it."""
        return tuple(_loan(row) for row in self.loans)


def _loan(row: LoanRow) -> told.Loan:
    plan = sorted((told.Instalment(one.due_on, one.amount_fen) for one in row.plan), key=lambda one: one.due_on)
    return told.Loan(row.product, row.state, row.outstanding_fen, row.matures_on, tuple(plan))
