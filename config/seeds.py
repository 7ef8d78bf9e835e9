"""What the files say, item by item, as if it had been approved in the console: the list of 知识库 shows it, and whoever
writes the next version starts from it. The inverse of value_of in config/overlay.py.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.knowledge import content as made
from bot.knowledge.edition import Edition, Kind
from bot.knowledge.entries import Entry
from bot.messages import Choice

# Answers and guides came with the release: they hold since ever, and no one person signed them.
SINCE_EVER = date.min
LONGEST_TITLE = 18


def seed_editions(seed: made.Content) -> dict[tuple[Kind, str], Edition]:
    """Everything of the files that the console may overlay, by kind and key."""
    found = [
        *(_answer(one, seed.intent_labels.get(one.id) or _beginning(one.text)) for one in seed.replies.values()),
        *(_product(one) for one in seed.products),
        *(_guide(one) for one in seed.guides.values()),
        *(_entry(one) for one in seed.entries),
    ]
    return {(one.kind, one.key): one for one in found}


def _beginning(text: str) -> str:
    """The first words of an answer that no intent names, for the list."""
    said = " ".join(text.split())
    return said if len(said) <= LONGEST_TITLE else f"{said[:LONGEST_TITLE]}…"


def _answer(text: made.Text, title: str) -> Edition:
    body = {"text": text.text, "choices": _lines(text.choices)}
    return Edition(Kind.ANSWER, text.id, text.version, title, "", "", body, SINCE_EVER, "")


def _guide(guide: made.Guide) -> Edition:
    steps = [
        {
            "text": step.text,
            "stuck": step.stuck,
            "faults": [{"words": list(fault.words), "answer": fault.answer} for fault in step.faults],
            **({"picture": step.picture} if step.picture else {}),
        }
        for step in guide.steps
    ]
    body = {"steps": steps, "done": guide.done}
    return Edition(Kind.GUIDE, guide.id, guide.version, guide.title, "", "", body, SINCE_EVER, "")


def _product(product: made.Product) -> Edition:
    body: dict[str, Any] = {
        "kind": product.kind,
        "pitch": product.pitch,
        "max_amount_yuan": product.max_amount_fen // 100,
        "max_term_months": product.max_term_months,
        "annual_rate_bp": product.annual_rate_bp,
        "min_years": product.min_years,
        "needs_collateral": product.needs_collateral,
        "needs": list(product.needs),
        "condition": product.condition,
        "industries": list(product.industries),
        "costs": product.costs,
        "how": product.how,
        "guide": product.guide,
        "is_sample": product.is_sample,
    }
    return Edition(
        Kind.PRODUCT,
        product.id,
        product.version,
        product.name,
        product.approved_by,
        "",
        body,
        product.effective_from,
        product.approved_by,
        product.effective_until,
        product.regions,
    )


def _entry(entry: Entry) -> Edition:
    body = {"questions": list(entry.questions), "text": entry.text, "choices": _lines(entry.choices)}
    return Edition(
        entry.kind,
        entry.key,
        entry.version,
        entry.title,
        entry.owner,
        entry.source,
        body,
        entry.effective_from,
        entry.approved_by,
        entry.effective_until,
        entry.regions,
    )


def _lines(choices: Iterable[Choice]) -> list[dict[str, str]]:
    return [{"id": line.id, "text": line.text, **({"url": line.url} if line.url else {})} for line in choices]
