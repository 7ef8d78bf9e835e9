"""What is sent of a campaign in one call, who is in it, and what the platform reported of it.

planned ──▶ sending ──▶ accepted ──receipt──▶ finished
   ▲           │            ▲
   │           ├──▶ unknown ┘  the same client id again after a minute: it had gone (45065), or goes now
   └─retry─────┴──▶ rejected ──▶ abandoned          planned ──▶ cancelled

`sending` is committed before the call. A lease that ends in it makes the chunk `unknown`, never `planned`: the call may
have been executed. Nothing after `sending` can be pulled back.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from bot.campaigns.model import Campaign
from bot.db import Base
from bot.outbox import BIG


class Reason(StrEnum):
    """Why a follower of the audience is not sent it. Of several the first one listed counts."""

    ERASED = "erased"
    NOT_FOLLOWING = "not_following"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    EXCLUDED = "excluded"
    FRAUD = "fraud"
    COMPLAINT = "complaint"
    IN_CHAT = "in_chat"
    QUOTA = "quota"
    CAP_WEEK = "cap_week"
    CAP_MONTH = "cap_month"
    HOLDOUT_GLOBAL = "holdout_global"
    HOLDOUT = "holdout"
    ALONE = "alone"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class ChunkState(StrEnum):
    """Where a chunk stands; the drawing is at the top of this file."""

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FINISHED = "finished"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"


SETTLED = (ChunkState.FINISHED, ChunkState.ABANDONED, ChunkState.CANCELLED)
LEFT = (ChunkState.ACCEPTED, ChunkState.FINISHED)
UNCERTAIN = (ChunkState.SENDING, ChunkState.UNKNOWN)


class Chunk(Base):
    """At most 10,000 followers who share one call and one fate; with a tag, all of a variant.

    Its members are those of campaign_recipients with this number and no reason, between `first_id` and `last_id`.
    `attempt` grows when a person has it sent anew under another `client_id`. `sending_at` is the first call under the
    present one: for 24 hours from then the platform recognises it. `called_at` is the newest call, `calls` how many
    there were. `needs_person`: only somebody can say what became of it. `tag_id`, `tagged_to`: the tag that is built,
    and the last follower under it.
    """

    __tablename__ = "campaign_chunks"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        UniqueConstraint("client_id"),
        Index("ix_campaign_chunks_state_lease_until", "state", "lease_until"),
        Index("ix_campaign_chunks_job_id", "job_id"),
        Index("ix_campaign_chunks_called_at", "called_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaigns.id"))
    number: Mapped[int]
    variant: Mapped[int]
    size: Mapped[int]
    first_id: Mapped[int] = mapped_column(BIG)
    last_id: Mapped[int] = mapped_column(BIG)
    state: Mapped[ChunkState]
    attempt: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[str]
    media_id: Mapped[str | None]
    tag_id: Mapped[int | None]
    tagged_to: Mapped[int] = mapped_column(BIG, default=0)
    tag_removed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    sending_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    needs_person: Mapped[bool] = mapped_column(default=False)
    errcode: Mapped[str | None]
    job_id: Mapped[str | None]
    data_id: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    total: Mapped[int | None]
    filtered: Mapped[int | None]
    sent: Mapped[int | None]
    errors: Mapped[int | None]
    recalled_at: Mapped[datetime | None]


class Recipient(Base):
    """What a campaign decided about one follower of its audience: the reason he is left out, or none. `chunk` stays
    when he is dropped after planning. `place` and `slot` are what is booked for him (ledger.py). `at`: when it was
    planned.
    """

    __tablename__ = "campaign_recipients"
    __table_args__ = (
        Index("ix_campaign_recipients_follower_id", "follower_id"),
        Index(
            "ix_campaign_recipients_left_out",
            "campaign_id",
            "reason",
            "follower_id",
            sqlite_where=text("reason IS NOT NULL"),
            postgresql_where=text("reason IS NOT NULL"),
        ),
    )

    # No foreign keys: a million rows at once would pay for a look each, and both ends are never deleted before them.
    campaign_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    follower_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    reason: Mapped[Reason | None]
    variant: Mapped[int | None]
    chunk: Mapped[int | None]
    place: Mapped[int | None]
    slot: Mapped[int | None]
    at: Mapped[datetime]


class RecipientCount(Base):
    """How many followers of a campaign share a fate: `reason` is "" for those who are sent it, `variant` 0 for those
    left out before they had one. Kept with every change, so that nobody counts rows.
    """

    __tablename__ = "campaign_counts"

    campaign_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaigns.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    variant: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    followers: Mapped[int]


class MassReceipt(Base):
    """MASSSENDJOBFINISH of one job, kept once: it may come before the answer to our own call, or be of a send that the
    bank's people made in the platform's console.
    """

    __tablename__ = "mass_receipts"

    job_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    total: Mapped[int]
    filtered: Mapped[int]
    sent: Mapped[int]
    errors: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(index=True)


class Contact(Base):
    """A recipient's row as a customer's timeline shows it: with the campaign's name and how far his chunk is."""

    __table__ = Recipient.__table__
    if TYPE_CHECKING:
        campaign_id: Mapped[int]
        follower_id: Mapped[int]
        reason: Mapped[Reason | None]
        at: Mapped[datetime]

    name = column_property(
        select(Campaign.name).where(Campaign.id == Recipient.__table__.c.campaign_id).scalar_subquery()
    )
    chunk_state = column_property(
        select(Chunk.state)
        .where(Chunk.campaign_id == Recipient.__table__.c.campaign_id, Chunk.number == Recipient.__table__.c.chunk)
        .scalar_subquery()
    )


def client_id_of(campaign_id: int, attempt: int, number: int) -> str:
    """What the platform recognises a repeat by: at most 32 of [A-Za-z0-9_]."""
    return f"c{campaign_id}v{attempt}k{number}"
