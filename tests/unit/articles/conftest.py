"""A product whose marketers write articles, and what they begin with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.articles.model import ArticleKind, ArticleVersion
from bot.articles.rules import Words
from bot.articles.service import Articles
from bot.audit.service import Doer
from bot.bootstrap import Bot
from bot.clock import FixedClock
from bot.db import Database
from config.settings import Settings
from tests.product import UnderTest, make
from tests.unit.pictures.images import png

ANN, BEN = Doer("ann"), Doer("ben")
NOTICE = Words(
    title="您的对公账户已较长时间未使用",
    author="普惠服务",
    digest="可登录企业手机银行查看。",
    body="<p>您的对公账户已较长时间未使用。可登录企业手机银行查看。详询95588。拒收请回复R。</p>",
    kind=ArticleKind.SERVICE,
    goal="激活",
)


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    return make(settings, database, clock)


@pytest.fixture
def bot(product: UnderTest) -> Bot:
    return product.bot


@pytest.fixture
def desk(bot: Bot) -> Articles:
    return bot.articles


@pytest.fixture
def cover(bot: Bot) -> int:
    return bot.article_pictures.keep(png(), "ann")


@pytest.fixture
def notice(cover: int) -> Words:
    """Words that may be sealed."""
    return replace(NOTICE, cover_id=cover)


@pytest.fixture
def sealed(desk: Articles, notice: Words) -> Callable[..., ArticleVersion]:
    """Makes a sealed version of the notice, with other words where they are given."""

    def seal(**other: Any) -> ArticleVersion:
        article = desk.begin(ANN)
        saved = desk.save(article, replace(notice, **other), 1, ANN)
        return desk.seal(article, saved.revision, ANN)

    return seal
