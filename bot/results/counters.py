"""What is counted of campaigns, each thing once: a condition on the rows of one kind and how their followers, firms or
chats are counted. Sums are made from these (figures.py), and whom stands behind a figure is the rows that meet the very
condition (drilling.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, true
from sqlalchemy.orm import InstrumentedAttribute

from bot.handoff.model import Conversation
from bot.reports.model import HandoffFact
from bot.results.metrics import By
from bot.results.model import Arm, ArticleDay, CampaignChat, Credit, CreditKind, Effect, EffectKind, Touch, TouchKind

Condition = ColumnElement[bool]
Column = InstrumentedAttribute[Any] | ColumnElement[Any]


@dataclass(frozen=True)
class Facts:
    """Rows of one kind. `once` is what is counted, each value once; `totals` are added up. `by` are the columns they
    can be told apart by.
    """

    root: Any
    by: Mapping[By, Column]
    once: Mapping[str, tuple[Condition, Column]] = field(default_factory=dict)
    totals: Mapping[str, Column] = field(default_factory=dict)
    joins: tuple[tuple[Any, Condition], ...] = ()
    always: Condition = field(default_factory=true)

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """Every counter as an aggregate."""
        counted = {name: func.count(case((is_so, what)).distinct()) for name, (is_so, what) in self.once.items()}
        added = {name: func.coalesce(func.sum(what), 0) for name, what in self.totals.items()}
        return {**counted, **added}


def _own(table: Any) -> dict[By, Column]:
    return {
        By.ALL: literal(""),
        By.CAMPAIGN: table.campaign_id,
        By.VARIANT: table.variant,
        By.BRANCH: func.coalesce(table.branch, ""),
        By.DAY: table.day,
    }


_IS_SCAN = Touch.kind.in_([TouchKind.SCAN, TouchKind.FOLLOW])
TOUCHES = Facts(
    root=Touch,
    by=_own(Touch),
    once={
        "clicks": (Touch.kind == TouchKind.CLICK, Touch.follower_id),
        "scans": (_IS_SCAN, Touch.follower_id),
        "follows": (Touch.kind == TouchKind.FOLLOW, Touch.follower_id),
        "engaged": (true(), Touch.follower_id),
    },
)
_HAS_SPOKEN = Conversation.last_customer_at.is_not(None)
CHATS = Facts(
    root=CampaignChat,
    joins=((Conversation, Conversation.id == CampaignChat.conversation_id),),
    by=_own(CampaignChat),
    once={
        "chatters": (_HAS_SPOKEN, CampaignChat.follower_id),
        "proven_chatters": (and_(_HAS_SPOKEN, CampaignChat.is_proven), CampaignChat.follower_id),
    },
)
HANDOFFS = Facts(
    root=CampaignChat,
    joins=((HandoffFact, HandoffFact.conversation_id == CampaignChat.conversation_id),),
    by={**_own(CampaignChat), By.PRODUCT: func.coalesce(HandoffFact.product, "")},
    once={"handoffs": (true(), CampaignChat.conversation_id)},
)
CREDITS = Facts(
    root=Credit,
    by={**_own(Credit), By.PRODUCT: func.coalesce(Credit.product, "")},
    once={
        "applications": (Credit.kind == CreditKind.APPLICATION, Credit.firm),
        "drawdown_firms": (Credit.kind == CreditKind.DRAWDOWN, Credit.firm),
        "redemptions": (Credit.kind == CreditKind.REDEMPTION, Credit.firm),
        "woken": (Credit.kind == CreditKind.WOKEN, Credit.firm),
    },
    totals={"drawdown_fen": Credit.amount_fen},
)
LOSSES = Facts(
    root=Effect,
    by=_own(Effect),
    always=and_(Effect.group == Arm.SENT, Effect.kind.in_([EffectKind.UNFOLLOW, EffectKind.OPT_OUT])),
    once={
        "unfollows": (Effect.kind == EffectKind.UNFOLLOW, Effect.follower_id),
        "opt_outs": (Effect.kind == EffectKind.OPT_OUT, Effect.follower_id),
        "lost": (true(), Effect.follower_id),
    },
)
READS = Facts(
    root=ArticleDay,
    by={
        By.ALL: literal(""),
        By.CAMPAIGN: ArticleDay.campaign_id,
        By.VARIANT: ArticleDay.variant,
        By.DAY: ArticleDay.day,
    },
    totals={"reads": ArticleDay.read_users, "shares": ArticleDay.share_users},
)
ALL_FACTS = (TOUCHES, CHATS, HANDOFFS, CREDITS, LOSSES, READS)
