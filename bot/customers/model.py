"""Followers of the account, the firm a follower is bound to, and what the bank reports about firms."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class IdentityLevel(IntEnum):
    """How sure we are who writes. Facts of an account need BOUND; general knowledge needs none."""

    VISITOR = 0
    FOLLOWER = 1
    PHONE_VERIFIED = 2
    BOUND = 3


class Follower(Base):
    """One openid. Names and phones are encrypted; the label is what screens show before they are
    known. `erased_at`: he had his data deleted, and is not looked up at the bank before he binds a firm anew.
    """

    __tablename__ = "followers"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    openid: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    is_following: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    identity_level: Mapped[int] = mapped_column(default=int(IdentityLevel.FOLLOWER))
    firm_id: Mapped[str | None] = mapped_column(index=True)
    firm_name: Mapped[str | None] = mapped_column(Sealed("followers.firm_name"))
    contact: Mapped[str | None] = mapped_column(Sealed("followers.contact"))
    phone: Mapped[str | None] = mapped_column(Sealed("followers.phone"))
    industry: Mapped[str | None]
    branch: Mapped[str | None]
    last_rep: Mapped[str | None]
    dedicated_rep: Mapped[str | None]
    opted_out_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class BankFact(Base):
    """One signed event of the bank, kept once under its own id."""

    __tablename__ = "bank_facts"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(index=True)
    firm_id: Mapped[str | None] = mapped_column(index=True)
    follower_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("followers.id"))
    amount_fen: Mapped[int | None] = mapped_column(BIG)
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
