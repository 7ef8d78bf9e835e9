"""What the console sends and gets about customers: search, the page of one, his timeline, notes and tags."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.handoff_schemas import ConsentOut
from api.schemas import In, Out
from bot.complaints.model import ComplaintState
from bot.core_bank import AccountState, CertificateState, EbankState, LimitState, LoanState, Stage
from bot.customers.remarks import TagSource
from bot.referrals.model import ReferralState
from bot.timeline.model import EntryKind, EntryPage

Id = Annotated[int, Field(ge=1, le=2**53)]
Cursor = Annotated[str, Field(max_length=200)]
Limit = Annotated[int, Field(ge=1, le=100)]
Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
TagId = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,31}$")]


class CustomerPath(BaseModel):
    """A customer's id."""

    id: Id


class TagPath(CustomerPath):
    """A tag of a customer."""

    tag: TagId


class CustomersQuery(BaseModel):
    """Whom to look for: firm name or a part of it, label, phone or its last four digits, firm id; everybody without."""

    text: Annotated[str, Field(max_length=60)] = ""
    cursor: Cursor | None = None
    limit: Limit = 30


class CustomerRow(Out):
    """One customer in a list, with personal data masked. `is_his`: his words and his phone may be seen as well."""

    id: int
    label: str
    firm_id: str | None
    firm_name: str | None
    contact: str | None
    phone: str | None
    industry: str | None
    branch: str | None
    identity_level: int
    is_following: bool
    last_seen_at: datetime
    is_his: bool


class CustomersPage(Out):
    """Customers, last seen first."""

    items: list[CustomerRow]
    next: str | None


class TagOut(Out):
    """A tag, who put it there and where it was learned."""

    tag: str
    label: str
    source: TagSource
    by: str
    at: datetime


class OpenTaskOut(Out):
    """A promise to him that is not kept yet."""

    id: int
    skill: str
    owner: str | None
    reason: str | None
    due_at: datetime
    is_overdue: bool


class OpenComplaintOut(Out):
    """A complaint of his that is being handled."""

    id: int
    ticket: str
    state: ComplaintState
    handler: str | None
    due_on: date


class OpenReferralOut(Out):
    """Something a branch does for him."""

    id: int
    number: str
    branch: str
    state: ReferralState
    accepted_name: str | None
    due_at: datetime
    is_late: bool


class ProfileOut(Out):
    """A customer whole: who he is, the contacts of his firm, what he agreed to, and what is open. `chat`: his newest
    conversation that the reader may open.
    """

    customer: CustomerRow
    source: str | None
    first_seen_at: datetime
    dedicated_rep: str | None
    last_rep: str | None
    contacts: list[CustomerRow]
    consents: list[ConsentOut]
    tags: list[TagOut]
    tasks: list[OpenTaskOut]
    complaints: list[OpenComplaintOut]
    referrals: list[OpenReferralOut]
    chats: int
    chat: int | None
    is_open: bool


class AccountOut(Out):
    """A settlement account; balances stay at the bank."""

    kind: str
    tail: str
    state: AccountState


class PointsOut(Out):
    """Points, and how many lapse first, on which day."""

    balance: int
    expiring: list[tuple[int, date]]


class LimitOut(Out):
    """What may be drawn of a product."""

    product: str
    state: LimitState
    limit_fen: int
    available_fen: int
    ends_on: date


class LoanOut(Out):
    """A loan, and its next payment."""

    product: str
    state: LoanState
    outstanding_fen: int
    next_due_on: date | None
    next_amount_fen: int | None


class ApplicationOut(Out):
    """A wish for credit on its way."""

    product: str
    stage: Stage
    amount_fen: int
    updated_on: date


class CertificateOut(Out):
    """The certificate of a signing device."""

    state: CertificateState
    expires_on: date


class BankOut(Out):
    """What the bank says now, each part on its own: null is what it did not say, in time or at all. Kept nowhere."""

    asked_at: datetime
    is_bound: bool
    ebank: EbankState | None
    accounts: list[AccountOut] | None
    points: PointsOut | None
    limits: list[LimitOut] | None
    loans: list[LoanOut] | None
    applications: list[ApplicationOut] | None
    certificates: list[CertificateOut] | None


class TimelineQuery(BaseModel):
    """Which entries: of one kind or of all, of this contact or of all contacts of his firm."""

    kind: list[EntryKind] = []
    firm: bool = False
    cursor: Cursor | None = None
    limit: Limit = 30


class LinkOut(Out):
    """Where an entry leads in the console."""

    page: EntryPage
    id: int


class EntryOut(Out):
    """One thing that happened. `words` and `link` are null for whoever may not read them."""

    key: str
    kind: EntryKind
    what: str
    at: datetime
    customer_id: int
    label: str
    by: str | None
    words: str | None
    facts: dict[str, str | int | bool | None]
    link: LinkOut | None


class TimelinePage(Out):
    """Entries, newest first."""

    items: list[EntryOut]
    next: str | None


class RemarkIn(In):
    """What to write down about him."""

    text: Words


class TagIn(In):
    """A tag of the list, and where it was learned."""

    tag: TagId
    source: Annotated[TagSource, Field(strict=False)]


class TagKindOut(Out):
    """A tag that may be given."""

    id: str
    label: str
    group: str


class TagKindsPage(Out):
    """All tags, group by group."""

    items: list[TagKindOut]
