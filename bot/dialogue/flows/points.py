"""Reward points: balance and expiry of a bound firm, the way to look for others, and the steps to redeem."""

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import guide
from bot.dialogue.flows.saying import answer, idle
from bot.errors import BankUnavailable, NotFound
from bot.messages import Reply
from bot.ports import Points


class PointsFlow:
    """Answers about points."""

    name = "points"
    intents: tuple[str, ...] = ("points_balance", "points_expiry", "points_redeem")

    def start(self, turn: Turn) -> Step:
        """Own figures when bound, else how to see them; redeeming is a guide."""
        intent = turn.understanding.intent
        if intent == "points_redeem":
            return guide.begin(turn, "points_redeem", lead=answer(turn, "points_redeem"))
        if turn.firm is None:
            reply = answer(turn, intent, binding=turn.content.say("points_binding").text)
            return idle(turn, reply, answer(turn, "points_redeem_hint"))
        try:
            points = turn.bank.get_points(turn.firm.firm_id)
        except BankUnavailable:
            return idle(turn, answer(turn, "points_unavailable"))
        except NotFound:
            return idle(turn, answer(turn, "points_no_account"))
        return idle(turn, _tell(turn, intent, points), answer(turn, "points_redeem_hint"))

    def resume(self, turn: Turn) -> Step | None:
        """A tap on 兑换积分."""
        return (
            guide.begin(turn, "points_redeem", lead=answer(turn, "points_redeem")) if turn.choice == "redeem" else None
        )


def _tell(turn: Turn, intent: str, points: Points) -> Reply:
    balance = f"{points.balance:,}"
    if not points.expiring:
        return answer(turn, f"{intent}_bound_none", balance=balance)
    soonest, day = points.expiring[0]
    return answer(turn, f"{intent}_bound", balance=balance, points=f"{soonest:,}", day=f"{day.month}月{day.day}日")
