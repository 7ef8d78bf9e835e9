"""Reads of articles: what a campaign may send, the list, one article with its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from bot.articles.model import Article, ArticleKind, ArticleState, ArticleVersion
from bot.articles.rules import Flaw
from bot.errors import NotFound

_WITHOUT_TEXTS = tuple(
    defer(one, raiseload=True) for one in (ArticleVersion.body, ArticleVersion.rendered, ArticleVersion.evidence)
)
NOT_SEALED = Flaw("version", "not_sealed")
ARCHIVED = Flaw("version", "archived")
TEMPLATE = Flaw("version", "template")


@dataclass(frozen=True)
class FrozenArticle:
    """A version as a campaign sends it. `flaws` is empty when it may be approved."""

    version_id: int
    article_id: int
    title: str
    digest: str
    content_hash: str
    is_marketing: bool
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True)
class ArticleFilter:
    """Which articles: words of the title, a state of the newest version, who wrote it last, archived ones or not."""

    text: str = ""
    state: ArticleState | None = None
    writer: str | None = None
    is_archived: bool = False
    is_template: bool = False


def frozen(session: Session, version_id: int) -> FrozenArticle:
    """A version as it would be sent, with what stands against it by the newest check. Raises NotFound."""
    version = get_version(session, version_id)
    article = session.get_one(Article, version.article_id)
    flaws = [Flaw(**one) for one in version.flaws]
    if version.state is not ArticleState.SEALED:
        flaws.insert(0, NOT_SEALED)
    if article.is_template:
        flaws.insert(0, TEMPLATE)
    if article.archived_at is not None:
        flaws.insert(0, ARCHIVED)
    return FrozenArticle(
        version_id=version.id,
        article_id=version.article_id,
        title=version.title,
        digest=version.digest,
        content_hash=version.content_hash,
        is_marketing=version.kind is ArticleKind.MARKETING,
        flaws=tuple(flaws),
    )


def get_version(session: Session, version_id: int) -> ArticleVersion:
    """One version. Raises NotFound."""
    found = session.get(ArticleVersion, version_id)
    if found is None:
        raise NotFound(version_id=version_id)
    return found


def get_article(session: Session, article_id: int) -> Article:
    """One article. Raises NotFound."""
    found = session.get(Article, article_id)
    if found is None:
        raise NotFound(article_id=article_id)
    return found


def versions_of(session: Session, article_id: int) -> Sequence[ArticleVersion]:
    """An article's versions, newest first."""
    mine = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    return session.scalars(mine.order_by(ArticleVersion.number.desc())).all()


def newest_of(session: Session, article_id: int) -> ArticleVersion:
    """An article's newest version. Raises NotFound."""
    mine = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    found = session.scalars(mine.order_by(ArticleVersion.number.desc()).limit(1)).first()
    if found is None:
        raise NotFound(article_id=article_id)
    return found


def heads_of(session: Session, article_id: int) -> Sequence[ArticleVersion]:
    """An article's versions, newest first, without their long texts."""
    mine = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    return session.scalars(mine.options(*_WITHOUT_TEXTS).order_by(ArticleVersion.number.desc())).all()


def find_open(session: Session, article_id: int) -> ArticleVersion | None:
    """The version that is being written, locked; None when all are sealed."""
    mine = select(ArticleVersion).where(
        ArticleVersion.article_id == article_id, ArticleVersion.state == ArticleState.OPEN
    )
    return session.scalars(mine.with_for_update()).first()


def listed(
    session: Session, wanted: ArticleFilter, *, before: tuple[datetime, int] | None, limit: int
) -> Sequence[tuple[Article, ArticleVersion]]:
    """Articles with their newest version, what was changed last first, without long texts; `before` is where the last
    page ended.
    """
    found = _newest().where(*_wishes(wanted)).options(*_WITHOUT_TEXTS)
    if before is not None:
        at, last_id = before
        found = found.where(or_(Article.changed_at < at, and_(Article.changed_at == at, Article.id < last_id)))
    rows = session.execute(found.order_by(Article.changed_at.desc(), Article.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


def count(session: Session, wanted: ArticleFilter) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(_newest().where(*_wishes(wanted)).subquery())) or 0


def _newest() -> Select[Article, ArticleVersion]:
    later = aliased(ArticleVersion)
    is_newest = (
        ~select(later.id)
        .where(later.article_id == ArticleVersion.article_id, later.number > ArticleVersion.number)
        .exists()
    )
    return (
        select(Article, ArticleVersion).join(ArticleVersion, ArticleVersion.article_id == Article.id).where(is_newest)
    )


def _wishes(wanted: ArticleFilter) -> list[ColumnElement[bool]]:
    wishes: list[ColumnElement[bool]] = [
        Article.archived_at.is_not(None) if wanted.is_archived else Article.archived_at.is_(None),
        Article.is_template.is_(wanted.is_template),
    ]
    if wanted.text.strip():
        wishes.append(ArticleVersion.title.contains(wanted.text.strip(), autoescape=True))
    if wanted.state is not None:
        wishes.append(ArticleVersion.state == wanted.state)
    if wanted.writer is not None:
        wishes.append(ArticleVersion.writer == wanted.writer)
    return wishes
