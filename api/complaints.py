"""Complaints: what runs on which clock, more time for one, and its end."""

from datetime import date
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy.orm import Session

from api import complaint_views
from api.auth import DESK_ROLES, SUPERVISORS, caller, open_to, the_bot
from api.complaint_schemas import (
    ComplaintCloseIn,
    ComplaintDetail,
    ComplaintNoteIn,
    ComplaintPath,
    ComplaintRows,
    ComplaintsPageQuery,
    DossierIn,
    DossierOut,
    ExtendedOut,
    ExtensionIn,
    HandlerIn,
)
from api.cursors import cursor_of, parts_of
from api.handoff_schemas import HandoffPath
from api.reading import me
from api.schemas import Problem
from api.tracing import doer
from bot.audit.model import Act
from bot.audit.service import Thing, note
from bot.complaints.dossier import Taker
from bot.complaints.handling import handles
from bot.complaints.model import Complaint
from bot.complaints.queries import Place, complaint_page, find_complaint
from bot.compliance.secrets import mask_secrets
from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.staff.model import Role

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
complaints = APIBlueprint("complaints", __name__, url_prefix="/api/complaints", abp_tags=[Tag(name="complaints")])


@complaints.get("", responses={200: ComplaintRows, 401: Problem, 403: Problem, 422: Problem})
@open_to(DESK_ROLES)
def list_complaints(query: ComplaintsPageQuery) -> dict[str, Any]:
    """Complaints in one state, open ones soonest due first; a rep does not see those about himself."""
    after = _place(query.cursor) if query.cursor is not None else None
    with the_bot().database.reading() as session:
        found = complaint_page(session, query.state, hidden_from=_hidden_from(), after=after, limit=query.limit)
        items = complaint_views.rows(the_bot(), session, me(session), found[: query.limit])
    more = cursor_of(items[-1].due_on.isoformat(), items[-1].id) if len(found) > query.limit else None
    return ComplaintRows(items=items, next=more).model_dump(mode="json")


@complaints.get("/<int:id>", responses={200: ComplaintDetail, 401: Problem, 403: Problem, 404: Problem, 422: Problem})
@open_to(DESK_ROLES)
def show_complaint(path: ComplaintPath) -> dict[str, Any]:
    """One complaint; its notes for its handler and for supervisors, who may handle it for supervisors."""
    bot = the_bot()
    with bot.database.reading() as session:
        row, person = _get_seen(session, path.id), me(session)
        shown = complaint_views.detail(bot, session, person, row)
    return shown.model_dump(mode="json")


@complaints.post("/<int:id>/handler", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def assign_complaint(path: ComplaintPath, body: HandlerIn) -> Response:
    """Give it to somebody of the complaints' desk, never to whom it is about. Safe to repeat."""
    the_bot().complaint_handling.assign(path.id, body.username)
    return Response(status=204)


@complaints.post("/<int:id>/notes", responses={204: None, 401: Problem, 403: Problem, 404: Problem, 422: Problem})
@open_to(DESK_ROLES)
def add_complaint_note(path: ComplaintPath, body: ComplaintNoteIn) -> Response:
    """Write down what was found out; for its handler and supervisors."""
    bot = the_bot()
    with bot.database.reading() as session:
        person = me(session)
        _get_seen(session, path.id)
    bot.complaint_handling.write_note(path.id, person, mask_secrets(body.text.strip()).text)
    return Response(status=204)


@complaints.post("/<int:id>/file", responses={200: DossierOut, 401: Problem, 403: Problem, 404: Problem, 422: Problem})
@open_to(DESK_ROLES)
def take_file_out(path: ComplaintPath, body: DossierIn) -> dict[str, Any]:
    """The whole file with a watermark; for its handler and supervisors, with the reason written down."""
    bot, now = the_bot(), the_bot().clock.now()
    with bot.database.transaction() as session:
        row, person = _get_seen(session, path.id), me(session)
        if not handles(row, person):
            raise NotAllowed(reason="not_the_handler")
        made = complaint_views.dossier(session, row, Taker(person.username, person.display_name, now, body.reason))
        thing = Thing("complaint", row.id, row.follower_id)
        note(session, now, doer(), Act.COMPLAINT_EXPORTED, thing, f"{body.reason}（{made.sha256[:12]}）")
    return DossierOut.model_validate(made).model_dump()


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


def _hidden_from() -> str | None:
    """Supervisors see all; they do not handle those about themselves."""
    return None if caller().role is Role.SUPERVISOR else caller().username


def _get_seen(session: Session, complaint_id: int) -> Complaint:
    """Raises NotFound, alike for one about the caller."""
    row = find_complaint(session, complaint_id, hidden_from=_hidden_from())
    if row is None:
        raise NotFound(complaint_id=complaint_id)
    return row


def _place(cursor: str) -> Place:
    due_on, last = parts_of(cursor, str, int)
    try:
        return Place(date.fromisoformat(due_on), last)
    except ValueError as error:
        raise InvalidInput(places=["cursor"]) from error
