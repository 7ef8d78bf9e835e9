"""A lead (线索): a customer's interest in one credit product, from the first question to the money, with his need."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed, SealedJson
from bot.outbox import BIG

# A lead whose product nobody has named yet.
ANY_PRODUCT = "any"


class LeadStage(StrEnum):
    """咨询, 申请, 审批, 提款, 到账; 未成 ends it from anywhere before the money."""

    ENQUIRY = "enquiry"
    APPLIED = "applied"
    APPROVAL = "approval"
    DRAWING = "drawing"
    PAID = "paid"
    LOST = "lost"


class LostReason(StrEnum):
    """Why nothing came of it."""

    NOT_FITTING = "not_fitting"
    REFUSED_BY_BANK = "refused_by_bank"
    TOO_DEAR = "too_dear"
    ELSEWHERE = "elsewhere"
    NO_NEED = "no_need"
    UNREACHABLE = "unreachable"


IS_OPEN = text("closed_at IS NULL")


class Lead(Base):
    """One interest. `need` maps a field to {"value": ..., "by": who said so}; a field that is not there is unknown.

    A customer has one open lead per product. `firm_id` counts several customers of one firm once. `amount_fen` is what
    the bank paid out.
    """

    __tablename__ = "leads"
    __table_args__ = (
        Index("uq_leads_open", "follower_id", "product", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_leads_stage_id", "stage", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"))
    firm_id: Mapped[str | None]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    skill: Mapped[str]
    product: Mapped[str]
    stage: Mapped[LeadStage] = mapped_column(default=LeadStage.ENQUIRY)
    lost_reason: Mapped[LostReason | None]
    need: Mapped[dict[str, Any]] = mapped_column(SealedJson("leads.need"), default=dict)
    amount_fen: Mapped[int | None] = mapped_column(BIG)
    source: Mapped[str | None]
    owner: Mapped[str | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class LeadStageChange(Base):
    """A lead came to a stage: when, by whom (a username, or "bank"), and what shows it."""

    __tablename__ = "lead_stages"
    __table_args__ = (Index("ix_lead_stages_lead_id", "lead_id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    stage: Mapped[LeadStage]
    at: Mapped[datetime]
    actor: Mapped[str]
    evidence: Mapped[str | None] = mapped_column(Sealed("lead_stages.evidence"))
