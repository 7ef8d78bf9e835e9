"""An article as it would be sent, with everything that stands against it. Keeps nothing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.articles.blocks import Rendered, product_block, render
from bot.articles.body import clean, picture_ids, read
from bot.articles.lint import Lint, Mark, stopping
from bot.articles.model import ArticleVersion
from bot.articles.rules import Count, Flaw, Words, counts, flaws_of
from bot.compliance.rules import CheckWording, Wording
from bot.knowledge.content import Content, Product
from bot.knowledge.live import Contents


@dataclass(frozen=True)
class Checked:
    """A version's words, cleaned, with what was found. `under` names the rules and the catalogue it was checked by."""

    words: Words
    rendered: Rendered
    counts: tuple[Count, ...]
    marks: tuple[Mark, ...]
    flaws: tuple[Flaw, ...]
    under: str

    def evidence(self, at: datetime, rules: str) -> dict[str, Any]:
        """What was found, as it is kept with the version."""
        return {"rules": rules, "at": at.isoformat(), "marks": [asdict(one) for one in self.marks]}


@dataclass(frozen=True)
class Checking:
    """Holds articles against the platform's limits, the wording rules and the catalogue of the moment."""

    contents: Contents
    check_wording: CheckWording
    wording: Wording

    def under(self, now: datetime) -> str:
        """Names the rules and the catalogue as they are now: a version checked under others is checked anew."""
        products = self.catalogue(now)
        told = sorted((one.id, one.version) for one in products.values())
        return f"{self.wording.version} {hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]}"

    def catalogue(self, now: datetime) -> Mapping[str, Product]:
        """The products that are on offer somewhere, by id."""
        return {one.id: one for one in self.contents.everywhere(now).products}

    def check(self, words: Words, now: datetime) -> Checked:
        """Everything about these words."""
        content = self.contents.everywhere(now)
        words = replace(words, body=clean(words.body))
        products = {one.id: one for one in content.products}
        rendered = render(words.body, products, content.fill)
        marks = tuple(self._lint(content).marks(words))
        form = flaws_of(words, rendered.html, is_empty=_is_empty(words.body))
        gone = (Flaw("body", "product_gone", content.product_names.get(one, one)) for one in rendered.missing)
        wording = (Flaw(one.place, one.rule, one.quote) for one in stopping(marks))
        flaws = tuple(dict.fromkeys((*form, *gone, *wording)))
        return Checked(words, rendered, counts(words, rendered.html), marks, flaws, self.under(now))

    def render(self, words: Words, now: datetime) -> Rendered:
        """The body of these words as it would be sent now."""
        content = self.contents.everywhere(now)
        return render(clean(words.body), {one.id: one for one in content.products}, content.fill)

    def recheck(self, version: ArticleVersion, now: datetime) -> tuple[Flaw, ...]:
        """Why a sealed version may not be sent any more: other rules, or products that are told differently now."""
        content = self.contents.everywhere(now)
        products = {one.id: one for one in content.products}
        checked = self.check(words_of(version), now)
        changed = (
            Flaw("body", "product_changed", products[one].name)
            for one, number in version.products.items()
            if one in products and products[one].version != number
        )
        return tuple(dict.fromkeys((*checked.flaws, *changed)))

    def _lint(self, content: Content) -> Lint:
        products = {one.id: one for one in content.products}
        blocks = {name: product_block(one, content.fill) for name, one in products.items()}
        return Lint(self.check_wording, self.wording, products, blocks)


def words_of(version: ArticleVersion) -> Words:
    """What is written of a version."""
    return Words(
        title=version.title,
        author=version.author,
        digest=version.digest,
        body=version.body,
        kind=version.kind,
        cover_id=version.cover_id,
        crop_235_1=version.crop_235_1,
        crop_1_1=version.crop_1_1,
        source_url=version.source_url,
        goal=version.goal,
    )


def _is_empty(body: str) -> bool:
    return not read(body, lambda _: "<p>。</p>").text.strip() and not picture_ids(body)
