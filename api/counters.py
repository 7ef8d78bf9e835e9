"""The desk at a glance."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from api.auth import DESK_ROLES, open_to, the_bot
from api.schemas import CountersOut, Problem
from bot.reports.queries import desk_counters

counters = APIBlueprint("counters", __name__, url_prefix="/api", abp_tags=[Tag(name="counters")])


@counters.get("/counters", responses={200: CountersOut, 401: Problem, 403: Problem})
@open_to(DESK_ROLES)
def show_counters() -> dict[str, Any]:
    """Counts now, and today's figures."""
    bot = the_bot()
    with bot.database.reading() as session:
        return CountersOut.model_validate(desk_counters(session, bot.clock.now())).model_dump(mode="json")
