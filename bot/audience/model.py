"""What audiences are chosen by: traits of followers, lists of branches, and segments.

A list's way:

uploading ─parts─▶ reading ─header─▶ mapping ─columns─▶ checking ─last row─▶ checked ─commit─▶ live ─▶ ended
    │                 │ │               │                  │ │                   │
    └─────────────────┴─┼── cancel ─────┴──────────────────┴─┼───────────────────┴──▶ cancelled
                        └── a file that cannot be read ──────┴──▶ failed

Its rows and traits are written while it is checked, and nobody sees them before it is live: that is one column of one
row, so a list is never half there.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed, SealedJson
from bot.outbox import BIG


class ListState(StrEnum):
    """Where a list stands; the drawing is at the top of this file."""

    UPLOADING = "uploading"
    READING = "reading"
    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"
    FAILED = "failed"


class FileKind(StrEnum):
    """What a list is uploaded as."""

    CSV = "csv"
    XLSX = "xlsx"


class LegalBasis(StrEnum):
    """Why the bank may use the list (PIPL Art. 13)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"


class RowVerdict(StrEnum):
    """What became of one row of a list. Rows of the first four are followers on the list."""

    MATCHED = "matched"
    # Another person of the same firm: the same row names more than one follower.
    ALSO = "also"
    # He is on the list, and stays opted out: no list ever makes him sendable.
    OPTED_OUT = "opted_out"
    # On the list, and out of reach until he follows.
    NOT_FOLLOWING = "not_following"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    BAD_PHONE = "bad_phone"
    ERASED = "erased"
    OTHER_BRANCH = "other_branch"
    NOBODY = "nobody"


ON_LIST = (RowVerdict.MATCHED, RowVerdict.ALSO, RowVerdict.OPTED_OUT, RowVerdict.NOT_FOLLOWING)
HEAD_OFFICE = "总行"


class AudienceList(Base):
    """One uploaded list: what it is for, why it may be used, how long, and how far its check has come.

    `expires_at` is the end of its last day; from then on it holds nobody. `branch` is whose list it is. `mapping` names
    for each column of the file what it is (columns.py), `look` is its header and first rows, masked. `rows_done` is the
    cursor: the number of the last row whose verdict stands; `counts` are rows by verdict. Who holds `lease` works on it
    until `leased_until`.
    """

    __tablename__ = "audience_lists"
    __table_args__ = (
        CheckConstraint("state <> 'live' OR committed_by IS NOT NULL", name="committed_by_somebody"),
        Index(
            "uq_audience_lists_content_hash_live",
            "content_hash",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index("ix_audience_lists_state_id", "state", "id"),
        Index("ix_audience_lists_branch_id", "branch", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    name: Mapped[str]
    purpose: Mapped[str]
    basis: Mapped[LegalBasis]
    branch: Mapped[str]
    expires_on: Mapped[date] = mapped_column(Date)
    expires_at: Mapped[datetime]
    file_name: Mapped[str]
    kind: Mapped[FileKind]
    size: Mapped[int]
    content_hash: Mapped[str | None]
    state: Mapped[ListState]
    problem: Mapped[str | None]
    look: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("audience_lists.look"))
    mapping: Mapped[list[str] | None] = mapped_column(JSON)
    data_as_of: Mapped[date | None] = mapped_column(Date)
    rows_total: Mapped[int | None]
    rows_done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    flawed_values: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    checking_since: Mapped[datetime | None]
    committed_by: Mapped[str | None]
    committed_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class ListPart(Base):
    """A piece of an uploaded file, in base64: API and worker need not share a disk. Gone when the list is settled."""

    __tablename__ = "audience_list_parts"
    __table_args__ = (UniqueConstraint("list_id", "number"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    list_id: Mapped[int] = mapped_column(BIG, ForeignKey("audience_lists.id"))
    number: Mapped[int]
    size: Mapped[int]
    content: Mapped[str] = mapped_column(Sealed("audience_list_parts.content"))
    at: Mapped[datetime]


class ListRow(Base):
    """What became of one row of the file. `who` is masked; the row's own words are not kept.

    `follower_id` is set for who is on the list. A row that names several people of a firm is there once for each.
    """

    __tablename__ = "audience_list_rows"
    __table_args__ = (
        Index("ix_audience_list_rows_list_id_row", "list_id", "row"),
        Index(
            "uq_audience_list_rows_member",
            "list_id",
            "follower_id",
            unique=True,
            sqlite_where=text("follower_id IS NOT NULL"),
            postgresql_where=text("follower_id IS NOT NULL"),
        ),
        Index("ix_audience_list_rows_follower_id", "follower_id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    list_id: Mapped[int] = mapped_column(BIG, ForeignKey("audience_lists.id"))
    row: Mapped[int]
    verdict: Mapped[RowVerdict]
    follower_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("followers.id"))
    who: Mapped[str]
    note: Mapped[str | None]
    expires_at: Mapped[datetime]


class Trait(Base):
    """One thing known of a follower, with where it came from, when it was true and how sure it is (config/traits.yml).

    What a list says (`list_id`) stands beside what the bank's facts say, and counts only while that list is live; of
    several the one with the newest `as_of` holds. Exactly one of the three values is set; a yes or no is 1 or 0.
    """

    __tablename__ = "traits"
    __table_args__ = (
        UniqueConstraint("follower_id", "key", "list_id"),
        Index(
            "uq_traits_of_bank",
            "follower_id",
            "key",
            unique=True,
            sqlite_where=text("list_id IS NULL"),
            postgresql_where=text("list_id IS NULL"),
        ),
        Index("ix_traits_key_number", "key", "number"),
        Index("ix_traits_key_day", "key", "day"),
        Index("ix_traits_key_word", "key", "word"),
        Index("ix_traits_list_id", "list_id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, ForeignKey("followers.id"))
    key: Mapped[str]
    word: Mapped[str | None]
    number: Mapped[float | None] = mapped_column(Float(53))
    day: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str]
    list_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("audience_lists.id"))
    as_of: Mapped[datetime]
    confidence: Mapped[float]
    expires_at: Mapped[datetime | None]


class Segment(Base):
    """A rule that says who belongs to an audience; asked anew each time it is used.

    `shipped` is the id of the rule that came with the release (config/segments.yml): nobody edits those. After
    `expires_on` it holds nobody. `version` grows with every change, so that two people cannot overwrite each other.
    `size` and `reachable` are as last counted, at `counted_at`.
    """

    __tablename__ = "segments"
    __table_args__ = (Index("ix_segments_retired_at_id", "retired_at", "id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    name: Mapped[str]
    shipped: Mapped[str | None] = mapped_column(unique=True)
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    expires_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    size: Mapped[int | None]
    reachable: Mapped[int | None]
    counted_at: Mapped[datetime | None]


class FollowerSync(Base):
    """One walk through the platform's list of followers: how far it came, whom it found."""

    __tablename__ = "follower_syncs"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    after: Mapped[str] = mapped_column(default="")
    pages: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
