"""What a loan costs: the catalogue's annualised rates, never a figure from anywhere else."""

from bot.clock import local_day
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import loan_cards
from bot.dialogue.flows.saying import answer
from bot.dialogue.flows.verdicts import checked, heard
from bot.knowledge.rates import rate_text


class Price:
    """A named product's card, else the rates of all."""

    name = "price"
    intents: tuple[str, ...] = ("loan_rate",)

    def start(self, turn: Turn) -> Step:
        """The rates that are live today."""
        product = turn.understanding.entity("product")
        if product is not None:
            return loan_cards.show(turn, product.value)
        live = [one for one in turn.content.products if one.is_live(local_day(turn.now))]
        if not live:
            return loan_cards.nothing_on_offer(turn)
        lines = (f"{one.name} {rate_text(one.annual_rate_bp)}起" for one in live)
        return checked(turn, self.name, answer(turn, "loan_rate", rates="\n".join(lines)))

    def resume(self, turn: Turn) -> Step | None:
        """Whether it helped."""
        return heard(turn, self.name)
