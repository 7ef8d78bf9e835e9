"""What only a branch can do for a call: how a follow-up asks for it, without knowing how it is done.

bot/referrals/from_calls.py answers; bootstrap puts the two together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.followups.model import Followup, FollowupKind


@dataclass(frozen=True)
class Asked:
    """What became of it: the referral made, or why none could be, as a sentence for the rep."""

    referral_id: int | None
    lacks: str | None = None


# The follow-up, what the branch shall find out, who asks.
AskBranch = Callable[[Session, Followup, str, str, datetime], Asked]

_TO_REFER = "待转介："


def task_reason(wish: str, lacks: str) -> str:
    """How a task to make a referral reads: what the branch shall do, and what stands in the way."""
    return f"{_TO_REFER}{wish}。{lacks}，再转介"


def wish_of(task: Followup) -> str:
    """What the branch shall do, from such a task; nothing for other follow-ups."""
    return task.reason.removeprefix(_TO_REFER).partition("。")[0] if task.kind is FollowupKind.BRANCH else ""
