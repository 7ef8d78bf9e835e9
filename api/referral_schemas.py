"""What the console sends and gets about referrals to branches."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.customer_schemas import Cursor, Id, Limit
from api.handoff_schemas import CloseIn
from api.schemas import In, Out
from bot.referrals.model import ReferralReason, ReferralState

Branch = Annotated[str, Field(min_length=2, max_length=40)]
Words = Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S.*\S")]


class ReferralPath(BaseModel):
    """A referral's id."""

    id: Id


class ReferralsQuery(BaseModel):
    """Which referrals, page by page."""

    state: ReferralState = ReferralState.SENT
    cursor: Cursor | None = None
    limit: Limit = 30


class AskedIn(In):
    """What is asked of which branch. Without a branch it is the one where the firm has its account."""

    reason: Annotated[ReferralReason, Field(strict=False)]
    ask: Words
    branch: Branch | None = None


class CloseChatIn(CloseIn):
    """How a chat ended, and with `referred` what is asked of which branch."""

    referral: AskedIn | None = None


class ReferralIn(AskedIn):
    """A referral by hand, of a customer; with the follow-up it was begun from, if it was."""

    customer_id: Id
    followup_id: Id | None = None


class ResendIn(In):
    """To which branch now, and what is asked."""

    branch: Branch
    ask: Words


class AnswerIn(In):
    """What the branch did."""

    answer: Words


class GiveBackIn(In):
    """Why the branch cannot do it."""

    reason: Words


class ReferralOut(Out):
    """One referral; the phone is masked. `due_at` is the end of the step that runs, `is_late` that it is past it."""

    id: int
    number: str
    state: ReferralState
    customer_id: int
    label: str
    firm_name: str | None
    phone: str | None
    branch: str
    reason: ReferralReason
    ask: str
    sent_by: str
    sent_at: datetime
    due_at: datetime
    is_late: bool
    accepted_name: str | None
    accepted_at: datetime | None
    answer: str | None
    answered_at: datetime | None
    return_reason: str | None
    returned_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None


class ReferralsPage(Out):
    """Referrals in one state, soonest due first, closed ones latest first; `counts` by state."""

    items: list[ReferralOut]
    next: str | None
    counts: dict[ReferralState, int]


class ReferralAcceptedOut(Out):
    """Whether the customer was told in the chat, or a call is on the list of whoever referred him; neither when his
    number is what the branch shall find out.
    """

    is_told: bool
    is_called: bool


class BranchesPage(Out):
    """Branches at which somebody reads what is referred to them."""

    items: list[str]
