"""报表: figures of any days with the words that define them, the chats behind each, and the same as a file."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import report_export, report_views
from api.auth import REPORT_ROLES, SUPERVISORS, caller, open_to, the_bot
from api.reading import me
from api.report_schemas import (
    BehindOut,
    BehindPage,
    BreakdownOut,
    BreakdownQuery,
    BusinessOut,
    DaysQuery,
    DrillQuery,
    HoursPage,
    MetricPath,
    ReportOut,
    ReportQuery,
)
from api.schemas import Problem
from api.tracing import doer
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.handoff import scope
from bot.reports.dictionary import BY_ID
from bot.reports.drilling import Page, behind
from bot.reports.figures import Wanted
from bot.reports.metrics import Dimension, Metric
from bot.staff.model import Role

LONGEST_DAYS = 366
EXPORT_PAGE = 500
MOST_EXPORTED = 10_000
READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
CSV: Any = {"content": {"text/csv": {"schema": {"type": "string"}}}}
reports = APIBlueprint("reports", __name__, url_prefix="/api/reports", abp_tags=[Tag(name="reports")])


@reports.get("", responses={200: ReportOut, **READ_ERRORS})
@open_to(REPORT_ROLES)
def show_report(query: ReportQuery) -> dict[str, Any]:
    """Every figure of these days that the caller's role may see, by day, and compared with as many days before."""
    bot, wanted = the_bot(), _wanted(query)
    with bot.database.reading() as session:
        return report_views.report(bot, session, wanted, caller().role).model_dump(mode="json")


@reports.get("/hours", responses={200: HoursPage, **READ_ERRORS})
@open_to(SUPERVISORS)
def show_hours(query: ReportQuery) -> dict[str, Any]:
    """How many asked for a person and how many reps were on duty, by weekday and hour."""
    bot, wanted = the_bot(), _wanted(query)
    with bot.database.reading() as session:
        return HoursPage(items=report_views.hours(bot, session, wanted)).model_dump(mode="json")


@reports.get("/breakdown", responses={200: BreakdownOut, **READ_ERRORS})
@open_to(REPORT_ROLES)
def show_breakdown(query: BreakdownQuery) -> dict[str, Any]:
    """The figures of each rep, branch, product, article, matter or desk, in the order of their names."""
    return _breakdown(query).model_dump(mode="json")


@reports.get("/business", responses={200: BusinessOut, **READ_ERRORS})
@open_to(REPORT_ROLES)
def show_business(query: DaysQuery) -> dict[str, Any]:
    """The way of loans from the first question to the money, and what is asked more and more."""
    bot, wanted = the_bot(), _days(query)
    with bot.database.reading() as session:
        return report_views.business_part(bot, session, wanted).model_dump(mode="json")


@reports.get("/<metric>/conversations", responses={200: BehindPage, 404: Problem, **READ_ERRORS})
@open_to(SUPERVISORS)
def list_conversations(path: MetricPath, query: DrillQuery) -> dict[str, Any]:
    """The chats behind a figure, newest first; written down."""
    bot, wanted, metric = the_bot(), _wanted(query), _with_chats(path.metric)
    with bot.database.transaction() as session:
        note(session, bot.clock.now(), doer(), Act.REPORT_DRILLED, Thing("report"), _told(wanted, metric.id))
    found = _behind(metric, wanted, query.before, query.limit)
    last = found[query.limit - 1].id if len(found) > query.limit else None
    return BehindPage(items=found[: query.limit], next=last).model_dump(mode="json")


@reports.get("/export", responses={200: CSV, **READ_ERRORS})
@open_to(REPORT_ROLES)
def export_days(query: ReportQuery) -> Response:
    """The figures by day as a file; written down."""
    bot, wanted = the_bot(), _wanted(query)
    with bot.database.reading() as session:
        found = report_views.report(bot, session, wanted, caller().role)
    metrics = [BY_ID[one.id] for one in found.metrics]
    return _as_file("days", "按日", wanted, report_export.of_days(metrics, found.days))


