"""A complaint: an apology, a ticket in the same turn, a person to hear it; nothing asked that the bank already holds.

Filing it, and saying its ticket, is bot/dialogue/carry_out.py's: only a transaction knows the number.
"""

from dataclasses import replace

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import hand_over, is_staffed, promise
from bot.handoff.rules import Priority

DESK = "complaint"
PRIORITY = int(Priority.COMPLAINT)
REASON = "客户投诉"


class Complaint:
    """Apologises, files it and hands over; off hours promises a call."""

    name = "complaint"
    intents: tuple[str, ...] = ("complaint",)

    def start(self, turn: Turn) -> Step:
        """The complaint desk, ahead of ordinary waits."""
        if is_staffed(turn, DESK):
            step = hand_over(turn, reason=REASON, skill=DESK, priority=PRIORITY, reply_id="complaint")
        else:
            step = promise(turn, DESK, REASON, ("complaint_off_hours", "complaint_off_hours_no_phone"))
        return replace(step, complains=True)

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None
