"""What the core bank tells about a firm: frozen values, spoken by ports.CoreBank. Amounts in fen, days of the bank's
calendar.

The states are the bank's own; why an account is in one of them is never told, so that nobody can repeat it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class AccountState(StrEnum):
    """What a bank account can be used for now."""

    NORMAL = "normal"
    FROZEN = "frozen"
    COLLECT_ONLY = "collect_only"
    DORMANT = "dormant"


class AnnualCheckState(StrEnum):
    """How this year's check of the firm's papers stands; EXEMPT is a firm of this year."""

    PASSED = "passed"
    PENDING = "pending"
    MISMATCH = "mismatch"
    EXEMPT = "exempt"


class EbankState(StrEnum):
    """Whether the firm has signed up for the online bank."""

    SIGNED = "signed"
    NONE = "none"
    SUSPENDED = "suspended"


class LimitState(StrEnum):
    """PENDING waits for a check on the spot."""

    EFFECTIVE = "effective"
    PENDING = "pending"
    SUSPENDED = "suspended"


class Stage(StrEnum):
    """How far an application has come; CHECKING is the check on the spot."""

    ENQUIRY = "enquiry"
    APPLIED = "applied"
    CHECKING = "checking"
    APPROVED = "approved"
    DRAWN = "drawn"
    REPAID = "repaid"
    REJECTED = "rejected"


class LoanState(StrEnum):
    """How a loan is served."""

    NORMAL = "normal"
    OVERDUE = "overdue"
    SETTLED = "settled"


class CertificateState(StrEnum):
    """A signing device's certificate (U盾): issued is not activated yet, expiring still works."""

    ISSUED = "issued"
    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    LOCKED = "locked"


class OperatorState(StrEnum):
    """Whether an operator may act."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Role(StrEnum):
    """What an operator may do."""

    ADMIN = "admin"
    MAKER = "maker"
    REVIEWER = "reviewer"
    QUERY = "query"


@dataclass(frozen=True)
class AnnualCheck:
    """This year's check; `due_on` is None when there is nothing to do."""

    year: int
    state: AnnualCheckState
    due_on: date | None


@dataclass(frozen=True)
class Profile:
    """The firm's papers and its sign-up. A licence without end (长期) has no day."""

    licence_expires_on: date | None
    id_expires_on: date | None
    annual_check: AnnualCheck
    ebank: EbankState


@dataclass(frozen=True)
class BankAccount:
    """A settlement account: 基本户 or 一般户, known by its last four digits."""

    kind: str
    tail: str
    state: AccountState
    balance_fen: int
    opened_on: date
    last_activity_on: date


@dataclass(frozen=True)
class CreditLimit:
    """What may be drawn of one product, until when."""

    product: str
    state: LimitState
    limit_fen: int
    available_fen: int
    ends_on: date


@dataclass(frozen=True)
class Application:
    """A wish for credit on its way."""

    product: str
    stage: Stage
    amount_fen: int
    updated_on: date


@dataclass(frozen=True)
class Instalment:
    """One payment of a plan."""

    due_on: date
    amount_fen: int


@dataclass(frozen=True)
class Loan:
    """Money paid out. `plan` is the next few instalments, soonest first; empty only when settled."""

    product: str
    state: LoanState
    outstanding_fen: int
    matures_on: date
    plan: tuple[Instalment, ...]


@dataclass(frozen=True)
class Certificate:
    """The certificate of one signing device (U盾)."""

    certificate_id: str
    state: CertificateState
    expires_on: date


@dataclass(frozen=True)
class Operator:
    """Somebody who may act for the firm in the online bank. The name is personal: mask it before it is shown."""

    name: str
    roles: frozenset[Role]
    state: OperatorState


@dataclass(frozen=True)
class Fee:
    """What was charged, from which account."""

    kind: str
    amount_fen: int
    charged_on: date
    tail: str
