"""What of an article's words may not be said, with where they stand, why, and what to write instead. Pure.

Title, digest and body are each read alone: a title that tells a daily rate is shown without the body's annualised one.
What an article lacks (risk line, lender, hotline) may stand anywhere in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.articles.body import Reading, read
from bot.articles.model import ArticleKind
from bot.articles.rules import Words
from bot.compliance.marking import Folded, Marked, find_advice, folded, mark, price_places
from bot.compliance.prices import ANNUAL_RATE, SENTENCE
from bot.compliance.rules import NEEDS_ANNUAL_RATE, CheckWording, Finding, Grade, Place, Wording
from bot.knowledge.content import Product
from bot.knowledge.rates import rate_text

TITLE, DIGEST, BODY = "title", "digest", "body"
# 人民银行公告〔2021〕第3号, point by point; and C14: marketing is not sent as a service.
OTHER_RATE, UNNAMED_INTEREST, TOO_PROMINENT, NOT_SERVICE = "C1-table", "C1-type", "C1-size", "C14"
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?(?=\s*%)")
_INTEREST = re.compile(r"单利|复利")
_SHORT_TERM = re.compile(r"日息|月息|日利率|月利率|[天日月]利率|每天|一天|每日|每月|/天|/日|/月")


@dataclass(frozen=True)
class Mark:
    """One objection. `quote` is the writer's own words, the `nth` of their kind in that place (from 0); `start` and
    `end` are where they stand: in the title or digest, or in the HTML of the body. `product` is set for words of a
    product's block. Grade as in bot/compliance/rules.py.
    """

    rule: str
    grade: Grade
    place: str
    quote: str
    nth: int
    start: int
    end: int
    why: str
    instead: str
    missing: tuple[str, ...] = ()
    product: str | None = None

    @property
    def stops(self) -> bool:
        """True when the article may not be sealed like that."""
        return self.grade is not Grade.WARN


@dataclass(frozen=True)
class Lint:
    """The rules an article is held against: the word lists, the products on offer, and their blocks' HTML."""

    check: CheckWording
    wording: Wording
    products: Mapping[str, Product]
    blocks: Mapping[str, str]

    def marks(self, words: Words) -> list[Mark]:
        """Every objection, in the order in which the article is read."""
        body = read(words.body, lambda product: self.blocks.get(product, ""))
        texts = {TITLE: words.title, DIGEST: words.digest, BODY: body.text}
        found: list[tuple[str, Marked]] = []
        for place, text in texts.items():
            marked = mark(text, self.check, self.wording, place=Place.ARTICLE)
            found += [(place, one) for one in marked if one.finding.grade is not Grade.REQUIRE]
            found += [(place, one) for one in _of_rates(folded(text), body if place == BODY else None, self.products)]
        found += _lacking(texts, self.check, self.wording)
        if words.kind is ArticleKind.SERVICE:
            found += _not_service(texts, body, self.wording)
        order = list(texts)
        found.sort(key=lambda one: (order.index(one[0]), one[1].start))
        return [self._mark(place, one, texts[place], body) for place, one in found]

    def _mark(self, place: str, one: Marked, text: str, body: Reading) -> Mark:
        quote = text[one.start : one.end]
        advice = find_advice(one.finding, quote, self.wording)
        start, end = one.start, one.end
        product = None
        if place == BODY:
            product = body.products[one.start]
            start, end = body.at[one.start], body.at[one.end - 1] + 1
        return Mark(
            rule=one.finding.rule,
            grade=one.finding.grade,
            place=place,
            quote=quote,
            nth=len(re.findall(re.escape(quote), text[: one.start])),
            start=start,
            end=end,
            why=advice.why if advice else "",
            instead=advice.instead if advice else "",
            missing=one.finding.missing,
            product=product,
        )


def _lacking(texts: Mapping[str, str], check: CheckWording, wording: Wording) -> Iterator[tuple[str, Marked]]:
    """What the whole article lacks, marked at the words that ask for it."""
    whole = "\n".join(texts.values())
    begin = 0
    begins = {}
    for place, text in texts.items():
        begins[place] = begin
        begin += len(text) + 1
    for one in mark(whole, check, wording, place=Place.ARTICLE):
        if one.finding.grade is Grade.REQUIRE:
            place = next(name for name in reversed(list(texts)) if begins[name] <= one.start)
            yield place, replace(one, start=one.start - begins[place], end=one.end - begins[place])


