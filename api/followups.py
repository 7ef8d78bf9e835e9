"""Promises to customers: what is due, and what came of it."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.schemas import FollowupDoneIn, FollowupOut, FollowupsPage, HandoffPath, Problem
from bot.compliance.secrets import mask_secrets
from bot.customers.masking import mask_phone
from bot.followups.queries import open_promises

followups = APIBlueprint("followups", __name__, url_prefix="/api/followups", abp_tags=[Tag(name="followups")])


@followups.get("", responses={200: FollowupsPage, 401: Problem, 403: Problem})
@open_to(DESK_ROLES)
def list_followups() -> dict[str, Any]:
    """Open promises, soonest first."""
    bot = the_bot()
    now = bot.clock.now()
    with bot.database.reading() as session:
        found = [
            FollowupOut(
                id=row.id,
                label=label,
                skill=row.skill,
                owner=row.owner,
                reason=row.reason,
                phone=mask_phone(row.phone),
                due_at=row.due_at,
                slot_at=row.slot_at,
                is_overdue=row.due_at < now,
                conversation_id=row.conversation_id,
            )
            for row, label in open_promises(session)
        ]
    return FollowupsPage(items=found).model_dump(mode="json")


@followups.post("/<int:id>/done", responses={204: None, 401: Problem, 403: Problem, 404: Problem, 422: Problem})
@open_to(DESK_ROLES)
def finish_followup(path: HandoffPath, body: FollowupDoneIn) -> Response:
    """Record what came of a promise. Safe to repeat."""
    the_bot().promises.keep(path.id, caller().username, mask_secrets(body.result).text)
    return Response(status=204)
