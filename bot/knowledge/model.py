"""Knowledge items, their versions, and who did what to them.

draft ──submit──▶ submitted ──approve──▶ approved ──retire──▶ retired
  ▲  ▲                │
  │  └────revise──────┤        roll back: a copy of an approved version, submitted as a new one
  │              send back
  └──revise── sent_back
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.knowledge.edition import Kind
from bot.outbox import BIG


class VersionState(StrEnum):
    """Where a version stands; the drawing is at the top of this file."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    RETIRED = "retired"


class KnowledgeItem(Base):
    """One thing the bank may say, by kind and key. What is said, and all that goes with it, stands in its versions."""

    __tablename__ = "knowledge_items"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    kind: Mapped[Kind]
    key: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class KnowledgeVersion(Base):
    """One version of an item. Everything a second person has to see is here, title, owner, regions and source included:
    none of it can change without him.

    `author` is who saved these words last. `content_hash` is of all that is approved. `copied_from` is the version a
    roll back copied. Nobody reviews his own words; the table itself refuses it.
    """

    __tablename__ = "knowledge_versions"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("reviewer IS NULL OR reviewer <> author", name="two_people"),
        CheckConstraint("state NOT IN ('approved', 'retired') OR reviewer IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("effective_until IS NULL OR effective_until >= effective_from", name="ends_after_it_begins"),
        Index(
            "uq_knowledge_versions_open",
            "item_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'submitted', 'sent_back')"),
            postgresql_where=text("state IN ('draft', 'submitted', 'sent_back')"),
        ),
        Index("ix_knowledge_versions_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("knowledge_items.id"))
    number: Mapped[int]
    title: Mapped[str]
    owner: Mapped[str]
    regions: Mapped[list[str]] = mapped_column(JSON, default=list)
    source: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    effective_from: Mapped[date] = mapped_column(Date)
    effective_until: Mapped[date | None] = mapped_column(Date)
    content_hash: Mapped[str]
    state: Mapped[VersionState]
    author: Mapped[str]
    authored_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    reviewer: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    copied_from: Mapped[int | None]


class KnowledgeAct(Base):
    """Who did what to which version, when. `publishes` marks the acts after which something else is live."""

    __tablename__ = "knowledge_acts"
    __table_args__ = (
        Index(
            "ix_knowledge_acts_publishing",
            "id",
            sqlite_where=text("publishes"),
            postgresql_where=text("publishes"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime]
    username: Mapped[str]
    act: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("knowledge_items.id"), index=True)
    number: Mapped[int]
    content_hash: Mapped[str]
    reason: Mapped[str | None]
    publishes: Mapped[bool]
