"""What supervisors should look at."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from api.alerts_schemas import AlertOut, AlertPath, AlertsPage, AlertsQuery
from api.auth import SUPERVISORS, caller, open_to, the_bot
from api.schemas import Problem
from bot.alerts import queries
from bot.alerts.model import CLOSED_BY_HAND, Alert
from bot.alerts.service import close_by_hand, see

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
alerts = APIBlueprint("alerts", __name__, url_prefix="/api/alerts", abp_tags=[Tag(name="alerts")])


@alerts.get("", responses={200: AlertsPage, 401: Problem, 403: Problem, 422: Problem})
@open_to(SUPERVISORS, is_activity=False)
def list_alerts(query: AlertsQuery) -> dict[str, Any]:
    """Alerts that are going on, or closed ones; newest first."""
    with the_bot().database.reading() as session:
        found = queries.page(session, is_closed=query.state == "closed", before=query.before, limit=query.limit)
        open_count = queries.count_open(session)
    shown = found[: query.limit]
    last = shown[-1].id if len(found) > query.limit else None
    return AlertsPage(items=[_alert(row) for row in shown], open=open_count, next=last).model_dump(mode="json")


@alerts.post("/<int:id>/seen", responses={200: AlertOut, **ERRORS})
@open_to(SUPERVISORS)
def see_alert(path: AlertPath) -> dict[str, Any]:
    """Somebody looks after it. Safe to repeat."""
    bot = the_bot()
    with bot.database.transaction() as session:
        row = see(session, path.id, caller().username, bot.clock.now())
    return _alert(row).model_dump(mode="json")


@alerts.post("/<int:id>/close", responses={200: AlertOut, 409: Problem, **ERRORS})
@open_to(SUPERVISORS)
def close_alert(path: AlertPath) -> dict[str, Any]:
    """Dealt with; 409 for an alert that ends with its cause. Safe to repeat."""
    bot = the_bot()
    with bot.database.transaction() as session:
        row = close_by_hand(session, path.id, caller().username, bot.clock.now())
    return _alert(row).model_dump(mode="json")


def _alert(row: Alert) -> AlertOut:
    skill = the_bot().content.skills.get(row.skill or "")
    facts = {name: getattr(row, name) for name in AlertOut.model_fields if hasattr(row, name)}
    more = {"skill_name": skill.name if skill else None, "ends_by_hand": row.kind in CLOSED_BY_HAND}
    return AlertOut.model_validate({**facts, **more})
