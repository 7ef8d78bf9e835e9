"""Complaints: what runs on which clock, more time for one, and its end."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api.auth import DESK_ROLES, SUPERVISORS, caller, open_to, the_bot
from api.schemas import (
    ComplaintCloseIn,
    ComplaintOut,
    ComplaintsPage,
    ComplaintsQuery,
    ExtendedOut,
    ExtensionIn,
    HandoffPath,
    Problem,
)
from bot.clock import local_day
from bot.complaints.model import Complaint
from bot.complaints.queries import complaint_page
from bot.compliance.secrets import mask_secrets
from bot.customers.masking import mask_phone
from bot.customers.model import Follower
from bot.staff.model import Role

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
complaints = APIBlueprint("complaints", __name__, url_prefix="/api/complaints", abp_tags=[Tag(name="complaints")])


@complaints.get("", responses={200: ComplaintsPage, 401: Problem, 403: Problem, 422: Problem})
@open_to(DESK_ROLES)
def list_complaints(query: ComplaintsQuery) -> dict[str, Any]:
    """Complaints in one state, soonest due first; a rep does not see those about himself."""
    bot = the_bot()
    hidden_from = None if caller().role is Role.SUPERVISOR else caller().username
    with bot.database.reading() as session:
        rows = complaint_page(session, query.state, hidden_from=hidden_from)
    today = local_day(bot.clock.now())
    items = [_shown(row, follower, (row.due_on - today).days) for row, follower in rows]
    return ComplaintsPage(items=items).model_dump(mode="json")


@complaints.post("/<int:id>/take", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def take_complaint(path: HandoffPath) -> Response:
    """Become its handler; 403 for the rep it is about. Safe to repeat."""
    the_bot().complaints.take(path.id, caller().username)
    return Response(status=204)


@complaints.post("/<int:id>/extension", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def ask_extension(path: HandoffPath, body: ExtensionIn) -> Response:
    """Ask for more time, with the reason the customer will read."""
    the_bot().complaints.ask_extension(path.id, caller().username, mask_secrets(body.reason).text)
    return Response(status=204)


@complaints.post("/<int:id>/extension/approve", responses={200: ExtendedOut, **ERRORS})
@open_to(SUPERVISORS)
def approve_extension(path: HandoffPath) -> dict[str, Any]:
    """Grant more time and tell the customer; 403 for the one who asked."""
    is_told = the_bot().complaints.approve_extension(path.id, caller().username)
    return ExtendedOut(is_told=is_told).model_dump()


@complaints.post("/<int:id>/close", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def close_complaint(path: HandoffPath, body: ComplaintCloseIn) -> Response:
    """End it with the result the customer was told; 409 when it cannot be sent here: phone him, then say so."""
    the_bot().complaints.close(path.id, caller().username, mask_secrets(body.result).text, body.told_by)
    return Response(status=204)


def _shown(row: Complaint, follower: Follower, days_left: int) -> ComplaintOut:
    return ComplaintOut.model_validate(
        {
            **{name: getattr(row, name) for name in ComplaintOut.model_fields if hasattr(row, name)},
            "label": follower.label,
            "phone": mask_phone(follower.phone),
            "days_left": days_left,
            "is_extension_asked": row.extension_asked_by is not None and row.extended_by is None,
        }
    )
