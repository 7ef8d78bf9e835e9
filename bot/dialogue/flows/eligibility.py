"""我能不能贷: the conditions, or, when he tells of himself, which products suit him, which may and which do not, each
with its reason. Never a promise.
"""

from collections.abc import Sequence

from bot.clock import local_day
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import loan_cards
from bot.dialogue.flows.saying import answer
from bot.dialogue.flows.verdicts import checked, heard
from bot.dialogue.slots import find_slots, known_text
from bot.knowledge.suitability import Fit, Verdict, shortlist
from bot.messages import Reply

FLOW = "eligibility"
# What a verdict can rest on.
TELLING = frozenset({"years", "collateral", "amount", "industry"})
MOST_NAMED = 3
GROUPS = ((Fit.FITS, "可以看"), (Fit.MAYBE, "要再确认"), (Fit.NO, "不太合适"))


class Eligibility:
    """Weighs the products against what is known."""

    name = FLOW
    intents: tuple[str, ...] = ("loan_eligibility",)

    def start(self, turn: Turn) -> Step:
        """By what he told now or before; the general conditions when that is nothing."""
        found = {name: value for name, value in find_slots(turn).items() if name != "product"}
        session = turn.session.with_slots(**found)
        if not TELLING & {name for name, value in session.slots.items() if value is not None}:
            return checked(turn, FLOW, answer(turn, "loan_eligibility"))
        verdicts = shortlist(turn.content.products, session.slots, local_day(turn.now))
        if not verdicts:
            return loan_cards.nothing_on_offer(turn)
        said = _weighed(turn, known_text(session.slots, turn.content), verdicts)
        step = checked(turn, FLOW, said)
        return Step(step.session.with_slots(**found), step.replies)

    def resume(self, turn: Turn) -> Step | None:
        """Whether it helped."""
        return heard(turn, FLOW)


def _weighed(turn: Turn, facts: str, verdicts: Sequence[Verdict]) -> Reply:
    lines = [line for fit, label in GROUPS if (line := _line(label, [one for one in verdicts if one.verdict is fit]))]
    return answer(turn, "loan_eligibility_weighed", facts=facts, lines="\n".join(lines))


def _line(label: str, verdicts: Sequence[Verdict]) -> str:
    named = [f"· {one.product.name}：{one.reason}" for one in verdicts[:MOST_NAMED]]
    more = ["· 等等"] if len(verdicts) > MOST_NAMED else []
    return "\n".join([f"{label}：", *named, *more]) if named else ""
