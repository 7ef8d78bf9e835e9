"""Acts on a chat beyond the rep's usual ones: given to somebody, taken over, given back to the bot, wrapped up."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api.auth import DESK_ROLES, SUPERVISORS, caller, open_to, the_bot
from api.closing import promise_of
from api.handoff_schemas import CloseIn, HandoffOut, HandoffPath
from api.handoff_views import show
from api.reading import get_seen_by_desk
from api.schemas import Problem
from api.supervising_schemas import AssignIn, ReturnIn, TakeOverIn
from api.tracing import doer
from bot.compliance.secrets import mask_secrets
from bot.errors import InvalidInput
from bot.staff.model import Role, StaffMember

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
supervising = APIBlueprint("supervising", __name__, url_prefix="/api/handoffs", abp_tags=[Tag(name="handoffs")])


@supervising.post("/<int:id>/assign", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def assign_handoff(path: HandoffPath, body: AssignIn) -> Response:
    """Give a waiting, offered or active chat to a rep with room, without asking him."""
    _check_at_desk(path.id)
    _check_serves(body.rep)
    the_bot().supervision.assign(path.id, doer(), body.rep, mask_secrets(body.note).text)
    return Response(status=204)


@supervising.post("/<int:id>/takeover", responses={200: HandoffOut, **ERRORS})
@open_to(SUPERVISORS)
def take_over_handoff(path: HandoffPath, body: TakeOverIn) -> dict[str, Any]:
    """Serve the chat oneself from now on."""
    _check_at_desk(path.id)
    the_bot().supervision.take_over(path.id, doer(), mask_secrets(body.note).text)
    return show(the_bot(), path.id)


@supervising.post("/<int:id>/return", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def return_handoff(path: HandoffPath, body: ReturnIn) -> Response:
    """Give an active chat back to the bot, with what was done; one's own, or a supervisor anybody's."""
    bot = the_bot()
    _check_at_desk(path.id)
    of = None if caller().role is Role.SUPERVISOR else caller().username
    note = mask_secrets(body.note).text
    bot.supervision.give_back(path.id, doer(), note, bot.handovers.asked_of(path.id), of=of)
    bot.handovers.tell_returned(path.id)
    return Response(status=204)


@supervising.post("/<int:id>/wrapped", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def end_wrap_up(path: HandoffPath) -> Response:
    """Done with a closed chat before its wrap-up ends by itself."""
    _check_at_desk(path.id)
    the_bot().desk.wrap_up(path.id, caller().username)
    return Response(status=204)


@supervising.put("/<int:id>/outcome", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def correct_outcome(path: HandoffPath, body: CloseIn) -> Response:
    """Say better how one's chat ended, while it is wrapped up; a call back is promised if it now ends with one."""
    _check_at_desk(path.id)
    note = mask_secrets(body.note).text
    the_bot().desk.correct_outcome(path.id, caller().username, body.outcome, note, promise_of(body.outcome, body.note))
    return Response(status=204)


def _check_at_desk(handoff_id: int) -> None:
    with the_bot().database.reading() as session:
        get_seen_by_desk(session, handoff_id)


def _check_serves(username: str) -> None:
    """Raises InvalidInput unless this colleague serves customers."""
    with the_bot().database.reading() as session:
        person = session.get(StaffMember, username)
    if person is None or not person.is_enabled or person.role not in DESK_ROLES:
        raise InvalidInput(places=["rep"])
