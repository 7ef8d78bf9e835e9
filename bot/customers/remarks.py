"""What people of the centre write down about a customer: notes in their own words, and tags of a fixed list
(config/tags.yml). Each with who, and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class TagSource(StrEnum):
    """Where a tag was learned."""

    CHAT = "chat"
    CALL = "call"
    BRANCH = "branch"


@dataclass(frozen=True)
class TagKind:
    """One tag that may be given, and the group it stands in."""

    id: str
    label: str
    group: str


class CustomerNote(Base):
    """One note; it is never rewritten, what is no longer true is said by a newer one."""

    __tablename__ = "customer_notes"
    __table_args__ = (Index("ix_customer_notes_follower_id_at", "follower_id", "at"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"))
    text: Mapped[str] = mapped_column(Sealed("customer_notes.text"))
    by: Mapped[str]
    at: Mapped[datetime]


class CustomerTag(Base):
    """One tag of one customer. `source` is where it was learned (chat, call, branch). What was taken off stays with its
    time, so that the timeline can tell it.
    """

    __tablename__ = "customer_tags"
    __table_args__ = (
        Index(
            "uq_customer_tags_on",
            "follower_id",
            "tag",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "ix_customer_tags_tag",
            "tag",
            "follower_id",
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"))
    tag: Mapped[str]
    source: Mapped[TagSource]
    by: Mapped[str]
    at: Mapped[datetime]
    removed_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]


def tags_on(session: Session, follower_id: int) -> Sequence[CustomerTag]:
    """The tags this customer has now, oldest first."""
    mine = (CustomerTag.follower_id == follower_id) & CustomerTag.removed_at.is_(None)
    return session.scalars(select(CustomerTag).where(mine).order_by(CustomerTag.at, CustomerTag.id)).all()


def write_note(session: Session, follower_id: int, words: str, by: str, now: datetime) -> CustomerNote:
    """Add a note, masked already, in the caller's transaction."""
    row = CustomerNote(follower_id=follower_id, text=words, by=by, at=now)
    session.add(row)
    session.flush()
    return row


def put_tag(session: Session, follower_id: int, tag: str, source: TagSource, by: str, now: datetime) -> None:
    """He has this tag from now on; the follower is locked by the caller. Safe to repeat."""
    if not any(one.tag == tag for one in tags_on(session, follower_id)):
        session.add(CustomerTag(follower_id=follower_id, tag=tag, source=source, by=by, at=now))


def take_tag_off(session: Session, follower_id: int, tag: str, by: str, now: datetime) -> None:
    """He no longer has this tag; the follower is locked by the caller. Safe to repeat."""
    for row in tags_on(session, follower_id):
        if row.tag == tag:
            row.removed_by, row.removed_at = by, now
