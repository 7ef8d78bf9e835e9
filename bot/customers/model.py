"""Followers of the account, the firm each is bound to, what he agreed to, and what the bank reports about firms."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, ForeignKey, Index, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, validates

from bot.customers.rules import IdentityLevel, Purpose
from bot.customers.search_keys import firm_key, phone_key, search_keys
from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class Follower(Base):
    """One openid. Names and phones are encrypted; the label is what screens show before they are
    known. `unfollowed_at`: since when he does not follow; from the first day for somebody only the bank told us of.
    `opted_out_at` stands while his newest word on marketing is a no. `erased_at`: he had his data deleted, or
    withdrew his authorisation at the platform, and is not looked up at the bank before he binds a firm anew.
    `dedicated_rep` is who is asked for him first: `chosen_rep`, a supervisor's choice, while there is one, else
    `bank_rep`, whom the bank names (dedicated.py writes all three).
    `search_keys` are keyed hashes by which parts of the sealed firm name and phone are found, `phone_key` and
    `firm_key` those of the whole (search_keys.py).
    """

    __tablename__ = "followers"
    __table_args__ = (Index("ix_followers_last_seen_at_id", "last_seen_at", "id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    openid: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    is_following: Mapped[bool] = mapped_column(default=True)
    unfollowed_at: Mapped[datetime | None]
    source: Mapped[str | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    identity_level: Mapped[int] = mapped_column(default=int(IdentityLevel.FOLLOWER))
    firm_id: Mapped[str | None] = mapped_column(index=True)
    firm_name: Mapped[str | None] = mapped_column(Sealed("followers.firm_name"))
    contact: Mapped[str | None] = mapped_column(Sealed("followers.contact"))
    phone: Mapped[str | None] = mapped_column(Sealed("followers.phone"))
    industry: Mapped[str | None] = mapped_column(index=True)
    branch: Mapped[str | None] = mapped_column(index=True)
    last_rep: Mapped[str | None]
    dedicated_rep: Mapped[str | None]
    chosen_rep: Mapped[str | None]
    bank_rep: Mapped[str | None]
    opted_out_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    search_keys: Mapped[str | None] = mapped_column(Text)
    phone_key: Mapped[str | None] = mapped_column(index=True)
    firm_key: Mapped[str | None] = mapped_column(index=True)

    @validates("firm_name", "phone")
    def _keep_findable(self, name: str, value: str | None) -> str | None:
        known = {"firm_name": self.firm_name, "phone": self.phone, name: value}
        self.search_keys = search_keys(known["firm_name"], known["phone"])
        self.firm_key, self.phone_key = firm_key(known["firm_name"]), phone_key(known["phone"])
        return value


class Consent(Base):
    """One word of a follower on one purpose: a yes or a no, never changed afterwards.

    `text_version` is the text he saw, `channel` where he said it, `proof` what shows that he did: the id of the bank's
    event, or of his message.
    """

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("proof", "purpose"),
        Index("ix_consents_follower_id_purpose", "follower_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"))
    purpose: Mapped[Purpose]
    granted: Mapped[bool]
    text_version: Mapped[str]
    at: Mapped[datetime]
    channel: Mapped[str]
    proof: Mapped[str]
    recorded_at: Mapped[datetime]


class IdentityFact(StrEnum):
    """The bank's facts about who a follower is and what he agreed to, as the bank names them."""

    PHONE_VERIFIED = "phone_verified"
    BOUND = "binding_created"
    UNBOUND = "binding_removed"
    CONSENT = "consent_changed"


class BankFact(Base):
    """One signed event of the bank, kept once under its own id."""

    __tablename__ = "bank_facts"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(index=True)
    firm_id: Mapped[str | None] = mapped_column(index=True)
    follower_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("followers.id"), index=True)
    amount_fen: Mapped[int | None] = mapped_column(BIG)
    stage: Mapped[str | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]


# The ledger is evidence: rows are added and, when their keeping time is over, deleted, but never rewritten.
_SQLITE_TRIGGER = """
CREATE TRIGGER consents_append_only BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'consents are never rewritten'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION consents_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'consents are never rewritten'; END $$
"""
_POSTGRES_TRIGGER = """
CREATE TRIGGER consents_append_only BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION consents_append_only()
"""
for _dialect, _statement in (
    ("sqlite", _SQLITE_TRIGGER),
    ("postgresql", _POSTGRES_FUNCTION),
    ("postgresql", _POSTGRES_TRIGGER),
):
    _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    event.listen(Consent.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
