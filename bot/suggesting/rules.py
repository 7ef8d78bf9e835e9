"""Which approved answers fit what a customer has just said: the same knowledge and the same reading the bot has, for
the rep to send with one key. Pure.

Whoever is being cheated is offered nothing but help against it; whoever complains is offered nothing to buy.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.dialogue import choices
from bot.dialogue.cards import all_cards
from bot.dialogue.session import Session
from bot.dialogue.understanding import judge
from bot.knowledge.content import Content
from bot.knowledge.edition import Kind
from bot.knowledge.entries import Entry
from bot.knowledge.retriever import FLOOR
from bot.knowledge.search import COMMON, tokens
from bot.knowledge.suitability import Fit, shortlist
from bot.messages import Understanding

SHOWN = 3
# Below this an entry is about something else.
ALIKE_FROM = 0.3
CANDIDATES = 8
# So many telling words must be common to a question and a text found by words alone.
WORDS_IN_COMMON = 2
MOST_PRODUCTS = 2
# What the bot says of these leads on inside its own talk; a person would say it in his own words.
TALK = frozenset({"smalltalk", "human", "callback", "fallback", "complaint"})
# These only begin such a talk.
BEGINNINGS = frozenset({"loan_apply", "loan_calculator"})
FRAUD, WISHES = "fraud", frozenset({"loan", "eligibility"})
# What helps against fraud besides the answers about it: the number to ring, and a certificate to be blocked.
HELPS = frozenset({"hotline", "ukey_lost"})
VICTIM, SUSPICIOUS, TIPS = "fraud_victim", "fraud_suspicious", "fraud_tips"


class Risk(StrEnum):
    """What bounds what may be suggested in a chat."""

    FRAUD = "fraud"
    COMPLAINT = "complaint"


class Ground(StrEnum):
    """Ground an answer is suggested, strongest first."""

    RISK = "risk"
    STEP = "step"
    KNOWN = "known"
    FITS = "fits"
    INTENT = "intent"
    ALIKE = "alike"
    TOPIC = "topic"
    WORDS = "words"


@dataclass(frozen=True)
class Case:
    """What a suggestion may lean on: the customer's last words, what he told before, and what holds for this chat."""

    words: str
    session: Session
    risk: Risk | None = None
    is_victim: bool = False


@dataclass(frozen=True)
class Suggestion:
    """One approved answer. `about` tells more of the why (an intent, a product's reason); `card` is the id to send it
    by where it goes out as a card.
    """

    kind: Kind
    key: str
    version: int
    title: str
    text: str
    why: Ground
    about: str = ""
    card: str | None = None

    @property
    def source(self) -> str:
        """Kind and key: unique among all that may be suggested."""
        return f"{self.kind.value}.{self.key}"


def suggest(case: Case, understanding: Understanding, content: Content, today: date) -> tuple[Suggestion, ...]:
    """The best three, best first; none for words that want no answer."""
    if case.risk is None and _wants_no_answer(case.words, understanding, content):
        return ()
    found: dict[str, Suggestion] = {}
    for one in _all(case, understanding, content, today):
        if may_be_suggested(one.kind, one.key, case.risk, content):
            found.setdefault(one.source, one)
        if len(found) == SHOWN:
            break
    return tuple(found.values())


def may_be_suggested(kind: Kind, key: str, risk: Risk | None, content: Content) -> bool:
    """Whether this fits a chat with this risk."""
    flow = content.intent_flows.get(key) if kind in (Kind.ANSWER, Kind.GUIDE) else None
    if risk is Risk.FRAUD:
        return kind is Kind.TIP or flow == FRAUD or (kind is Kind.ANSWER and key in HELPS)
    if risk is Risk.COMPLAINT:
        return kind is not Kind.PRODUCT and flow not in WISHES
    return True


def _wants_no_answer(words: str, understanding: Understanding, content: Content) -> bool:
    is_small = (
        content.intent_flows.get(understanding.intent) == "smalltalk" and understanding.confidence >= content.floor
    )
    return not words.strip() or is_small or choices.is_acknowledged(words)


def _all(case: Case, understanding: Understanding, content: Content, today: date) -> Iterator[Suggestion]:
    judged = judge(understanding, content.floor, content.ambiguity)
    likely = [judged.intent] if judged.intent else list(judged.candidates)
    if case.risk is Risk.FRAUD:
        yield from _against_fraud(case, likely, content)
    yield from _faults(case, content)
    known = content.retriever.find_known(case.words)
    if known is not None:
        yield _entry(known, Ground.KNOWN, content)
    if _wants_money(likely, judged.intent, understanding, content):
        yield from _products(case.session, content, today)
    for intent in likely:
        yield from _intent(intent, Ground.INTENT, content)
    yield from _alike(case.words, content)
    if judged.intent is None and case.session.last_intent:
        yield from _intent(case.session.last_intent, Ground.TOPIC, content)
    yield from _by_words(case.words, content)


