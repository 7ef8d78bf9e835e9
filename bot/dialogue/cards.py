"""What a rep may send with one click: product cards and the first step of a guide, in the bot's approved words.

Called by the console's API. A rep sends them, so they do not bear the mark of a machine.
"""

from dataclasses import dataclass, replace
from typing import Literal

from bot.dialogue.flows.guide import first_step, step_of
from bot.dialogue.flows.loan_cards import card_reply
from bot.errors import InvalidInput
from bot.knowledge.content import Content
from bot.messages import Reply


@dataclass(frozen=True)
class RenderedCard:
    """One card: its id ("product:jingying_kuaidai", "guide:loan_apply"), what the rep picks it by, what the
    customer reads.
    """

    id: str
    title: str
    kind: Literal["product", "guide"]
    reply: Reply
    keywords: tuple[str, ...] = ()


def all_cards(content: Content) -> tuple[RenderedCard, ...]:
    """Every card there is: products first, then guides."""
    products = (
        RenderedCard(
            f"product:{product.id}",
            product.name,
            "product",
            card_reply(content, product),
            (product.kind, *product.needs),
        )
        for product in content.products
    )
    guides = (
        RenderedCard(f"guide:{guide.id}", guide.title, "guide", first_step(content, guide), ("步骤", "怎么办"))
        for guide in content.guides.values()
    )
    return tuple(replace(card, reply=replace(card.reply, is_ai=False)) for card in (*products, *guides))


def render_card(content: Content, card_id: str) -> RenderedCard:
    """The card of this id. Raises InvalidInput."""
    found = next((card for card in all_cards(content) if card.id == card_id), None)
    if found is None:
        raise InvalidInput(places=["card"])
    return found


def render_step(content: Content, guide_id: str, number: int) -> RenderedCard:
    """One step of a guide as a card. Raises InvalidInput."""
    guide = content.guides.get(guide_id)
    if guide is None:
        raise InvalidInput(places=["guide"])
    if not 1 <= number <= len(guide.steps):
        raise InvalidInput(places=["step"])
    reply = replace(step_of(content, guide, number), is_ai=False)
    return RenderedCard(f"guide:{guide.id}", guide.title, "guide", reply)
