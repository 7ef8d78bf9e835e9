"""The desk at a glance."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from api.auth import DESK_ROLES, open_to, the_bot
from api.handoff_schemas import CountersOut
from api.reading import me
from api.schemas import Problem
from bot.reports.queries import desk_counters

counters = APIBlueprint("counters", __name__, url_prefix="/api", abp_tags=[Tag(name="counters")])


@counters.get("/counters", responses={200: CountersOut, 401: Problem, 403: Problem})
@open_to(DESK_ROLES)
def show_counters() -> dict[str, Any]:
    """Counts now of what one sees, and the centre's figures of today."""
    bot = the_bot()
    with bot.database.reading() as session:
        found = desk_counters(session, bot.clock.now(), me(session))
    return CountersOut.model_validate(found).model_dump(mode="json")