def _wants_money(likely: list[str], intent: str | None, understanding: Understanding, content: Content) -> bool:
    """True for a wish to borrow; a sum told without a clear wish is one too."""
    names_sum = intent is None and understanding.entity("amount") is not None
    return names_sum or any(content.intent_flows.get(one) in WISHES for one in likely[:1])


def _against_fraud(case: Case, likely: Iterable[str], content: Content) -> Iterator[Suggestion]:
    asked = [intent for intent in likely if content.intent_flows.get(intent) == FRAUD]
    first = VICTIM if case.is_victim else next(iter(asked), SUSPICIOUS)
    for intent in (first, TIPS, *asked, SUSPICIOUS):
        yield from _intent(intent, Ground.RISK, content)


def _faults(case: Case, content: Content) -> Iterator[Suggestion]:
    """The answers to what goes wrong at the step he is at, when his words name it; else what to do there."""
    guide_id, number = case.session.guide or ("", 0)
    guide = content.guides.get(guide_id)
    if guide is None or not 1 <= number <= len(guide.steps):
        return
    step, about = guide.steps[number - 1], f"{guide.title} 第{number}步"
    for fault in step.faults:
        if any(word in case.words for word in fault.words):
            text = content.fill(fault.answer)
            yield Suggestion(Kind.GUIDE, guide.id, guide.version, guide.title, text, Ground.STEP, about)
    if case.session.flow == "guide" and case.session.step == "stuck":
        text = content.fill(step.stuck)
        yield Suggestion(Kind.GUIDE, guide.id, guide.version, guide.title, text, Ground.STEP, about)


def _products(session: Session, content: Content, today: date) -> Iterator[Suggestion]:
    cards = {card.id: card.reply.text for card in all_cards(content)}
    fitting = [one for one in shortlist(content.products, session.slots, today) if one.verdict is not Fit.NO]
    for one in fitting[:MOST_PRODUCTS]:
        product, card = one.product, f"product:{one.product.id}"
        yield Suggestion(
            Kind.PRODUCT, product.id, product.version, product.name, cards[card], Ground.FITS, one.reason, card
        )


def _intent(intent: str, why: Ground, content: Content) -> Iterator[Suggestion]:
    label = content.intent_labels.get(intent, intent)
    if intent in content.guides:
        yield _guide(intent, why, label, content)
    text = ready_text(intent, content)
    if text is not None:
        yield Suggestion(Kind.ANSWER, intent, content.replies[intent].version, label, text, why, label)


def ready_text(intent: str, content: Content) -> str | None:
    """The answer of an intent when it can be said as it stands; None when the bot would fill it with something."""
    if intent not in content.replies or intent in BEGINNINGS or content.intent_flows.get(intent) in TALK:
        return None
    try:
        return content.say(intent).text
    except KeyError:
        return None


def _alike(words: str, content: Content) -> Iterator[Suggestion]:
    best = content.retriever.find_best(words)
    if best is not None and best.likeness >= ALIKE_FROM:
        yield _entry(best.entry, Ground.ALIKE, content)
        if best.likeness >= FLOOR:
            yield from (
                _entry(one, Ground.ALIKE, content) for one in content.retriever.beside(best.entry, words, SHOWN)
            )


def _by_words(words: str, content: Content) -> Iterator[Suggestion]:
    asked = set(tokens(words)) - COMMON
    for hit in content.library.find(words, CANDIDATES):
        kind, key = hit.id.split(":", 1)
        one = _found(Kind(kind), key, content)
        if one is not None and len(asked & set(tokens(f"{one.title} {one.text}"))) >= WORDS_IN_COMMON:
            yield one


def _found(kind: Kind, key: str, content: Content) -> Suggestion | None:
    if kind is Kind.PRODUCT:
        # Whether a product suits is asked of the need, not of the words.
        return None
    if kind is Kind.GUIDE:
        return _guide(key, Ground.WORDS, "", content)
    if kind is Kind.ANSWER:
        return next(_intent(key, Ground.WORDS, content), None)
    entry = next(one for one in content.entries if (one.kind, one.key) == (kind, key))
    return _entry(entry, Ground.WORDS, content)


def _entry(entry: Entry, why: Ground, content: Content) -> Suggestion:
    said = content.tell(entry).text
    return Suggestion(entry.kind, entry.key, entry.version, entry.title, said, why, entry.source)


def _guide(guide_id: str, why: Ground, about: str, content: Content) -> Suggestion:
    guide, card = content.guides[guide_id], f"guide:{guide_id}"
    text = next(one.reply.text for one in all_cards(content) if one.id == card)
    return Suggestion(Kind.GUIDE, guide.id, guide.version, guide.title, text, why, about, card)
