"""A follow-up (回访): something a rep owes a customer, by when, the calls made for it, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import NewlySealed, Sealed, SealedJson
from bot.outbox import BIG


class FollowupState(StrEnum):
    """Open until somebody records what came of it. Open with an owner is claimed; cancelled ended without the
    customer.
    """

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class FollowupKind(StrEnum):
    """What made it: a promise to the customer, his account's clock, or something he must not miss."""

    PROMISED_CALL = "promised_call"
    NEW_ACCOUNT_D1 = "new_account_d1"
    NEW_ACCOUNT_D7 = "new_account_d7"
    EXPIRY_REMINDER = "expiry_reminder"
    RESCUE = "rescue"
    LOW_RATING = "low_rating"
    OWN_REMINDER = "own_reminder"
    BRANCH = "branch"


class FollowupOutcome(StrEnum):
    """How it ended. The last three close it without the customer."""

    SOLVED = "solved"
    TOLD = "told"
    DECLINED = "declined"
    UNSOLVED = "unsolved"
    NOT_HIMSELF = "not_himself"
    WRONG_NUMBER = "wrong_number"
    UNREACHABLE = "unreachable"


class AttemptCode(StrEnum):
    """What a call came to: 本人, 非本人, 空号, 拒接, 改号, 无人接听, 占线, 已办成, 改约."""

    HIMSELF = "himself"
    SOMEBODY_ELSE = "somebody_else"
    NO_SUCH_NUMBER = "no_such_number"
    REFUSED = "refused"
    NUMBER_CHANGED = "number_changed"
    NO_ANSWER = "no_answer"
    ENGAGED = "engaged"
    SETTLED = "settled"
    PUT_OFF = "put_off"


PROMISED = FollowupKind.PROMISED_CALL.value


class Followup(Base):
    """One follow-up. `owner` is a username, or None while any rep of the desk may take it.

    `slot_at` is the beginning of the half hour the customer chose, and `slot_place` which of the desk's calls in it;
    both are None for one that only has an end, `due_at`. `segment` names its checklist. Of two due at the same moment
    the higher `priority` comes first. `proved_at`: since when the one on the phone is known to be the customer.
    `called_at` and `missed_at` are of the present due time: a call for it was made, or its alarm went off.
    `kept_on_time` is written at the first call or when the alarm goes off, and a no is never taken back. `root_id` is
    the first of a chain of calls, `made_once` a name under which only one may ever be made.
    """

    __tablename__ = "followups"
    __table_args__ = (
        Index("ix_followups_state_due_at", "state", "due_at"),
        Index("uq_followups_slot", "skill", "slot_at", "slot_place", unique=True),
        Index("ix_followups_follower_id", "follower_id"),
        Index("uq_followups_made_once", "made_once", unique=True),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    skill: Mapped[str]
    owner: Mapped[str | None]
    state: Mapped[FollowupState] = mapped_column(default=FollowupState.OPEN)
    kind: Mapped[FollowupKind] = mapped_column(default=FollowupKind.PROMISED_CALL, server_default=PROMISED)
    segment: Mapped[str] = mapped_column(default=PROMISED, server_default=PROMISED)
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[str] = mapped_column(NewlySealed("followups.reason"))
    phone: Mapped[str | None] = mapped_column(Sealed("followups.phone"))
    due_at: Mapped[datetime]
    slot_at: Mapped[datetime | None]
    slot_place: Mapped[int | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(NewlySealed("followups.result"))
    outcome: Mapped[FollowupOutcome | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    proved_at: Mapped[datetime | None]
    is_elder: Mapped[bool | None]
    called_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    kept_on_time: Mapped[bool | None]
    diagnosis: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("followups.diagnosis"))
    root_id: Mapped[int | None] = mapped_column(BIG)
    made_once: Mapped[str | None]


class FollowupAttempt(Base):
    """One call for a follow-up and what it came to. `client_key` makes a repeated report the same report."""

    __tablename__ = "followup_attempts"
    __table_args__ = (UniqueConstraint("followup_id", "client_key"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    followup_id: Mapped[int] = mapped_column(ForeignKey("followups.id"))
    client_key: Mapped[str]
    at: Mapped[datetime]
    username: Mapped[str]
    code: Mapped[AttemptCode]
    duration_s: Mapped[int]
    note: Mapped[str | None] = mapped_column(Sealed("followup_attempts.note"))


class FollowupTick(Base):
    """One item of the checklist that was said or done."""

    __tablename__ = "followup_ticks"
    __table_args__ = (UniqueConstraint("followup_id", "item"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    followup_id: Mapped[int] = mapped_column(ForeignKey("followups.id"))
    item: Mapped[str]
    at: Mapped[datetime]
    username: Mapped[str]
