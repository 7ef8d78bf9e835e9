"""A complaint: an apology, registered in the same turn, a person to hear it; nothing asked that the bank
already holds.
"""

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import hand_over, is_staffed, promise

DESK = "complaint"
PRIORITY = 80
REASON = "客户投诉"


class Complaint:
    """Apologises and hands over; off hours promises a call."""

    name = "complaint"
    intents: tuple[str, ...] = ("complaint",)

    def start(self, turn: Turn) -> Step:
        """The complaint desk, ahead of ordinary waits."""
        if not is_staffed(turn, DESK):
            return promise(turn, DESK, REASON, ("complaint_off_hours", "complaint_off_hours_no_phone"))
        return hand_over(turn, reason=REASON, skill=DESK, priority=PRIORITY, reply_id="complaint")

    def resume(self, turn: Turn) -> Step | None:
        """Never waits."""
        return None
