"""Lays what was approved in the console over the content of the files, and says what of a new text would break.

Handed by bot/bootstrap.py to bot/knowledge/live.py and service.py, which know no file. A body has the shape of its
kind's row in content_files.py, without what the version itself tells (number, title, dates, owner, regions).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar, cast

from pydantic import ValidationError

from bot.compliance.rules import CheckWording, Finding, Grade, Place
from bot.dialogue.flows import FLOWS
from bot.knowledge import content as made
from bot.knowledge.edition import NEVER_SILENT, Edition, Flaw, IsFor, Kind, standing
from bot.knowledge.entries import Entry
from bot.knowledge.product_card import card_text
from bot.messages import Choice
from config.content_files import EntryRow, GuideRow, ProductRow, ReplyRow
from config.rows import PAGES, blanks, entry_of, find_unknown_blank, guide_of, guide_texts, product_of, text_of

MAX_CHOICES = 4
# What a flow fills into a price: rates as bot/dialogue/flows/price.py lists them.
SOME_RATE = "3.45%"
SOME_RATES = "新一代经营快贷 3.45%起"
ENTRY_KINDS = (Kind.FAQ, Kind.TIP, Kind.POLICY)

# What an edition is to the flows.
Value = made.Text | made.Product | made.Guide | Entry
T = TypeVar("T", made.Text, made.Product, made.Guide, Entry)


def overlay(seed: made.Content, editions: Sequence[Edition], day: date, is_for: IsFor) -> made.Content:
    """The seed with the editions over it, as it holds on this day for those whose regions `is_for` accepts. The answers
    and guides of the seed never vanish: flows ask for them by name. A seed of a higher number than the edition wins.
    Raises ValidationError for an edition that no longer fits its kind, whether it holds on this day or not.
    """
    fitted = {(one.kind, one.key, one.number): value_of(one) for one in editions}
    newest = standing(editions, day)

    def laid(kind: Kind, seeds: Mapping[str, T]) -> dict[str, T]:
        values = dict(seeds)
        for (of, key), edition in newest.items():
            if of is not kind or (key in seeds and seeds[key].version > edition.number):
                continue
            if edition.holds(day) and is_for(edition.regions):
                values[key] = cast("T", fitted[kind, key, edition.number])
            elif kind not in NEVER_SILENT:
                values.pop(key, None)
        return values

    guides = laid(Kind.GUIDE, seed.guides)
    products = laid(Kind.PRODUCT, {one.id: one for one in seed.products})
    entries = [
        entry
        for kind in ENTRY_KINDS
        for entry in laid(kind, {one.key: one for one in seed.entries if one.kind is kind}).values()
    ]
    return replace(
        seed,
        replies=laid(Kind.ANSWER, seed.replies),
        guides=guides,
        products=tuple(_guided(one, guides) for one in products.values() if one.is_live(day) and is_for(one.regions)),
        product_names={**seed.product_names, **_product_names(seed, newest.values())},
        entries=tuple(one for one in entries if one.is_live(day) and is_for(one.regions)),
    )


def value_of(edition: Edition) -> Value:
    """What an edition is to the flows. Raises ValidationError."""
    body, number = dict(edition.body), edition.number
    if edition.kind is Kind.ANSWER:
        return text_of(edition.key, ReplyRow.model_validate({**body, "version": number}))
    if edition.kind is Kind.GUIDE:
        return guide_of(edition.key, GuideRow.model_validate({**body, "version": number, "title": edition.title}))
    told = {
        "version": number,
        "regions": list(edition.regions),
        "approved_by": edition.approved_by,
        "effective_from": edition.effective_from,
        "effective_until": edition.effective_until,
    }
    if edition.kind is Kind.PRODUCT:
        return product_of(ProductRow.model_validate({**body, **told, "id": edition.key, "name": edition.title}))
    told |= {"kind": edition.kind.value, "key": edition.key, "title": edition.title}
    row = EntryRow.model_validate({**body, **told, "source": edition.source, "owner": edition.owner})
    return entry_of(row, edition.approved_by, edition.effective_from, edition.effective_until)


def texts_of(value: Value) -> tuple[str, ...]:
    """Everything in it that a customer may read, piece by piece as he reads it: a card holds its rate."""
    if isinstance(value, made.Product):
        return (card_text(value), value.how, value.condition or "")
    if isinstance(value, made.Guide):
        return (value.title, *guide_texts(value))
    return (value.text, *(choice.text for choice in value.choices))


def _filled_texts(value: Value) -> tuple[str, ...]:
    """The texts whose blanks are filled; titles, labels and what a product is besides its card go out as they stand."""
    if isinstance(value, made.Product):
        return (card_text(value),)
    return guide_texts(value) if isinstance(value, made.Guide) else (value.text,)


def find_flaws(seed: made.Content, check_wording: CheckWording, edition: Edition) -> list[Flaw]:
    """Why this may not go live: a body that does not fit its kind, blanks nobody fills, lines and guides that lead
    nowhere, words that may not be said. Empty when it may be approved.
    """
    try:
        value = value_of(edition)
    except ValidationError as error:
        found = ((".".join(str(part) for part in one["loc"]), one["type"]) for one in error.errors())
        return [Flaw(place, kind) for place, kind in found]
    known, filled = _blanks_filled(seed, edition), _filled_texts(value)
    unknown = (find_unknown_blank(text, known if text in filled else ()) for text in texts_of(value))
    flaws = [Flaw("text", "unknown_blank", blank) for blank in unknown if blank is not None]
    for one in find_wording(check_wording, value):
        if one.grade is Grade.BLOCK:
            flaws.append(Flaw("wording", one.rule, one.excerpt))
        elif one.grade is Grade.REQUIRE:
            flaws += [Flaw("required", one.rule, name) for name in one.missing]
    if isinstance(value, made.Product):
        return flaws + _flaws_of_product(seed, value)
    if isinstance(value, made.Guide):
        shown = (step.picture for step in value.steps if step.picture is not None)
        return flaws + [Flaw("picture", "unknown_picture", name) for name in shown if name not in seed.pictures]
    return flaws + _flaws_of_choices(seed, value.choices) + _flaws_of_pages(_own_choices(seed, edition), value.choices)


def find_wording(check_wording: CheckWording, value: Value) -> list[Finding]:
    """What the rules of wording say of it, piece by piece, as it reads once its prices are filled in."""
    place = Place.PRODUCT if isinstance(value, made.Product) else Place.ANSWER
    texts = [text.replace("{rates}", SOME_RATES).replace("{rate}", SOME_RATE) for text in texts_of(value)]
    return [finding for text in texts for finding in check_wording(text, place=place)]


def _flaws_of_product(seed: made.Content, product: made.Product) -> list[Flaw]:
    trades = {trade.code for trade in seed.industries}
    flaws = [Flaw("industries", "unknown_industry", code) for code in product.industries if code not in trades]
    if product.guide is not None and product.guide not in seed.guides:
        flaws.append(Flaw("guide", "unknown_guide", product.guide))
    return flaws


def _flaws_of_choices(seed: made.Content, choices: Sequence[Choice]) -> list[Flaw]:
    flaws = [Flaw("choices", "too_many_choices")] if len(choices) > MAX_CHOICES else []
    return flaws + [Flaw("choices", "unknown_choice", one.id) for one in choices if not _leads_somewhere(seed, one.id)]


def _flaws_of_pages(own: Sequence[Choice], choices: Sequence[Choice]) -> list[Flaw]:
    """A line opens a page of the deployment, and one that came with a page keeps it: no other address goes out."""
    opened = {one.id for one in own if one.url}
    lost = [Flaw("choices", "missing_page", one.text) for one in choices if one.url is None and one.id in opened]
    return lost + [Flaw("choices", "unknown_page", one.url) for one in choices if one.url and one.url not in PAGES]


def _own_choices(seed: made.Content, edition: Edition) -> Sequence[Choice]:
    """The lines this item has in the files."""
    if edition.kind is Kind.ANSWER:
        found = seed.replies.get(edition.key)
        return found.choices if found else ()
    mine = (one for one in seed.entries if (one.kind, one.key) == (edition.kind, edition.key))
    return next((one.choices for one in mine), ())


def _leads_somewhere(seed: made.Content, choice_id: str) -> bool:
    flow, _, rest = choice_id.partition(":")
    return rest in seed.intent_flows if flow == "ask" else flow in FLOWS and bool(rest)


def _blanks_filled(seed: made.Content, edition: Edition) -> set[str]:
    """The settings; and for an answer what its flow fills: the blanks of the text the flow knows."""
    known = set(seed.settings)
    if edition.kind is Kind.ANSWER and edition.key in seed.replies:
        known |= set(blanks(seed.replies[edition.key].text))
    return known


def _product_names(seed: made.Content, newest: Iterable[Edition]) -> dict[str, str]:
    """What the approved products are called, whether they still hold or not."""
    versions = {one.id: one.version for one in seed.products}
    return {one.key: one.title for one in newest if one.kind is Kind.PRODUCT and one.number >= versions.get(one.key, 0)}


def _guided(product: made.Product, guides: Mapping[str, made.Guide]) -> made.Product:
    """The product without its guide while that is not there."""
    return product if product.guide is None or product.guide in guides else replace(product, guide=None)
