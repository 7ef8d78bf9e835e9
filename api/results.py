"""效果: what came of campaigns, with the words that define each figure, the followers behind it, and the same as a
file.
"""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import report_export, result_export, result_views
from api.auth import CAMPAIGN_ROLES, caller, open_to, the_bot
from api.reading import me
from api.report_schemas import Day
from api.reports import CSV, LONGEST_DAYS
from api.result_schemas import (
    CampaignResultOut,
    ResultBreakdownOut,
    ResultBreakdownQuery,
    ResultDrillQuery,
    ResultFigurePath,
    ResultFollowersPage,
    ResultPath,
    ResultsOut,
    ResultsQuery,
)
from api.schemas import Problem
from api.tracing import doer
from bot.audit.model import Act
from bot.audit.service import Thing, has_just_looked, note
from bot.campaigns.acting import found
from bot.errors import InvalidInput, NotFound
from bot.handoff import scope
from bot.handoff.model import Conversation
from bot.results import figures
from bot.results.dictionary import BY_ID, METRICS
from bot.results.drilling import Behind, Narrowed, behind
from bot.results.metrics import By
from bot.staff.model import Role

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem}
results = APIBlueprint("results", __name__, url_prefix="/api/results", abp_tags=[Tag(name="results")])


@results.get("", responses={200: ResultsOut, **READ_ERRORS})
@open_to(CAMPAIGN_ROLES)
def show_results(query: ResultsQuery) -> dict[str, Any]:
    """All campaigns that began on these days, together and one by one."""
    return _overview(query).model_dump(mode="json")


@results.get("/export", responses={200: CSV, **READ_ERRORS})
@open_to(CAMPAIGN_ROLES)
def export_results(query: ResultsQuery) -> Response:
    """The campaigns of these days as a file; written down."""
    shown = [one for one in METRICS if By.CAMPAIGN in one.by]
    rows = result_export.of_campaigns(shown, _overview(query).rows)
    days = f"{query.first} 至 {query.last}"
    return _as_file(f"results-{query.first}-{query.last}", "按活动", days, Thing("results"), rows)


@results.get("/campaigns/<int:id>", responses={200: CampaignResultOut, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def show_campaign_result(path: ResultPath) -> dict[str, Any]:
    """All that came of one campaign."""
    bot = the_bot()
    with bot.database.reading() as session:
        campaign = found(session, path.id, lock=False)
        return result_views.result(bot, session, campaign).model_dump(mode="json")


@results.get("/campaigns/<int:id>/breakdown", responses={200: ResultBreakdownOut, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def show_result_breakdown(path: ResultPath, query: ResultBreakdownQuery) -> dict[str, Any]:
    """Its figures by variant, branch, product or day."""
    return _breakdown(path.id, By(query.by)).model_dump(mode="json")


@results.get("/campaigns/<int:id>/export", responses={200: CSV, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def export_campaign_result(path: ResultPath) -> Response:
    """Its figures as a file; written down."""
    with the_bot().database.reading() as session:
        name = found(session, path.id, lock=False).name
        sums = figures.total(session, [path.id])
    rows = result_export.of_one(METRICS, sums)
    return _as_file(f"campaign-{path.id}", name, f"活动 {path.id}", Thing("campaign", path.id), rows)


@results.get("/campaigns/<int:id>/breakdown/export", responses={200: CSV, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def export_result_breakdown(path: ResultPath, query: ResultBreakdownQuery) -> Response:
    """Its figures by variant, branch, product or day as a file; written down."""
    told = _breakdown(path.id, By(query.by))
    rows = result_export.of_breakdown([BY_ID[name] for name in told.metrics], told)
    about = f"活动 {path.id}"
    return _as_file(f"campaign-{path.id}-{query.by}", f"按{query.by}", about, Thing("campaign", path.id), rows)


@results.get("/campaigns/<int:id>/<metric>/followers", responses={200: ResultFollowersPage, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def list_result_followers(path: ResultFigurePath, query: ResultDrillQuery) -> dict[str, Any]:
    """The followers behind a figure, masked, and the chats of those whose chats the caller may read; written down."""
    bot, one = the_bot(), BY_ID.get(path.metric)
    if one is None or one.behind is None:
        raise NotFound(metric=path.metric)
    if (query.by is By.ALL) != (query.key == ""):
        raise InvalidInput(places=["key"])
    with bot.database.reading() as session:
        found(session, path.id, lock=False)
        rows = behind(session, one.behind, Narrowed((path.id,), query.by, query.key), query.after, query.limit)
        shown = rows[: query.limit]
        items = result_views.followers(shown, _readable(session, shown))
    _note_look(path)
    more = items[-1].follower_id if len(rows) > query.limit else None
    return ResultFollowersPage(items=items, next=more).model_dump(mode="json")


def _readable(session: Session, rows: list[Behind] | Any) -> frozenset[int]:
    """The chats of these rows that the caller may read."""
    if caller().role is not Role.SUPERVISOR:
        return frozenset()
    chats = [one.conversation_id for one in rows if one.conversation_id is not None]
    mine = select(Conversation.id).where(Conversation.id.in_(chats), scope.readable_by(me(session)))
    return frozenset(session.scalars(mine))


def _overview(query: ResultsQuery) -> ResultsOut:
    _check_days(query.first, query.last)
    bot = the_bot()
    with bot.database.reading() as session:
        return result_views.overview(bot, session, query.first, query.last)


def _breakdown(campaign_id: int, by: By) -> ResultBreakdownOut:
    bot = the_bot()
    with bot.database.reading() as session:
        found(session, campaign_id, lock=False)
        return result_views.breakdown(bot, session, campaign_id, by)


def _check_days(first: Day, last: Day) -> None:
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise InvalidInput(places=["last"])


def _as_file(name: str, title: str, about: str, thing: Thing, rows: Any) -> Response:
    bot, who = the_bot(), doer()
    with bot.database.transaction() as session:
        note(session, bot.clock.now(), who, Act.REPORT_EXPORTED, thing, f"效果 {title} {about}")
    head = result_export.watermark(who, bot.clock, title, about)
    return report_export.as_file(f"xinqiao-{name}", head, rows)


def _note_look(path: ResultFigurePath) -> None:
    bot, thing = the_bot(), Thing("campaign", path.id)
    with bot.database.transaction() as session:
        now = bot.clock.now()
        if not has_just_looked(session, now, caller().username, thing, Act.RECIPIENTS_READ):
            note(session, now, doer(), Act.RECIPIENTS_READ, thing, path.metric)
