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
    if points.expiring:
        soonest, day = points.expiring[0]
        expiring = answer(turn, "points_expiring_bound", points=f"{soonest:,}", day=f"{day.month}月{day.day}日").text
    else:
        expiring = answer(turn, "points_none_expiring").text
    return answer(turn, f"{intent}_bound", balance=f"{points.balance:,}", expiring=expiring)
