"""A rep's look into what the bank may say to this customer: by words or by kind, products with whether they suit him;
and the guide he is being led through. Pure.
"""

from dataclasses import dataclass
from datetime import date

from bot.dialogue.cards import all_cards
from bot.dialogue.preview import preview
from bot.dialogue.session import Session
from bot.knowledge.content import Content, Guide, Product
from bot.knowledge.edition import Kind
from bot.knowledge.entries import Entry
from bot.knowledge.suitability import Verdict, shortlist
from bot.suggesting.rules import Risk, ready_text

FOUND = 20
# What is searched, among which a kind is then chosen.
SEARCHED = 60


@dataclass(frozen=True)
class Looked:
    """One approved text. `is_ready`: it can be said as it stands; else the bot fills its blanks, shown as 〔name〕."""

    kind: Kind
    key: str
    version: int
    title: str
    text: str
    is_ready: bool = True
    card: str | None = None
    entry: Entry | None = None
    product: Product | None = None
    verdict: Verdict | None = None


def look_up(content: Content, session: Session, text: str, kind: Kind | None, today: date) -> list[Looked]:
    """What fits the words, best first; without words everything of a kind, products those first that suit him."""
    ids = [hit.id for hit in content.library.find(text, SEARCHED)] if text.strip() else _all_of(kind, content)
    verdicts = {one.product.id: one for one in shortlist(content.products, session.slots, today)}
    cards = {card.id: card.reply.text for card in all_cards(content)}
    found = [
        _looked(content, cards, verdicts, *one.split(":", 1))
        for one in ids
        if kind is None or one.startswith(f"{kind}:")
    ]
    if kind is Kind.PRODUCT and not text.strip():
        order = list(verdicts)
        found.sort(key=lambda one: order.index(one.key) if one.key in verdicts else len(order))
    return found[:FOUND]


def unfit_for(found: Looked, risk: Risk | None) -> bool:
    """True for a product where somebody is being cheated, or complains: then nothing is sold."""
    return found.kind is Kind.PRODUCT and risk is not None


@dataclass(frozen=True)
class GuideAt:
    """A guide and the step the customer is at; `is_stuck` when he said so."""

    guide: Guide
    number: int
    is_stuck: bool


def guide_at(content: Content, session: Session) -> GuideAt | None:
    """Where the customer stands in a guide, or None."""
    guide_id, number = session.guide or ("", 0)
    guide = content.guides.get(guide_id)
    if guide is None or not 1 <= number <= len(guide.steps):
        return None
    return GuideAt(guide, number, session.flow == "guide" and session.step == "stuck")


def _all_of(kind: Kind | None, content: Content) -> list[str]:
    if kind is None:
        return []
    entries = [f"{one.kind}:{one.key}" for one in content.entries]
    cards = [card.id for card in all_cards(content)]
    answers = [f"{Kind.ANSWER}:{name}" for name in content.intent_labels if ready_text(name, content) is not None]
    return [one for one in (*cards, *entries, *answers) if one.startswith(f"{kind}:")]


def _looked(content: Content, cards: dict[str, str], verdicts: dict[str, Verdict], kind: str, key: str) -> Looked:
    card = f"{kind}:{key}"
    if kind == Kind.ANSWER:
        answer, ready = content.replies[key], ready_text(key, content)
        text = ready or preview(content, answer)[0].text
        return Looked(Kind.ANSWER, key, answer.version, content.intent_labels[key], text, is_ready=ready is not None)
    if kind == Kind.PRODUCT:
        product = next(one for one in content.products if one.id == key)
        verdict = verdicts.get(key)
        return Looked(
            Kind.PRODUCT, key, product.version, product.name, cards[card], card=card, product=product, verdict=verdict
        )
    if kind == Kind.GUIDE:
        guide = content.guides[key]
        return Looked(Kind.GUIDE, key, guide.version, guide.title, cards[card], card=card)
    entry = next(one for one in content.entries if (one.kind, one.key) == (kind, key))
    return Looked(entry.kind, key, entry.version, entry.title, content.tell(entry).text, entry=entry)
