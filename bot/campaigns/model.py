"""A campaign: which article goes to whom and when, who approved exactly that, and who did what to it.

draft ──submit──▶ in_review ──approve──▶ approved ──schedule──▶ scheduled ──due──▶ planning ──▶ running ⇄ paused
  ▲                  │ ▲                    │                       │                              │        │
  ├────send back─────┘ └────too late────────┴───────────────────────┴──────────────────────────────┘        │
  └────any edit of in_review, approved, scheduled       every chunk settled: finished ◀──────────────────────┘
Before `finished` everything can be cancelled; what left before that stays gone.

Which change may follow which is decided in rules.py alone.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.outbox import BIG


class CampaignState(StrEnum):
    """Where a campaign stands; the drawing is at the top of this file."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Goal(StrEnum):
    """What a campaign is for: 激活, 提质, 留存."""

    ACTIVATE = "activate"
    UPGRADE = "upgrade"
    RETAIN = "retain"


class Metric(StrEnum):
    """By which one figure a campaign is judged."""

    READS = "reads"
    SHARES = "shares"
    CHATS = "chats"
    HANDOFFS = "handoffs"
    APPLICATIONS = "applications"
    DRAWDOWNS = "drawdowns"
    REDEMPTIONS = "redemptions"
    WOKEN = "woken"


class MessageClass(StrEnum):
    """服务 or 营销: marketing needs a living consent and keeps to the caps."""

    SERVICE = "service"
    MARKETING = "marketing"


class Route(StrEnum):
    """How the platform is told whom: lists of openids, or one tag."""

    LIST = "list"
    TAG = "tag"


class Repeats(StrEnum):
    """When it is to be sent again. Each run is a campaign of its own that somebody approves."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class PauseWhy(StrEnum):
    """Why a campaign stands still: somebody paused it, everything was stopped, or the platform refused a chunk."""

    BY_HAND = "by_hand"
    STOPPED = "stopped"
    REFUSED = "refused"


class WaitWhy(StrEnum):
    """Why a running campaign waits, with what is known of it in `wait_facts`."""

    QUIET_HOURS = "quiet_hours"
    HOLIDAY = "holiday"
    DESK_BUSY = "desk_busy"
    CALLS_USED_UP = "calls_used_up"
    PLATFORM_BUSY = "platform_busy"
    PACE = "pace"
    DRAFT = "draft"
    MISCONFIGURED = "misconfigured"
    HALTED = "halted"


class Campaign(Base):
    """One campaign. `author` began it, `editor` changed it last; neither may be its `reviewer`, and the table itself
    refuses it. `not_before` and `not_after` are what was asked for, `starts_at` and `ends_at` what quiet hours and
    holidays make of it; after `ends_at` nothing more leaves without a new approval. `approved_hash` is of content,
    audience and schedule as the reviewer saw them.

    `salt_id` is the first run's id: the same follower stays in the same holdout in every run. `month` (202611) is the
    one its sends are booked in. `recall_*`: one person asks that the articles be taken down, another does it.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("reviewer IS NULL OR (reviewer <> author AND reviewer <> editor)", name="two_people"),
        CheckConstraint(
            "state NOT IN ('approved', 'scheduled', 'planning', 'running') "
            "OR (reviewer IS NOT NULL AND approved_hash IS NOT NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint("recalled_by IS NULL OR recalled_by <> recall_asked_by", name="recalled_by_two_people"),
        CheckConstraint("holdout_bp >= 0 AND holdout_bp <= 5000", name="holdout_is_a_part"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        UniqueConstraint("run_of", "run_number"),
        Index("ix_campaigns_state_starts_at", "state", "starts_at"),
        Index("ix_campaigns_starts_at_id", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    name: Mapped[str]
    goal: Mapped[Goal]
    metric: Mapped[Metric]
    message_class: Mapped[MessageClass]
    included: Mapped[list[int]] = mapped_column(JSON)
    excluded: Mapped[list[int]] = mapped_column(JSON)
    holdout_bp: Mapped[int]
    route: Mapped[Route]
    speed: Mapped[int]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    repeats: Mapped[Repeats]
    run_of: Mapped[int | None] = mapped_column(BIG)
    run_number: Mapped[int] = mapped_column(default=1)
    salt_id: Mapped[int | None] = mapped_column(BIG)

    state: Mapped[CampaignState]
    revision: Mapped[int]
    author: Mapped[str]
    created_at: Mapped[datetime]
    editor: Mapped[str]
    edited_at: Mapped[datetime]
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    reviewer: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    approved_hash: Mapped[str | None]
    reason: Mapped[str | None]
    marks: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)

    month: Mapped[int | None]
    planned_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pause_why: Mapped[PauseWhy | None]
    paused_by: Mapped[str | None]
    paused_at: Mapped[datetime | None]
    wait_until: Mapped[datetime | None]
    wait_why: Mapped[WaitWhy | None]
    wait_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    lease_until: Mapped[datetime | None]

    recall_asked_by: Mapped[str | None]
    recall_asked_at: Mapped[datetime | None]
    recall_reason: Mapped[str | None]
    recalled_by: Mapped[str | None]
    recalled_at: Mapped[datetime | None]


class CampaignVariant(Base):
    """One article version of a campaign and its share in percent; the scene code m{campaign_id}v{number} tells it
    apart wherever it leads.
    """

    __tablename__ = "campaign_variants"

    campaign_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaigns.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_version_id: Mapped[int] = mapped_column(BIG, index=True)
    share: Mapped[int]


class CampaignAct(Base):
    """Who did what to which campaign, when; `content_hash` is what it stood for then."""

    __tablename__ = "campaign_acts"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime]
    username: Mapped[str]
    act: Mapped[str]
    campaign_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaigns.id"), index=True)
    content_hash: Mapped[str | None]
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class MassHalt(Base):
    """An emergency stop: while one is not lifted, nothing starts and nothing goes on."""

    __tablename__ = "mass_halts"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]


def scene_of(campaign_id: int, variant: int) -> str:
    """The scene code of a variant: in QR codes, links and reports."""
    return f"m{campaign_id}v{variant}"
