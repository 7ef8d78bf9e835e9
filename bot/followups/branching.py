"""What only a branch can do for a call: how a follow-up asks for it, without knowing how it is done.

bot/referrals/from_calls.py answers; bootstrap puts the two together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.followups.model import Followup


@dataclass(frozen=True)
class Asked:
    """What became of it: the referral made, or why none could be, as a sentence for the rep."""

    referral_id: int | None
    lacks: str | None = None


# The follow-up, what the branch shall find out, who asks.
AskBranch = Callable[[Session, Followup, str, str, datetime], Asked]
