"""Articles and versions → what the console shows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.article_schemas import (
    ArticleCheckOut,
    ArticleCountOut,
    ArticleDesk,
    ArticleDraftOut,
    ArticleDriftOut,
    ArticleFlawOut,
    ArticleMarkOut,
    ArticleOut,
    ArticlePersonOut,
    ArticleProductOut,
    ArticleRow,
    ArticleTemplateOut,
    ArticleTesterOut,
    ArticleTesters,
    ArticleVersionOut,
    ArticleVersionRow,
)
from api.knowledge_views import names_of
from bot.articles import queries
from bot.articles.blocks import product_block
from bot.articles.body import read
from bot.articles.checking import Checked, words_of
from bot.articles.drafts import MAIN
from bot.articles.model import Article, ArticleDraft, ArticleState, ArticleTester, ArticleVersion
from bot.articles.previews import A_DAY, used_today
from bot.bootstrap import Bot
from bot.customers.model import Follower
from bot.errors import NotFound
from bot.knowledge.rates import rate_text
from bot.staff.model import Role, StaffMember

MOST_TEMPLATES = 50


def checked(found: Checked, rules: str) -> ArticleCheckOut:
    """What a check found."""
    return ArticleCheckOut(
        body=found.words.body,
        rendered=found.rendered.html,
        counts=[ArticleCountOut.model_validate(one) for one in found.counts],
        marks=[
            ArticleMarkOut(
                rule=one.rule,
                grade=one.grade,
                place=one.place,
                quote=one.quote,
                nth=one.nth,
                start=one.start,
                end=one.end,
                why=one.why,
                instead=one.instead,
                missing=list(one.missing),
                product=one.product,
            )
            for one in found.marks
        ],
        flaws=[ArticleFlawOut.model_validate(one) for one in found.flaws],
        products=dict(found.rendered.products),
        rules=rules,
    )


def rows(session: Session, found: Sequence[tuple[Article, ArticleVersion]]) -> list[ArticleRow]:
    """Articles of the list."""
    names = names_of(session, {version.writer for _, version in found})
    return [
        ArticleRow(
            id=article.id,
            number=version.number,
            state=version.state,
            kind=version.kind,
            title=version.title,
            digest=version.digest,
            cover_id=version.cover_id,
            writer=version.writer,
            writer_name=names.get(version.writer, version.writer),
            changed_at=article.changed_at,
            flaws=len(version.flaws),
        )
        for article, version in found
    ]


def article(bot: Bot, session: Session, article_id: int) -> ArticleOut:
    """One article. Raises NotFound."""
    row = queries.get_article(session, article_id)
    # First, with its texts: what the session has loaded, the others' short form does not take away.
    newest = queries.newest_of(session, article_id)
    versions = queries.heads_of(session, article_id)
    names = names_of(session, {row.created_by, *_people(versions)})
    return ArticleOut(
        id=row.id,
        is_template=row.is_template,
        is_archived=row.archived_at is not None,
        copied_from=row.copied_from,
        created_by_name=names.get(row.created_by, row.created_by),
        created_at=row.created_at,
        newest=version(bot, session, newest),
        versions=[ArticleVersionRow(**_row(one, names)) for one in versions],
    )


def version(bot: Bot, session: Session, row: ArticleVersion) -> ArticleVersionOut:
    """One version with its words."""
    names = names_of(session, set(_people([row])))
    draft = session.scalars(
        select(ArticleDraft).where(ArticleDraft.version_id == row.id, ArticleDraft.purpose == MAIN)
    ).first()
    # The version as it would be sent; an open one as of now.
    rendered = row.rendered
    if row.state is ArticleState.OPEN:
        rendered = bot.articles.checking.render(words_of(row), bot.clock.now()).html
    return ArticleVersionOut(
        **_row(row, names),
        author=row.author,
        digest=row.digest,
        body=row.body,
        rendered=rendered or "",
        text=read(rendered or "").text,
        cover_id=row.cover_id,
        crop_235_1=row.crop_235_1,
        crop_1_1=row.crop_1_1,
        source_url=row.source_url,
        goal=row.goal,
        products=row.products,
        rules=str(row.evidence.get("rules", "")),
        draft=None if draft is None else _draft(draft),
    )


def version_of(bot: Bot, session: Session, article_id: int, number: int) -> ArticleVersionOut:
    """A version by its number. Raises NotFound."""
    found = next((one for one in queries.versions_of(session, article_id) if one.number == number), None)
    if found is None:
        raise NotFound(article_id=article_id, number=number)
    return version(bot, session, found)


def desk(bot: Bot, session: Session, now: datetime) -> ArticleDesk:
    """What the composer offers."""
    content = bot.live.everywhere(now)
    saved = queries.listed(session, queries.ArticleFilter(is_template=True), before=None, limit=MOST_TEMPLATES)
    writers = session.scalars(
        select(StaffMember).where(StaffMember.role == Role.MARKETER).order_by(StaffMember.username)
    )
    return ArticleDesk(
        templates=[
            *(
                ArticleTemplateOut(key=one.key, id=None, name=one.name, hint=one.hint, kind=one.words.kind)
                for one in bot.articles.templates.values()
            ),
            *(
                ArticleTemplateOut(key=None, id=row.id, name=newest.title, hint=newest.goal, kind=newest.kind)
                for row, newest in saved
            ),
        ],
        products=[
            ArticleProductOut(
                id=one.id,
                name=one.name,
                kind=one.kind,
                rate=rate_text(one.annual_rate_bp),
                version=one.version,
                html=product_block(one, content.fill),
            )
            for one in content.products
        ],
        writers=[ArticlePersonOut(username=one.username, name=one.display_name) for one in writers],
    )


def testers(bot: Bot, session: Session) -> ArticleTesters:
    """All testers and what is left of the day's previews."""
    found = session.execute(
        select(ArticleTester, Follower.openid)
        .join(Follower, Follower.id == ArticleTester.follower_id)
        .order_by(ArticleTester.id)
    )
    return ArticleTesters(
        items=[ArticleTesterOut(id=one.id, label=one.label, openid=_ends(openid)) for one, openid in found],
        remain=max(A_DAY - used_today(session, bot.clock), 0),
        a_day=A_DAY,
    )


def _people(versions: Iterable[ArticleVersion]) -> set[str]:
    return {name for one in versions for name in (one.writer, one.sealed_by) if name}


def _row(row: ArticleVersion, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "state": row.state,
        "title": row.title,
        "kind": row.kind,
        "revision": row.revision,
        "writer": row.writer,
        "writer_name": names.get(row.writer, row.writer),
        "written_at": row.written_at,
        "sealed_by": row.sealed_by,
        "sealed_by_name": names.get(row.sealed_by, row.sealed_by) if row.sealed_by else None,
        "sealed_at": row.sealed_at,
        "copied_from": row.copied_from,
        "content_hash": row.content_hash,
        "flaws": [ArticleFlawOut(**one) for one in row.flaws],
    }


def _draft(row: ArticleDraft) -> ArticleDraftOut:
    drift = [ArticleDriftOut(**one) for one in row.drift]
    return ArticleDraftOut(state=row.state, kept_at=row.kept_at, looked_at=row.looked_at, drift=drift)


def _ends(openid: str) -> str:
    return f"{openid[:3]}…{openid[-3:]}"
