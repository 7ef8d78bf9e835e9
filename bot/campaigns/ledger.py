"""What is booked for a follower: which of the platform's four mass messages of a month, and which of the marketing
touches a follower is to have at most (C17). Each is a row whose key is the limit: two campaigns that plan at the same
moment cannot both take the last one.

A row is written with the plan and deleted when he is not sent it after all.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, Date, delete, func, select, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.campaigns.chunks import Reason, Recipient, RecipientCount
from bot.clock import local
from bot.db import Base
from bot.outbox import BIG

# guide/product/message/Batch_Sends: 服务号, per follower and calendar month, console and API together.
MESSAGES_A_MONTH = 4


class MassMessage(Base):
    """One of a follower's four of a month (202611, Asia/Shanghai): taken by a campaign, or by a send made outside."""

    __tablename__ = "mass_ledger"
    __table_args__ = (CheckConstraint("place >= 1 AND place <= 4", name="four_a_month"),)

    follower_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    campaign_id: Mapped[int | None] = mapped_column(BIG)
    outside_id: Mapped[int | None] = mapped_column(BIG)
    at: Mapped[datetime]


class ContactSlot(Base):
    """One of a follower's three marketing touches of any thirty days. A slot that is older is taken over."""

    __tablename__ = "contact_slots"
    __table_args__ = (CheckConstraint("slot >= 1 AND slot <= 3", name="three_a_month"),)

    follower_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    campaign_id: Mapped[int] = mapped_column(BIG)
    at: Mapped[datetime]


class OutsideState(StrEnum):
    """A send made outside waits for somebody to say who got it, until its messages are booked."""

    OPEN = "open"
    BOOKED = "booked"
    NOBODY = "nobody"


class OutsideSend(Base):
    """A mass send we did not make: the bank's people used the platform's console. `targets`: how many it went to."""

    __tablename__ = "outside_sends"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    article: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    url: Mapped[str]
    sent_on: Mapped[date] = mapped_column(Date, index=True)
    targets: Mapped[int | None]
    found_at: Mapped[datetime]
    state: Mapped[OutsideState]
    segment_id: Mapped[int | None] = mapped_column(BIG)
    booked: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


def month_of(instant: datetime) -> int:
    """The calendar month at the bank in which the platform counts a send: 202611."""
    here = local(instant)
    return here.year * 100 + here.month


def drop(session: Session, campaign_id: int, chunk: int, reason: Reason, who: ColumnElement[bool] | None = None) -> int:
    """Leave those of a chunk to whom `who` applies (all of them without it) out after all, and give back what was
    booked for them; how many. A repeat finds nobody.
    """
    mine = (Recipient.campaign_id == campaign_id) & (Recipient.chunk == chunk)
    left = (
        update(Recipient).where(mine, Recipient.reason.is_(None), true() if who is None else who).values(reason=reason)
    )
    count = int(session.execute(left).rowcount)  # type: ignore[attr-defined]
    if not count:
        return 0
    dropped = select(Recipient.follower_id).where(mine, Recipient.reason == reason)
    for table in (MassMessage, ContactSlot):
        session.execute(
            delete(table)
            .where(table.campaign_id == campaign_id, table.follower_id.in_(dropped))
            .execution_options(synchronize_session=False)
        )
    variant = session.scalar(select(func.max(Recipient.variant)).where(mine)) or 0
    recount(session, campaign_id, "", variant, -count)
    recount(session, campaign_id, reason.value, variant, count)
    return count


def recount(session: Session, campaign_id: int, reason: str, variant: int, by: int) -> None:
    """Add to a count of recipients; the caller holds the campaign's row."""
    key = (campaign_id, reason, variant)
    row = session.get(RecipientCount, key, with_for_update=True)
    if row is None:
        session.add(RecipientCount(campaign_id=campaign_id, reason=reason, variant=variant, followers=by))
    else:
        row.followers += by
    session.flush()
