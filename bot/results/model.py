"""What came of campaigns: who was led here by which article, what followed, and what the platform counts.

A touch is proven: he scanned the code in the article, or opened its link in WeChat. A credit is one fact of the bank
that is counted for one campaign at most. An effect is what a follower did after the send, whether it was sent to him or
he was held out, so that both can be compared.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.outbox import BIG


class TouchKind(StrEnum):
    """How an article led him here: the code in it scanned, by who followed already or with the follow; its link."""

    SCAN = "scan"
    FOLLOW = "follow"
    CLICK = "click"


class CreditKind(StrEnum):
    """Facts of the bank that are counted for campaigns."""

    APPLICATION = "application"
    DRAWDOWN = "drawdown"
    REDEMPTION = "redemption"
    WOKEN = "woken"


class EffectKind(StrEnum):
    """What a follower of either group may do after the send."""

    CHAT = "chat"
    APPLICATION = "application"
    DRAWDOWN = "drawdown"
    WOKEN = "woken"
    UNFOLLOW = "unfollow"
    OPT_OUT = "opt_out"


class Arm(StrEnum):
    """It was sent to him, or he was held out by lot."""

    SENT = "sent"
    HELD = "held"


class Touch(Base):
    """One way in which a variant led a follower here; a repeat only moves `last_at` and `times`. `day` is the first
    one's, at the bank.
    """

    __tablename__ = "campaign_touches"
    __table_args__ = (
        UniqueConstraint("campaign_id", "variant", "follower_id", "kind"),
        Index("ix_campaign_touches_follower_id_last_at", "follower_id", "last_at"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BIG)
    variant: Mapped[int]
    follower_id: Mapped[int] = mapped_column(BIG)
    kind: Mapped[TouchKind]
    branch: Mapped[str | None]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)
    times: Mapped[int] = mapped_column(default=1)


class CampaignChat(Base):
    """The campaign a conversation comes from: proven by a touch, or possibly, because it was sent to him shortly
    before.
    """

    __tablename__ = "campaign_chats"
    __table_args__ = (Index("ix_campaign_chats_campaign_id", "campaign_id"),)

    conversation_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    campaign_id: Mapped[int] = mapped_column(BIG)
    variant: Mapped[int]
    follower_id: Mapped[int] = mapped_column(BIG, index=True)
    is_proven: Mapped[bool]
    branch: Mapped[str | None]
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)


class Credit(Base):
    """A fact of the bank and the one campaign it is counted for; None: for no campaign. Decided once. `product` is that
    of the customer's lead.
    """

    __tablename__ = "campaign_credits"
    __table_args__ = (
        Index("ix_campaign_credits_campaign_id_kind", "campaign_id", "kind"),
        Index("ix_campaign_credits_follower_id", "follower_id"),
    )

    event_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[CreditKind]
    campaign_id: Mapped[int | None] = mapped_column(BIG)
    variant: Mapped[int | None]
    is_proven: Mapped[bool] = mapped_column(default=False)
    follower_id: Mapped[int | None] = mapped_column(BIG)
    firm: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BIG, default=0)
    product: Mapped[str | None]
    branch: Mapped[str | None]
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)


class Effect(Base):
    """The first time a follower did this after the send; `week` counts from it, the first being 0."""

    __tablename__ = "campaign_effects"
    __table_args__ = (Index("ix_campaign_effects_follower_id", "follower_id"),)

    campaign_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    kind: Mapped[EffectKind] = mapped_column(primary_key=True)
    follower_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    group: Mapped[Arm] = mapped_column("in_group")
    variant: Mapped[int]
    branch: Mapped[str | None]
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)
    week: Mapped[int]


class GroupSize(Base):
    """How many followers of a campaign are of a group, by variant and branch ("": none known); variant 0 is the
    holdout's.
    """

    __tablename__ = "campaign_groups"

    campaign_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    group: Mapped[Arm] = mapped_column("in_group", primary_key=True)
    variant: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    branch: Mapped[str] = mapped_column(primary_key=True)
    followers: Mapped[int]


class ArticleDay(Base):
    """What the platform counts of one article on one day; people are distinct within the day."""

    __tablename__ = "article_days"
    __table_args__ = (Index("ix_article_days_campaign_id", "campaign_id"),)

    article: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BIG)
    variant: Mapped[int]
    read_users: Mapped[int]
    share_users: Mapped[int]
    taken_at: Mapped[datetime]


class FigureDay(Base):
    """When the platform's figures of articles sent on a day were taken last."""

    __tablename__ = "figure_days"

    sent_on: Mapped[date] = mapped_column(Date, primary_key=True)
    taken_on: Mapped[date | None] = mapped_column(Date)
    asked_at: Mapped[datetime]


class Gathering(Base):
    """How far a campaign's effects are gathered; `next_at` None: nothing more can come of it."""

    __tablename__ = "campaign_gatherings"

    campaign_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    gathered_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
