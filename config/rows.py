"""Rows of content files → the frozen values of bot/knowledge, and the texts in them that hold blanks.

Used by config/content.py for the files and by config/overlay.py for what was approved in the console.
"""

import string
from collections.abc import Collection, Iterator
from datetime import date

from bot.knowledge import content as made
from bot.knowledge.edition import Kind
from bot.knowledge.entries import Entry
from bot.messages import Choice
from config.content_files import ChoiceRow, EntryRow, GuideRow, ProductRow, ReplyRow

# The pages a line may open; their addresses are settings of the deployment (Content.with_pages).
PAGES = ("{bind_url}",)


def text_of(name: str, row: ReplyRow) -> made.Text:
    """A sentence."""
    return made.Text(name, row.text, row.version, _choices(row.choices))


def product_of(row: ProductRow) -> made.Product:
    """A credit product."""
    values = row.model_dump(exclude={"max_amount_yuan"})
    for name in ("needs", "industries", "regions"):
        values[name] = tuple(values[name])
    return made.Product(max_amount_fen=row.max_amount_yuan * 100, **values)


def guide_of(name: str, row: GuideRow) -> made.Guide:
    """A step guide."""
    steps = tuple(
        made.GuideStep(
            step.text,
            step.stuck,
            tuple(made.Fault(tuple(fault.words), fault.answer) for fault in step.faults),
            step.picture,
        )
        for step in row.steps
    )
    return made.Guide(id=name, version=row.version, title=row.title, steps=steps, done=row.done)


def entry_of(row: EntryRow, approved_by: str, effective_from: date, effective_until: date | None) -> Entry:
    """A text found by its words; the other values are for what the row itself does not say."""
    return Entry(
        kind=Kind(row.kind),
        key=row.key,
        version=row.version,
        title=row.title,
        questions=tuple(row.questions),
        text=row.text,
        source=row.source,
        owner=row.owner,
        approved_by=row.approved_by or approved_by,
        effective_from=row.effective_from or effective_from,
        effective_until=row.effective_until or effective_until,
        choices=_choices(row.choices),
        regions=tuple(row.regions),
    )


def product_texts(product: made.Product) -> tuple[str, ...]:
    """The texts of a product."""
    return (product.pitch, product.how, product.costs, *product.needs)


def guide_texts(guide: made.Guide) -> tuple[str, ...]:
    """The texts of a guide."""
    steps = [text for step in guide.steps for text in (step.text, step.stuck)]
    return (guide.done, *steps, *(fault.answer for step in guide.steps for fault in step.faults))


def blanks(text: str) -> Iterator[str]:
    """The names of a text's {blanks}. Raises ValueError for braces that are no blank."""
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"{{{name}}} is no blank")
        yield name


def find_unknown_blank(text: str, known: Collection[str]) -> str | None:
    """The first thing in braces that nobody would fill; None when all is well."""
    try:
        return next((name for name in blanks(text) if name not in known), None)
    except ValueError as error:
        return str(error)


def _choices(rows: list[ChoiceRow]) -> tuple[Choice, ...]:
    return tuple(Choice(line.id, line.text, line.url) for line in rows)