def _of_rates(seen: Folded, body: Reading | None, products: Mapping[str, Product]) -> Iterator[Marked]:
    """Annualised rates that are not the product's, that do not say which interest, or that are smaller than others."""
    own = [
        found
        for found in ANNUAL_RATE.finditer(seen.text)
        if body is None or body.products[seen.at[found.start()]] is None
    ]
    for found in own:
        start, end = seen.span(found.start(), found.end())
        sentence = next(one for one in SENTENCE.finditer(seen.text) if one.start() <= found.start() < one.end())
        if not _INTEREST.search(sentence[0]):
            yield Marked(Finding(UNNAMED_INTEREST, found[0], Grade.REQUIRE, ("interest",)), start, end)
        yield from _of_table(found[0], _around(seen.text, found.start()), products, start, end)
    if body is not None:
        yield from _of_size(seen, body)


def _of_table(rate: str, around: str, products: Mapping[str, Product], start: int, end: int) -> Iterator[Marked]:
    figure = _FIGURE.search(rate)
    if figure is None:
        return
    told_bp = round(float(figure[0]) * 100)
    named = [one for one in products.values() if one.name.casefold() in around]
    # 新一代经营快贷 is not 经营快贷: only the longest of names within each other is meant.
    named = [one for one in named if not any(one.name != other.name and one.name in other.name for other in named)]
    if not named:
        if told_bp not in {one.annual_rate_bp for one in products.values()}:
            yield Marked(Finding(OTHER_RATE, rate, Grade.WARN), start, end)
    elif told_bp not in {one.annual_rate_bp for one in named}:
        right = "、".join(f"{one.name} {rate_text(one.annual_rate_bp)}" for one in named)
        yield Marked(Finding(OTHER_RATE, rate, Grade.BLOCK, (right,)), start, end)


def _around(text: str, at: int) -> str:
    """The line a place stands in."""
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[begin : end if end >= 0 else len(text)]


def _of_size(seen: Folded, body: Reading) -> Iterator[Marked]:
    annual = [_largest(seen, body, one.start(), one.end()) for one in ANNUAL_RATE.finditer(seen.text)]
    if not annual:
        return
    for start, end in price_places(seen.text):
        words = seen.text[start:end]
        is_short_term = not ANNUAL_RATE.search(words) and _SHORT_TERM.search(words)
        if is_short_term and _largest(seen, body, start, end) > max(annual):
            yield Marked(Finding(TOO_PROMINENT, words), *seen.span(start, end))


def _largest(seen: Folded, body: Reading, start: int, end: int) -> float:
    return max(body.sizes[seen.at[place]] for place in range(start, end))


def _not_service(texts: Mapping[str, str], body: Reading, wording: Wording) -> Iterator[tuple[str, Marked]]:
    """The first words that sell: a product's block, a price, or praise of something to borrow."""
    block = next((place for place, product in enumerate(body.products) if product is not None), None)
    if block is not None:
        end = next((at for at in range(block, len(body.text)) if body.text[at] == "\n"), len(body.text))
        yield BODY, Marked(Finding(NOT_SERVICE, body.text[block:end]), block, end)
        return
    for place, text in texts.items():
        seen = folded(text)
        sells = [*price_places(seen.text), *_urging(seen.text, wording)]
        if sells:
            start, end = min(sells)
            yield place, Marked(Finding(NOT_SERVICE, seen.text[start:end]), *seen.span(start, end))
            return


def _urging(plain: str, wording: Wording) -> Iterator[tuple[int, int]]:
    for one in wording.requirements:
        if any(name in plain for name in one.names):
            rest = plain
            for phrase in one.unless:
                rest = rest.replace(phrase, " " * len(phrase))
            yield from ((rest.index(urge), rest.index(urge) + len(urge)) for urge in one.urges if urge in rest)


def stopping(marks: Sequence[Mark]) -> list[Mark]:
    """The objections for which an article may not be sealed."""
    return [one for one in marks if one.stops]


__all__ = ["BODY", "DIGEST", "NEEDS_ANNUAL_RATE", "TITLE", "Lint", "Mark", "stopping"]
