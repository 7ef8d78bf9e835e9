"""图文: what articles say, who wrote it, what stands against it, and their drafts at the platform."""

import base64
import binascii
from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import article_views
from api.article_schemas import (
    MAX_ARTICLE_BODY,
    MAX_PICTURE_CHARS,
    ArticleArchiveIn,
    ArticleBeginIn,
    ArticleCheckOut,
    ArticleDesk,
    ArticleNumberPath,
    ArticleOut,
    ArticlePath,
    ArticlePictureIn,
    ArticlePictureOut,
    ArticleRestoreIn,
    ArticleRevisionIn,
    ArticleSaveIn,
    ArticlesPage,
    ArticlesQuery,
    ArticleVersionOut,
    ArticleWordsIn,
)
from api.auth import ARTICLE_READERS, ARTICLE_WRITERS, caller, open_to, the_bot
from api.bodies import takes
from api.cursors import cursor_of, parts_of
from api.pictures import BYTES
from api.schemas import Problem
from api.tracing import doer
from bot.articles import queries
from bot.articles.body import PICTURES
from bot.articles.rules import Words
from bot.errors import InvalidInput

READ_ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 409: Problem}
BIG_ERRORS: Any = {**ERRORS, 413: Problem}
articles = APIBlueprint("articles", __name__, url_prefix="/api/articles", abp_tags=[Tag(name="articles")])


@articles.get("", responses={200: ArticlesPage, **READ_ERRORS})
@open_to(ARTICLE_READERS)
def list_articles(query: ArticlesQuery) -> dict[str, Any]:
    """Articles, what was changed last first."""
    bot = the_bot()
    before = parts_of(query.cursor, datetime, int) if query.cursor is not None else None
    wanted = queries.ArticleFilter(query.text, query.state, query.writer, query.is_archived, query.is_template)
    with bot.database.reading() as session:
        end = None if before is None else (before[0], before[1])
        found = queries.listed(session, wanted, before=end, limit=query.limit + 1)
        shown = found[: query.limit]
        last = shown[-1][0] if len(found) > query.limit else None
        page = ArticlesPage(
            items=article_views.rows(session, shown),
            next=cursor_of(last.changed_at, last.id) if last else None,
            total=queries.count(session, wanted),
        )
    return page.model_dump(mode="json")


@articles.post("", responses={201: ArticleOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def begin_article(body: ArticleBeginIn) -> tuple[dict[str, Any], int]:
    """A new article, empty or from a template of the release."""
    return _shown(the_bot().articles.begin(doer(), template=body.template)), 201


@articles.get("/desk", responses={200: ArticleDesk, **READ_ERRORS})
@open_to(ARTICLE_READERS)
def show_article_desk() -> dict[str, Any]:
    """What the composer offers: templates, products, writers."""
    bot = the_bot()
    with bot.database.reading() as session:
        return article_views.desk(bot, session, bot.clock.now()).model_dump(mode="json")


@articles.post("/check", responses={200: ArticleCheckOut, **READ_ERRORS, 413: Problem})
@open_to(ARTICLE_READERS)
@takes(MAX_ARTICLE_BODY)
def check_article(body: ArticleWordsIn) -> dict[str, Any]:
    """What would be sent, and all that stands against it; nothing is kept."""
    checking = the_bot().articles.checking
    found = checking.check(_words(body), the_bot().clock.now())
    return article_views.checked(found, checking.wording.version).model_dump(mode="json")


@articles.get("/<int:id>", responses={200: ArticleOut, **READ_ERRORS})
@open_to(ARTICLE_READERS)
def show_article(path: ArticlePath) -> dict[str, Any]:
    """One article: its newest version and its history."""
    return _shown(path.id)


@articles.put("/<int:id>", responses={200: ArticleOut, **BIG_ERRORS})
@open_to(ARTICLE_WRITERS)
@takes(MAX_ARTICLE_BODY)
def save_article(path: ArticlePath, body: ArticleSaveIn) -> dict[str, Any]:
    """Keep these words as the open version; 409 article_changed when somebody saved meanwhile."""
    the_bot().articles.save(path.id, _words(body), body.revision, doer())
    return _shown(path.id)


@articles.post("/<int:id>/seal", responses={200: ArticleOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def seal_article(path: ArticlePath, body: ArticleRevisionIn) -> dict[str, Any]:
    """Make the open version final; 422 with the flaws when it may not be sent as it is."""
    the_bot().articles.seal(path.id, body.revision, doer())
    return _shown(path.id)


@articles.post("/<int:id>/restore", responses={200: ArticleOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def restore_article(path: ArticlePath, body: ArticleRestoreIn) -> dict[str, Any]:
    """Go on from an earlier version."""
    the_bot().articles.restore(path.id, body.number, body.revision, doer())
    return _shown(path.id)


@articles.post("/<int:id>/duplicate", responses={201: ArticleOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def duplicate_article(path: ArticlePath) -> tuple[dict[str, Any], int]:
    """A new article with the same words; of a template, an article begun from it."""
    return _shown(the_bot().articles.duplicate(path.id, doer())), 201


@articles.post("/<int:id>/template", responses={201: ArticleOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def keep_article_as_template(path: ArticlePath) -> tuple[dict[str, Any], int]:
    """Keep the words as a template."""
    return _shown(the_bot().articles.duplicate(path.id, doer(), as_template=True)), 201


@articles.post("/<int:id>/archive", responses={200: ArticleOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def archive_article(path: ArticlePath, body: ArticleArchiveIn) -> dict[str, Any]:
    """Put away, or take out again."""
    the_bot().articles.archive(path.id, doer(), is_archived=body.is_archived)
    return _shown(path.id)


@articles.get("/<int:id>/versions/<int:number>", responses={200: ArticleVersionOut, **READ_ERRORS})
@open_to(ARTICLE_READERS)
def show_article_version(path: ArticleNumberPath) -> dict[str, Any]:
    """One version with its words."""
    bot = the_bot()
    with bot.database.reading() as session:
        return article_views.version_of(bot, session, path.id, path.number).model_dump(mode="json")


@articles.post("/pictures", responses={201: ArticlePictureOut, **READ_ERRORS, 413: Problem})
@open_to(ARTICLE_WRITERS)
@takes(MAX_PICTURE_CHARS + 1024)
def add_article_picture(body: ArticlePictureIn) -> tuple[dict[str, Any], int]:
    """Keep a PNG or JPEG below 1 MB, told by its bytes."""
    try:
        content = base64.b64decode(body.content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(places=["content"]) from error
    kept = the_bot().article_pictures.keep(content, caller().username)
    return ArticlePictureOut(id=kept, url=f"{PICTURES}{kept}").model_dump(mode="json"), 201


@articles.get("/pictures/<int:id>", responses={200: BYTES, **READ_ERRORS})
@open_to(ARTICLE_READERS)
def show_article_picture(path: ArticlePath) -> Response:
    """A picture of articles."""
    image = the_bot().article_pictures.show(path.id)
    response = Response(image.content, content_type=image.media_type)
    # Its bytes never change: another picture has another number.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _words(body: ArticleWordsIn) -> Words:
    return Words(
        title=body.title.strip(),
        author=body.author.strip(),
        digest=body.digest.strip(),
        body=body.body,
        kind=body.kind,
        cover_id=body.cover_id,
        crop_235_1=body.crop_235_1,
        crop_1_1=body.crop_1_1,
        source_url=body.source_url.strip(),
        goal=body.goal.strip(),
    )


def _shown(article_id: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        return article_views.article(bot, session, article_id).model_dump(mode="json")
