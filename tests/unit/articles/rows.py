"""Rows of articles, made by hand."""

from sqlalchemy.orm import Session

from bot.articles.model import Article, ArticleKind, ArticleState, ArticleVersion
from tests.factories import MORNING


def add_article(session: Session, writer: str, *, is_template: bool = False) -> Article:
    """An article with an open version."""
    row = Article(is_template=is_template, created_by=writer, created_at=MORNING, changed_at=MORNING)
    session.add(row)
    session.flush()
    add_version(session, row.id, 1, writer, ArticleState.OPEN)
    return row


def add_version(
    session: Session, article_id: int, number: int, writer: str, state: ArticleState, title: str = "提醒"
) -> ArticleVersion:
    """A version of an article."""
    is_sealed = state is ArticleState.SEALED
    row = ArticleVersion(
        article_id=article_id,
        number=number,
        state=state,
        kind=ArticleKind.SERVICE,
        title=title,
        author="",
        digest="",
        body="<p>好</p>",
        crop_235_1="",
        crop_1_1="",
        source_url="",
        goal="激活",
        revision=1,
        rendered="<p>好</p>" if is_sealed else None,
        content_hash="0" * 64,
        checked_under="",
        checked_at=MORNING,
        writer=writer,
        written_at=MORNING,
        sealed_by=writer if is_sealed else None,
        sealed_at=MORNING if is_sealed else None,
    )
    session.add(row)
    session.flush()
    return row