@reports.get("/breakdown/export", responses={200: CSV, **READ_ERRORS})
@open_to(REPORT_ROLES)
def export_breakdown(query: BreakdownQuery) -> Response:
    """The figures of each as a file; written down."""
    found, wanted = _breakdown(query), _days(query, query.desk)
    metrics = [BY_ID[name] for name in found.metrics]
    return _as_file(query.by, f"按{query.by}", wanted, report_export.of_rows(metrics, found))


@reports.get("/<metric>/export", responses={200: CSV, 404: Problem, **READ_ERRORS})
@open_to(SUPERVISORS)
def export_conversations(path: MetricPath, query: ReportQuery) -> Response:
    """The newest ten thousand chats behind a figure as a file, without names and phones; written down."""
    metric, wanted = _with_chats(path.metric), _wanted(query)
    rows = report_export.of_chats(_pages(metric, wanted))
    return _as_file(metric.id, metric.name, wanted, rows)


def _pages(metric: Metric, wanted: Wanted) -> list[list[BehindOut]]:
    """Read before the answer begins: while it is sent, the request and its rights are gone."""
    before: int | None = None
    pages = []
    for _ in range(MOST_EXPORTED // EXPORT_PAGE):
        found = _behind(metric, wanted, before, EXPORT_PAGE)
        pages.append(found[:EXPORT_PAGE])
        if len(found) <= EXPORT_PAGE:
            break
        before = found[EXPORT_PAGE - 1].id
    return pages


def _behind(metric: Metric, wanted: Wanted, before: int | None, limit: int) -> list[BehindOut]:
    bot = the_bot()
    with bot.database.reading() as session:
        page = Page(scope.readable_by(me(session)), before, limit)
        found = behind(session, metric.behind or "", wanted, bot.clock.now(), page)
        return report_views.behind(bot, session, found)


def _breakdown(query: BreakdownQuery) -> BreakdownOut:
    bot, role = the_bot(), caller().role
    if role is not Role.SUPERVISOR and query.by != "branch":
        raise NotAllowed(reason="role")
    dimension = Dimension.ALL if query.by == "desk" else Dimension(query.by)
    wanted = _days(query, query.desk, dimension)
    with bot.database.reading() as session:
        return report_views.breakdown(bot, session, wanted, query.by, role)


def _as_file(name: str, title: str, wanted: Wanted, rows: Any) -> Response:
    bot, who = the_bot(), doer()
    _note_export(who, wanted, title)
    head = report_export.watermark(wanted, who, bot.clock, title)
    return report_export.as_file(f"xinqiao-{name}-{wanted.first}-{wanted.last}", head, rows)


def _note_export(who: Doer, wanted: Wanted, title: str) -> None:
    bot = the_bot()
    with bot.database.transaction() as session:
        note(session, bot.clock.now(), who, Act.REPORT_EXPORTED, Thing("report"), _told(wanted, title))


def _told(wanted: Wanted, what: str) -> str:
    return f"{what} {wanted.first}/{wanted.last} {wanted.desk} {wanted.dimension.value} {wanted.key}".rstrip()


def _with_chats(metric_id: str) -> Metric:
    """The figure, if chats stand behind it. Raises NotFound."""
    metric = BY_ID.get(metric_id)
    if metric is None or metric.behind is None:
        raise NotFound(metric=metric_id)
    return metric


def _wanted(query: ReportQuery) -> Wanted:
    """Raises InvalidInput for no days or too many, NotAllowed for what only a supervisor may tell apart."""
    days = _days(query, query.desk, query.dimension)
    if (query.dimension is Dimension.ALL) != (query.key == ""):
        raise InvalidInput(places=["key"])
    if caller().role is not Role.SUPERVISOR and query.dimension not in (Dimension.ALL, Dimension.BRANCH):
        raise NotAllowed(reason="role")
    return Wanted(days.first, days.last, query.desk, query.dimension, query.key)


def _days(query: DaysQuery, desk: str = "*", dimension: Dimension = Dimension.ALL) -> Wanted:
    length = (query.last - query.first).days
    if not 0 <= length < LONGEST_DAYS:
        raise InvalidInput(places=["last"])
    if desk != "*" and desk not in the_bot().content.skills:
        raise InvalidInput(places=["desk"])
    return Wanted(query.first, query.last, desk, dimension)
