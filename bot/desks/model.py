"""How a desk deals out its chats, and who works when: what a supervisor may change while the desks are open."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG


class Strategy(StrEnum):
    """Whom a desk asks first among those who have room."""

    LONGEST_IDLE = "longest_idle"
    LEAST_BUSY = "least_busy"
    ROUND_ROBIN = "round_robin"


class Order(StrEnum):
    """Who is served first: by waiting and priority, or, inside the last hours, by whose message window ends first."""

    WAITING = "waiting"
    WINDOW = "window"


@dataclass(frozen=True)
class DeskRules:
    """The rules of one desk. Every time is in seconds and, except for `offer_s` and `wrap_up_s`, 0 means: never.

    `weight` is what one of its chats takes of a rep's capacity. A chat is first offered to the dedicated rep (or his
    deputy) for `dedicated_wait_s`, then to the last rep for `last_rep_wait_s`, then to the desk, and after
    `overflow_after_s` of waiting to the desk `overflow_to` as well. A rep who leaves a customer without a first answer
    for `first_reply_s` loses the chat.
    """

    strategy: Strategy
    order: Order
    weight: int
    offer_s: int
    misses_before_break: int
    dedicated_wait_s: int
    last_rep_wait_s: int
    overflow_to: str | None
    overflow_after_s: int
    first_reply_s: int
    wrap_up_s: int


@dataclass(frozen=True)
class Thresholds:
    """When supervisors are alerted about a desk: somebody waits longer than `wait_s`, less than `service_level_percent`
    were answered in time lately (0 means never for both), nobody is ready while it is open.
    """

    wait_s: int
    service_level_percent: int
    nobody_ready: bool


class AwayFor(StrEnum):
    """Why a rep is absent."""

    LEAVE = "leave"
    SICK = "sick"
    TRAINING = "training"
    OTHER = "other"


class StoredRules(Base):
    """One version of a desk's rules and thresholds; the newest holds; None is the release's own.

    `number` counts from 1 for each desk: who changes rules names the number he saw, and the unique constraint refuses
    the second of two who saw the same.
    """

    __tablename__ = "desk_rules"
    __table_args__ = (UniqueConstraint("desk", "number"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    desk: Mapped[str]
    number: Mapped[int]
    rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    thresholds: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(Sealed("desk_rules.reason"))
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class Shift(Base):
    """One stretch of work of one rep, on whichever desks he serves. `template` names its kind in config/shifts.yml."""

    __tablename__ = "shifts"
    __table_args__ = (
        UniqueConstraint("rep", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
        Index("ix_shifts_ends_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    rep: Mapped[str]
    template: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Absence(Base):
    """A rep is away, and `deputy` stands in for his dedicated customers. `note` is what the deputy should know."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
        CheckConstraint("deputy IS NULL OR deputy <> rep", name="deputy_is_another"),
        Index("ix_absences_ends_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    rep: Mapped[str]
    deputy: Mapped[str | None]
    away_for: Mapped[AwayFor]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Sealed("absences.note"))
    created_by: Mapped[str]
