"""What became of customers' matters, by what they were about."""

from datetime import timedelta
from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from api.auth import SUPERVISORS, open_to, the_bot
from api.handoff_schemas import MatterOut, MattersPage, MattersQuery
from api.schemas import Problem
from bot.handoff.matters import MatterVerdict, matter_counts

matters = APIBlueprint("matters", __name__, url_prefix="/api/matters", abp_tags=[Tag(name="matters")])


@matters.get("", responses={200: MattersPage, 401: Problem, 403: Problem, 422: Problem})
@open_to(SUPERVISORS)
def list_matters(query: MattersQuery) -> dict[str, Any]:
    """Solved, not solved, or a person was needed: counts by intent over the last days, most frequent first."""
    bot = the_bot()
    with bot.database.reading() as session:
        found = matter_counts(session, bot.clock.now() - timedelta(days=query.days))
    labels = bot.content.intent_labels
    items = [
        MatterOut(
            intent=intent,
            label=labels.get(intent, intent),
            solved=counts.get(MatterVerdict.SOLVED, 0),
            unsolved=counts.get(MatterVerdict.UNSOLVED, 0),
            human=counts.get(MatterVerdict.HUMAN, 0),
        )
        for intent, counts in sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0]))
    ]
    return MattersPage(items=items).model_dump(mode="json")
