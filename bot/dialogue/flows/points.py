"""Reward points: balance and expiry of a bound firm, the way to look for others, and the steps to redeem."""

import re

from bot.customers.rules import Telling
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import guide
from bot.dialogue.flows.identity import invite
from bot.dialogue.flows.saying import AWAITS_VERDICT, answer, idle
from bot.errors import BankUnavailable, NotFound
from bot.messages import Reply
from bot.ports import Points

# Begins like every step at which nothing but a yes or no is awaited, so that nobody is led back to it.
OFFERED = f"{AWAITS_VERDICT}_redeem"
_REDEEMS = re.compile(
    r"(那|就|我|想|要|帮我|带我|现在|怎么|咋|如何|去|给我)*(换|兑换|兑|领)(一下|个?油卡|个?加油卡|积分|话费)?(啊|吧|呀|呢)*"
)


class PointsFlow:
    """Answers about points."""

    name = "points"
    intents: tuple[str, ...] = ("points_balance", "points_expiry", "points_redeem")

    def start(self, turn: Turn) -> Step:
        """Own figures when bound, else how to see them; redeeming is a guide."""
        intent = turn.understanding.intent
        if intent == "points_redeem":
            return guide.begin(turn, "points_redeem", lead=answer(turn, "points_redeem"))
        firm = turn.firm_to_tell(Telling.POINTS)
        if firm is None:
            return _offer(turn, answer(turn, intent), invite(turn, "积分余额和到期日"))
        try:
            points = turn.bank.get_points(firm.firm_id)
        except BankUnavailable:
            return idle(turn, answer(turn, "points_unavailable"))
        except NotFound:
            return idle(turn, answer(turn, "points_no_account"))
        return _offer(turn, _tell(turn, intent, points))

    def resume(self, turn: Turn) -> Step | None:
        """A tap on 兑换积分, or the same in words: 要的, 带我换, 就这个."""
        if turn.choice == "redeem" or (turn.choice is None and _accepts(turn.text)):
            return guide.begin(turn, "points_redeem", lead=answer(turn, "points_redeem"))
        return idle(turn, answer(turn, "deny")) if turn.choice is None and choices.is_no(turn.text) else None


def _offer(turn: Turn, told: Reply, *then: Reply) -> Step:
    """What was asked, and the way to redeem, which may be answered in words."""
    session = turn.session.waiting_in(PointsFlow.name, OFFERED)
    return Step(session, (told, answer(turn, "points_redeem_hint"), *then))


def _accepts(text: str) -> bool:
    return choices.is_yes(text) or choices.means_this(text) or _REDEEMS.fullmatch(choices.bare(text)) is not None


def _tell(turn: Turn, intent: str, points: Points) -> Reply:
    balance = f"{points.balance:,}"
    if not points.expiring:
        return answer(turn, f"{intent}_bound_none", balance=balance)
    soonest, day = points.expiring[0]
    return answer(turn, f"{intent}_bound", balance=balance, points=f"{soonest:,}", day=f"{day.month}月{day.day}日")
