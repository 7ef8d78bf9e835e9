"""One row per message out, and the ledger of what the platform lets us send.

Allowances (developers.weixin.qq.com, customer-service messages): a message of the follower grants 5 for 48 h, a menu
click, a follow and a scan grant 3 for one minute each. A new trigger of the same kind opens a fresh allowance; the
one that lapses first is used first.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import NewlySealedJson
from bot.outbox import BIG


class DeliveryState(StrEnum):
    """`unknown`: the send timed out, it may have gone. `passive`: went as the answer to a push and cost nothing."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    PASSIVE = "passive"


class Sender(StrEnum):
    """Who speaks; decides what may be repeated after a time-out."""

    BOT = "bot"
    REP = "rep"
    NOTICE = "notice"


class Trigger(StrEnum):
    """What the follower did to grant an allowance."""

    MESSAGE = "message"
    CLICK = "click"
    SUBSCRIBE = "subscribe"
    SCAN = "scan"


class Delivery(Base):
    """One message to one follower. `content` is a Reply as JSON; `lease_until` belongs to the process that sends it.

    Until `held_until` a rep's short line waits for his next one, which then goes with it in one message.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_state_lease_until", "state", "lease_until"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    sender: Mapped[Sender]
    state: Mapped[DeliveryState]
    content: Mapped[dict[str, Any]] = mapped_column(NewlySealedJson("deliveries.content"))
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class Allowance(Base):
    """What one act of a follower grants: `total` messages until `expires_at`, of which `used` are gone."""

    __tablename__ = "allowances"
    __table_args__ = (Index("ix_allowances_follower_id_expires_at", "follower_id", "expires_at"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"))
    trigger: Mapped[Trigger]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    total: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
