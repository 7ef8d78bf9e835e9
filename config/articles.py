"""Loads articles.yml: the templates articles are begun from, each checked like an article somebody wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.articles.blocks import product_block, render
from bot.articles.body import clean
from bot.articles.lint import Lint, stopping
from bot.articles.model import ArticleKind
from bot.articles.rules import MAX_AUTHOR, MAX_DIGEST, MAX_GOAL, MAX_TITLE, Words
from bot.articles.service import ArticleTemplate
from bot.compliance.rules import CheckWording, Wording
from bot.knowledge.content import Content
from config.errors import ConfigError
from config.reading import read_yaml

FOLDER = Path(__file__).resolve().parent
FILE = "articles.yml"

Said = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _TemplateRow(_Strict):
    name: Said
    hint: Said
    # YAML has no enumerations, so this may be converted.
    kind: Annotated[ArticleKind, Field(strict=False)]
    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]
    author: Annotated[str, Field(max_length=MAX_AUTHOR)]
    digest: Annotated[str, Field(max_length=MAX_DIGEST)]
    goal: Annotated[str, Field(min_length=1, max_length=MAX_GOAL)]
    body: Said


class _ArticlesFile(_Strict):
    templates: dict[str, _TemplateRow]


def load_article_templates(
    content: Content, check_wording: CheckWording, wording: Wording, folder: Path = FOLDER
) -> Mapping[str, ArticleTemplate]:
    """The templates of a folder's articles.yml, their blanks filled, by key. Raises ConfigError."""
    templates = {key: _template(key, row, content) for key, row in _read(folder).templates.items()}
    products = {one.id: one for one in content.products}
    blocks = {name: product_block(one, content.fill) for name, one in products.items()}
    lint = Lint(check_wording, wording, products, blocks)
    for key, template in templates.items():
        missing = render(template.words.body, products, content.fill).missing
        if missing:
            raise ConfigError(FILE, f"templates.{key}.body", f"there is no product {missing[0]!r}")
        bad = stopping(lint.marks(template.words))
        if bad:
            raise ConfigError(FILE, f"templates.{key}.{bad[0].place}", f"{bad[0].quote!r} breaks {bad[0].rule}")
    return templates


def _template(key: str, row: _TemplateRow, content: Content) -> ArticleTemplate:
    try:
        body = content.fill(row.body)
    except (KeyError, ValueError, IndexError) as error:
        raise ConfigError(FILE, f"templates.{key}.body", f"has an unknown blank: {error}") from error
    # Line ends between blocks are the file's, not the article's.
    body = "".join(line.strip() for line in body.splitlines())
    if clean(body) != body:
        raise ConfigError(FILE, f"templates.{key}.body", "holds what an article may not hold")
    words = Words(row.title, row.author, row.digest, body, row.kind, goal=row.goal)
    return ArticleTemplate(key, row.name, row.hint, words)


def _read(folder: Path) -> _ArticlesFile:
    try:
        return _ArticlesFile.model_validate(read_yaml(folder / FILE))
    except FileNotFoundError as error:
        raise ConfigError(FILE, "file", "is missing") from error
    except yaml.YAMLError as error:
        raise ConfigError(FILE, "file", f"is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(FILE, ".".join(str(part) for part in first["loc"]) or "file", first["msg"]) from error
