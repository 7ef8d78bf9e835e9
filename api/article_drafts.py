"""图文: the draft in the platform's box, and previews to named testers."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import article_views
from api.article_schemas import (
    ArticlePath,
    ArticlePreviewIn,
    ArticlePreviewResult,
    ArticlePreviewsOut,
    ArticleRevisionIn,
    ArticleTesterIn,
    ArticleTesters,
    ArticleVersionOut,
)
from api.articles import READ_ERRORS
from api.auth import ARTICLE_READERS, ARTICLE_WRITERS, open_to, the_bot
from api.schemas import Problem
from api.tracing import doer
from bot.articles import queries
from bot.articles.drafts import MAIN
from bot.articles.previews import A_DAY, used_today
from bot.audit.model import Act
from bot.audit.service import Thing, note

ERRORS: Any = {**READ_ERRORS, 409: Problem, 503: Problem}
article_drafts = APIBlueprint("article_drafts", __name__, url_prefix="/api", abp_tags=[Tag(name="articles")])


@article_drafts.get("/article-versions/<int:id>", responses={200: ArticleVersionOut, **READ_ERRORS})
@open_to(ARTICLE_READERS)
def show_version(path: ArticlePath) -> dict[str, Any]:
    """One version with its words, by its own id: what a campaign sends."""
    return _version(path.id)


@article_drafts.post("/article-versions/<int:id>/draft", responses={200: ArticleVersionOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def keep_draft(path: ArticlePath) -> dict[str, Any]:
    """Put a sealed version into the platform's draft box; a repeat finds the one that is there."""
    the_bot().article_drafts.ensure(path.id, MAIN)
    return _version(path.id)


@article_drafts.post("/article-versions/<int:id>/draft/look", responses={200: ArticleVersionOut, **ERRORS})
@open_to(ARTICLE_READERS)
def look_at_draft(path: ArticlePath) -> dict[str, Any]:
    """Ask the platform whether somebody changed the draft in its own console."""
    the_bot().article_drafts.look(path.id)
    return _version(path.id)


@article_drafts.post("/article-versions/<int:id>/draft/overwrite", responses={200: ArticleVersionOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def overwrite_draft(path: ArticlePath) -> dict[str, Any]:
    """以我们的为准: put our content into the draft again."""
    bot = the_bot()
    bot.article_drafts.overwrite(path.id)
    with bot.database.transaction() as session:
        note(session, bot.clock.now(), doer(), Act.DRAFT_OVERWRITTEN, Thing("article_version", path.id))
    return _version(path.id)


@article_drafts.post("/article-versions/<int:id>/draft/take-back", responses={200: ArticleVersionOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def take_draft_back(path: ArticlePath, body: ArticleRevisionIn) -> dict[str, Any]:
    """取回: what was changed there becomes the open version here."""
    return _version(the_bot().taking_back.take(path.id, body.revision, doer()).id)


@article_drafts.post("/article-versions/<int:id>/preview", responses={200: ArticlePreviewsOut, **ERRORS})
@open_to(ARTICLE_WRITERS)
def send_preview(path: ArticlePath, body: ArticlePreviewIn) -> dict[str, Any]:
    """Show a version to testers; each counts against the day's hundred."""
    bot = the_bot()
    told = bot.article_previews.send(path.id, body.testers, doer())
    items = [ArticlePreviewResult(tester=tester, outcome=outcome) for tester, outcome in told.items()]
    with bot.database.reading() as session:
        remain = max(A_DAY - used_today(session, bot.clock), 0)
    return ArticlePreviewsOut(items=items, remain=remain).model_dump(mode="json")


@article_drafts.get("/article-testers", responses={200: ArticleTesters, **READ_ERRORS})
@open_to(ARTICLE_READERS)
def list_testers() -> dict[str, Any]:
    """Testers, and what is left of the day's previews."""
    return _testers()


@article_drafts.post("/article-testers", responses={201: ArticleTesters, **ERRORS})
@open_to(ARTICLE_WRITERS)
def add_tester(body: ArticleTesterIn) -> tuple[dict[str, Any], int]:
    """Make a follower a tester, or rename one; 404 for somebody who does not follow."""
    the_bot().article_previews.add_tester(body.openid, body.label, doer())
    return _testers(), 201


@article_drafts.delete("/article-testers/<int:id>", responses={204: None, **READ_ERRORS})
@open_to(ARTICLE_WRITERS)
def remove_tester(path: ArticlePath) -> Response:
    """Show him nothing any more."""
    the_bot().article_previews.remove_tester(path.id, doer())
    return Response(status=204)


def _version(version_id: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        row = queries.get_version(session, version_id)
        return article_views.version(bot, session, row).model_dump(mode="json")


def _testers() -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        return article_views.testers(bot, session).model_dump(mode="json")
