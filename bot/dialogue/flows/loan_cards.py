"""Product cards, one at a time: what a card says, which comes next, and what 就办这个 starts."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bot.clock import local_day
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import guide
from bot.dialogue.flows.saying import answer, idle
from bot.dialogue.session import Session
from bot.dialogue.slots import NEED, known_text
from bot.knowledge.content import Content, Product
from bot.knowledge.product_card import card_text
from bot.knowledge.suitability import Fit, Verdict, shortlist
from bot.messages import Choice, Reply

FLOW = "loan"
MOST_CARDS = 4
_FIRST = re.compile(r"(就|办|要|选)*(第一|头一)(个|款|种)(吧|好了|行)?")
_NTH = re.compile(r"(就|要|选|办|看看?|那)*第?(?P<nth>[二两三四])(个|款|种)(吧|呢|怎么样|好了|行)?")
_PLACES = {"二": 1, "两": 1, "三": 2, "四": 3}


def card_reply(content: Content, product: Product, *lines: Choice) -> Reply:
    """The card with these lines to tap, and the version of the product it was approved under."""
    return Reply(content.fill(card_text(product)), lines, source=_source(product))


def offer(turn: Turn, session: Session) -> Step:
    """The first card that suits what is known, or an honest no with the reasons."""
    verdicts = shortlist(turn.content.products, session.slots, local_day(turn.now))
    if not verdicts:
        return nothing_on_offer(turn)
    shown = [one for one in verdicts if one.verdict is not Fit.NO][:MOST_CARDS]
    if not shown:
        return Step(session.idle(), (answer(turn, "loan_none_fits", reasons=_refusals(verdicts)),))
    facts = known_text(session.slots, turn.content)
    lead = (
        answer(turn, "loan_shortlist", facts=facts, count=len(shown))
        if facts
        else answer(turn, "loan_shortlist_blank", count=len(shown))
    )
    session = session.with_slots(cards=[one.product.id for one in shown])
    return _card_step(turn, session, shown[0].product, [lead, _why(turn, shown[0])] if facts else [lead])


def is_anything_on_offer(turn: Turn) -> bool:
    """True while at least one product may be shown today to whoever asks."""
    return any(one.is_live(local_day(turn.now)) for one in turn.content.products)


def nothing_on_offer(turn: Turn) -> Step:
    """No product may be shown today: that is said, and a person is offered."""
    return idle(turn, answer(turn, "loan_nothing_on_offer"))


def show(turn: Turn, product_id: object) -> Step:
    """The card of one product the follower named or was offered."""
    product = turn.content.find_product(product_id, local_day(turn.now))
    if product is None:
        if not is_anything_on_offer(turn):
            return nothing_on_offer(turn)
        return Step(turn.session.idle(), (answer(turn, "loan_card_gone", Choice("loan:start", "帮我挑一款")),))
    session = turn.session if product.id in _cards(turn.session) else turn.session.with_slots(cards=[product.id])
    return _card_step(turn, session, product, [])


def following(turn: Turn, product_id: str | None) -> Step:
    """The card after this one, or the end with why the others do not suit."""
    cards = _cards(turn.session)
    if not cards:
        return offer(turn, turn.session)
    at = cards.index(product_id) + 1 if product_id in cards else len(cards)
    product = turn.content.find_product(cards[at], local_day(turn.now)) if at < len(cards) else None
    if product is not None:
        verdicts = shortlist([product], turn.session.slots)
        why = [_why(turn, verdicts[0])] if _is_need_known(turn.session) else []
        return _card_step(turn, turn.session, product, why)
    verdicts = shortlist(turn.content.products, turn.session.slots, local_day(turn.now))
    if not verdicts:
        return nothing_on_offer(turn)
    refusals = _refusals([one for one in verdicts if one.verdict is Fit.NO])
    others = turn.content.say("loan_not_suitable", reasons=refusals).text if refusals else ""
    return Step(turn.session.waiting_in(FLOW, "cards"), (answer(turn, "loan_cards_end", others=others),))


def previous(turn: Turn) -> Step | None:
    """The card before the one shown last, or None at the first."""
    cards, shown = _cards(turn.session), current(turn.session)
    at = cards.index(shown) if shown in cards else 0
    return show(turn, cards[at - 1]) if at > 0 else None


def by_place(turn: Turn) -> Step | None:
    """第一个 takes the first card, 第二个 shows the second, 都要 hears "one at a time"; None for other words."""
    words, cards = choices.bare(turn.text), _cards(turn.session)
    if _FIRST.fullmatch(words) and cards:
        return take(turn, cards[0])
    if choices.takes_all(turn.text):
        return Step(turn.session, (answer(turn, "loan_one_at_a_time"),))
    nth = _NTH.fullmatch(words)
    at = _PLACES[nth["nth"]] if nth else len(cards)
    return show(turn, cards[at]) if at < len(cards) else None


def still_first(turn: Turn, session: Session) -> Reply | None:
    """In one sentence, that the card on the screen still suits best; its own lines stay under it."""
    product = turn.content.find_product(current(session), local_day(turn.now))
    if product is None:
        return None
    one = shortlist([product], session.slots)[0]
    says = {"name": product.name, "reason": one.reason, "count": len(_cards(session))}
    return answer(turn, "loan_still_first", *_lines(session, product), **says)


def take(turn: Turn, product_id: object) -> Step:
    """The follower wants this one: its guide from the first step, or where it is done."""
    product = turn.content.find_product(product_id, local_day(turn.now))
    if product is None:
        return show(turn, product_id)
    session = turn.session.with_slots(product=product.id)
    if product.guide is not None:
        return guide.begin(replace(turn, session=session), product.guide)
    reply = answer(turn, "loan_how_else", choices.HUMAN, name=product.name, how=product.how)
    return Step(session.idle(), (replace(reply, source=_source(product)),))


def current(session: Session) -> str | None:
    """The product whose card was shown last."""
    card = session.slots.get("card")
    return str(card) if card else None


def _card_step(turn: Turn, session: Session, product: Product, leads: Sequence[Reply]) -> Step:
    if session.slots.get("risk"):
        # Who is being cheated right now is not offered money: the trick may be about just that.
        return Step(turn.session.idle(), (answer(turn, "loan_held_back"),))
    card = card_reply(turn.content, product, *_lines(session, product))
    return Step(session.with_slots(card=product.id).waiting_in(FLOW, "cards"), (*leads, card))


def _lines(session: Session, product: Product) -> tuple[Choice, ...]:
    """What can be done from a card: the next one, this one, a person."""
    cards, take_it = _cards(session), Choice(f"{FLOW}:take:{product.id}", choices.TAKE)
    if len(cards) < 2:
        return (take_it, choices.HUMAN)
    label = choices.NEXT if product.id in cards[:-1] else "还有吗"
    return (Choice(f"{FLOW}:next:{product.id}", label), take_it, choices.HUMAN)


def _why(turn: Turn, one: Verdict) -> Reply:
    return answer(turn, "loan_reason" if one.verdict is Fit.FITS else "loan_open_point", reason=one.reason)


def _refusals(verdicts: Sequence[Verdict]) -> str:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for one in verdicts:
        by_reason[one.reason].append(one.product.name)
    return "；".join(f"{'、'.join(names)}（{reason}）" for reason, names in by_reason.items())


def _cards(session: Session) -> list[str]:
    return list(session.slots.get("cards", ()))


def _is_need_known(session: Session) -> bool:
    return any(session.slots.get(name) is not None for name in NEED)


def _source(product: Product) -> str:
    return f"product.{product.id}@{product.version}"
