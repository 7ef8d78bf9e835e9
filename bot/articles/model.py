"""Articles, their versions, their pictures, their drafts at the platform, and who tries them on his own phone.

A version is written by one person after the other, then sealed (定稿): from then on it is never changed, and only a
sealed one can be sent. Whoever wants other words begins the next version.

open ──seal──▶ sealed        restore: a copy of an earlier version, open as the next number
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.outbox import BIG

IS_OPEN = text("state = 'open'")


class ArticleKind(StrEnum):
    """What an article is for the law: of service, which every follower may get, or marketing, which needs consent."""

    SERVICE = "service"
    MARKETING = "marketing"


class ArticleState(StrEnum):
    """Whether a version may still be written."""

    OPEN = "open"
    SEALED = "sealed"


class DraftState(StrEnum):
    """`adding`: asked for, the answer is not known. `kept`: in the platform's box when we last heard of it. `gone`: it
    was in the box and is not any more: sent, or deleted in the platform's own console.
    """

    ADDING = "adding"
    KEPT = "kept"
    GONE = "gone"


class PreviewOutcome(StrEnum):
    """What became of a preview; an unknown one counts against the day's hundred as well."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Article(Base):
    """One article; all that is read stands in its versions. A template is begun from, never sent."""

    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    is_template: Mapped[bool] = mapped_column(default=False)
    copied_from: Mapped[int | None] = mapped_column(BIG)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    archived_at: Mapped[datetime | None]


class ArticlePicture(Base):
    """A picture of articles, once however often it is used. `platform_url` is where articles show it, `media_id` what
    covers name it by; both are learned when it is first needed there.
    """

    __tablename__ = "article_pictures"
    __table_args__ = (UniqueConstraint("sha256"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    sha256: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    platform_url: Mapped[str | None]
    media_id: Mapped[str | None]


class ArticleVersion(Base):
    """One version. `body` is what the writer wrote, `rendered` what it said with its product blocks when it was sealed,
    `products` the catalogue's versions they were made of. `revision` grows with every save, so that two writers cannot
    overwrite each other. `content_hash` is of all that is approved. `evidence` is what the wording rules found when it
    was written, `flaws` why it may not be sent by the newest check, `checked_under` the rules and the catalogue that
    check knew.
    """

    __tablename__ = "article_versions"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        CheckConstraint(
            "state <> 'sealed' OR (sealed_by IS NOT NULL AND sealed_at IS NOT NULL AND rendered IS NOT NULL)",
            name="sealed_by_somebody",
        ),
        Index(
            "uq_article_versions_open",
            "article_id",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index("ix_article_versions_state_checked_under", "state", "checked_under"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int]
    state: Mapped[ArticleState]
    kind: Mapped[ArticleKind]
    title: Mapped[str]
    author: Mapped[str]
    digest: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("article_pictures.id"))
    crop_235_1: Mapped[str]
    crop_1_1: Mapped[str]
    source_url: Mapped[str]
    goal: Mapped[str]
    revision: Mapped[int]
    rendered: Mapped[str | None] = mapped_column(Text)
    products: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    content_hash: Mapped[str]
    checked_under: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    flaws: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    checked_at: Mapped[datetime]
    writer: Mapped[str]
    written_at: Mapped[datetime]
    sealed_by: Mapped[str | None]
    sealed_at: Mapped[datetime | None]
    copied_from: Mapped[int | None]


class ArticleDraft(Base):
    """A draft at the platform: one for each purpose, because a draft that was sent is gone. `asked_at` is when it was
    first asked for, `lease_until` while somebody asks. `qr_url` is the picture of the code that carries `scene`.
    `drift` is what somebody changed in the platform's own console, by the newest look.
    """

    __tablename__ = "article_drafts"
    __table_args__ = (UniqueConstraint("version_id", "purpose"), UniqueConstraint("media_id"))

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("article_versions.id"))
    purpose: Mapped[str]
    state: Mapped[DraftState]
    media_id: Mapped[str | None]
    scene: Mapped[str]
    qr_url: Mapped[str | None]
    qr_made_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    drift: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)


class ArticleTester(Base):
    """A follower who sees articles before others do: people of the bank, by their own openids. `label` says who."""

    __tablename__ = "article_testers"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"), index=True)
    label: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class ArticlePreview(Base):
    """One preview to one tester; the platform allows a hundred a day (`day`: the bank's calendar)."""

    __tablename__ = "article_previews"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("article_versions.id"), index=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"), index=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    at: Mapped[datetime]
    username: Mapped[str]
    outcome: Mapped[PreviewOutcome]
