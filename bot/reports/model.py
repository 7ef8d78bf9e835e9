"""What the reports count: facts frozen at the moment they happened, and the sums of past days.

A handoff fact is one customer's wish for a person, from the ask to its end; a stint is one rep's part in it, from the
offer or the accept on; a span is how long a rep was ready, busy or on a break. They are written in the transaction of
the event that made them true (recording.py), so that no figure is ever worked out again from what was said.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.outbox import BIG
from bot.staff.model import RepStatus


class Ending(StrEnum):
    """How a wish for a person, or a rep's part in it, came to its end."""

    CLOSED = "closed"
    GAVE_UP = "gave_up"
    DESK_CLOSED = "desk_closed"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    REQUEUED = "requeued"


class OfferAnswer(StrEnum):
    """What a rep made of an offer."""

    ACCEPTED = "accepted"
    MISSED = "missed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class HandoffFact(Base):
    """One wish for a person. `rep` is who accepted it first, `desk` the desk it came to first.

    `wait_ms` runs from the ask to the first accept, or to the giving up; `reply_ms` from the ask to the first word of a
    rep, in the desk's opening hours only. `returned_at` is when the same customer asked for a person about the same
    matter again, within a day of the end. `matter` and `product` are names of ours, never words of the customer.
    """

    __tablename__ = "handoff_facts"
    __table_args__ = (
        Index("ix_handoff_facts_arrived_on_desk", "arrived_on", "desk"),
        Index("ix_handoff_facts_conversation_id", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(BIG)
    arrived_at: Mapped[datetime]
    arrived_on: Mapped[date]
    hour: Mapped[int]
    desk: Mapped[str]
    matter: Mapped[str | None]
    product: Mapped[str | None]
    branch: Mapped[str | None]
    source: Mapped[str | None]
    is_risk: Mapped[bool] = mapped_column(default=False)
    transfers: Mapped[int] = mapped_column(default=0)
    requeues: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    rep: Mapped[str | None]
    wait_ms: Mapped[int | None] = mapped_column(BIG)
    first_reply_at: Mapped[datetime | None]
    reply_ms: Mapped[int | None] = mapped_column(BIG)
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]
    returned_at: Mapped[datetime | None]


class Stint(Base):
    """One rep's part in a chat: offered to him, or taken by him; served from the accept to the end.

    `reply_ms` runs from his accept to his first word.
    """

    __tablename__ = "stints"
    __table_args__ = (
        Index("ix_stints_began_on_rep", "began_on", "rep"),
        Index("ix_stints_conversation_id", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(BIG)
    rep: Mapped[str]
    desk: Mapped[str]
    began_on: Mapped[date]
    hour: Mapped[int]
    offered_at: Mapped[datetime | None]
    answer: Mapped[OfferAnswer | None]
    accepted_at: Mapped[datetime | None]
    reply_ms: Mapped[int | None] = mapped_column(BIG)
    ended_at: Mapped[datetime | None]
    handle_ms: Mapped[int | None] = mapped_column(BIG)
    ending: Mapped[Ending | None]


class RepSpan(Base):
    """How long a rep was on duty in one status; the open one has no end."""

    __tablename__ = "rep_spans"
    __table_args__ = (
        Index("ix_rep_spans_began_at", "began_at"),
        Index(
            "uq_rep_spans_open",
            "rep",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    rep: Mapped[str]
    status: Mapped[RepStatus]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ReportCell(Base):
    """The sums of one day, of one desk ("*" is all of them), of one value of one dimension (counters.py).

    `sums` holds counters by name, zeros left out, and under "waits", "replies" and "own_replies" how many there were of
    each length in whole seconds, so that a percentile over any days is exact to the second.
    """

    __tablename__ = "report_cells"
    __table_args__ = (Index("ix_report_cells_day", "day"),)

    desk: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    sums: Mapped[dict[str, Any]] = mapped_column(JSON)
    rolled_at: Mapped[datetime]
