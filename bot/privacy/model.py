"""What customers ask about their own data, what is kept although it may no longer be used, and what was removed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import local_day
from bot.db import Base
from bot.fields import Sealed, SealedJson
from bot.outbox import BIG


class RequestKind(StrEnum):
    """`show`: which data there are, in words. `export`: a copy. `delete`: erase what may be erased."""

    SHOW = "show"
    EXPORT = "export"
    DELETE = "delete"


class RequestState(StrEnum):
    """Open until a supervisor has done or refused it."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class DataRequest(Base):
    """One request of a follower about his own data (数据请求). `note` is how he proved who he is, when
    a supervisor wrote it down for him, or why it was refused. `proof` counts what was shown, erased and sealed by class
    of data; it stays when the data are gone.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        Index(
            "uq_data_requests_open",
            "follower_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_data_requests_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"), index=True)
    kind: Mapped[RequestKind]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    handled_by: Mapped[str | None]
    handled_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Sealed("data_requests.note"))
    proof: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    @property
    def number(self) -> str:
        """What the customer is told to ask by: SQ, day, N, running number. The letter keeps it from passing for a card
        number (13 digits, of which one in ten has the right check digit) and withheld.
        """
        return f"SQ{local_day(self.created_at):%Y%m%d}N{self.id:05d}"


class SealedRecord(Base):
    """A row that the law still wants although it may no longer be used: neither desk nor marketing reads this table.

    `content` is the row's personal columns, `until` the day it is removed for good.
    """

    __tablename__ = "sealed_records"
    __table_args__ = (UniqueConstraint("source_table", "source_id", "sealed_at"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"), index=True)
    data_class: Mapped[str]
    source_table: Mapped[str]
    source_id: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(SealedJson("sealed_records.content"))
    sealed_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)


class LegalHold(Base):
    """Nothing of this follower is removed while a hold is open: a court, a regulator or a dispute wants it."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        Index(
            "uq_legal_holds_open",
            "follower_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"))
    reason: Mapped[str] = mapped_column(Sealed("legal_holds.reason"))
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]


class PurgeReport(Base):
    """What one night's purge did with one class of data. `counted` were past their time: `removed`, or `held` by a
    legal hold, or still referred to by a younger row. Unfinished rows are of a purge that died, and are taken up again.
    """

    __tablename__ = "purge_reports"
    __table_args__ = (UniqueConstraint("run_on", "data_class"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    run_on: Mapped[date]
    data_class: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counted: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    duration_ms: Mapped[int] = mapped_column(default=0)
