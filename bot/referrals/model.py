"""A referral to a branch (转介): what is asked of which branch, by when, and what came of it.

    sent ──accept──▶ accepted ──answer──▶ answered ──close──▶ closed
     │  ▲               │
     │  └─send again─┐  │
     └───return──▶ returned ◀─┘        (the centre closes it, or sends it to another branch)

`due_at` is the end of the step that runs: to accept while it is sent, to answer while it is accepted.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import local_day
from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class ReferralState(StrEnum):
    """Whose turn it is: the branch's (sent, accepted), the centre's (answered, returned), or nobody's."""

    SENT = "sent"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    RETURNED = "returned"
    CLOSED = "closed"


class ReferralReason(StrEnum):
    """Why a branch has to do it."""

    SIGN_UP = "sign_up"
    ON_SITE = "on_site"
    DOCUMENTS = "documents"
    CREDIT = "credit"
    CASH = "cash"
    OTHER = "other"


class Referral(Base):
    """One referral, of a chat, of a call (`followup_id`), or of both. `accepted_name` is what the customer was told:
    who at the branch looks after it. `late_at` is when the running step was found past its time; a new step starts
    without it.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        CheckConstraint("state <> 'accepted' OR accepted_by IS NOT NULL", name="accepted_by_somebody"),
        CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_with_words"),
        Index("ix_referrals_branch_state", "branch", "state"),
        Index("ix_referrals_state_due_at", "state", "due_at"),
        Index("ix_referrals_follower_id_sent_at", "follower_id", "sent_at"),
        Index(
            "uq_referrals_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(
            "uq_referrals_open_followup",
            "followup_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"))
    conversation_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("conversations.id"))
    followup_id: Mapped[int | None] = mapped_column(BIG)
    state: Mapped[ReferralState] = mapped_column(default=ReferralState.SENT)
    branch: Mapped[str]
    reason: Mapped[ReferralReason]
    ask: Mapped[str] = mapped_column(Sealed("referrals.ask"))
    sent_by: Mapped[str]
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    late_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None]
    accepted_name: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Sealed("referrals.answer"))
    answered_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Sealed("referrals.return_reason"))
    returned_by: Mapped[str | None]
    returned_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    @property
    def number(self) -> str:
        """What people ask by: ZJ, day, N, running number. Without the letter it would be thirteen figures in a row, and
        one number in ten would be taken for a card's.
        """
        return f"ZJ{local_day(self.sent_at):%Y%m%d}N{self.id:05d}"
