"""The message window: lines that wait for more words, an invitation before it ends, and calls in its place."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import window_views
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.handoff_schemas import HandoffPath
from api.reading import check_readable, me
from api.schemas import Problem
from api.window_schemas import CallIn, CallOut, CallTimesOut
from bot.compliance.secrets import mask_secrets
from bot.errors import InvalidInput
from bot.handoff import scope
from bot.rescue.calls import Wanted
from bot.rescue.calls import call_times as find_call_times

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
window = APIBlueprint("window", __name__, url_prefix="/api/handoffs", abp_tags=[Tag(name="window")])


@window.post("/<int:id>/replies/flush", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def flush_replies(path: HandoffPath) -> Response:
    """Send at once what waits for more words. Safe to repeat."""
    _check_seen(path.id)
    the_bot().rep_replies.flush(path.id, caller().username)
    return Response(status=204)


@window.post("/<int:id>/invitation", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def invite(path: HandoffPath) -> Response:
    """Ask the customer, in approved words, to write again before the window ends; once per window. Safe to repeat."""
    _check_seen(path.id)
    the_bot().rescues.invite(path.id, caller().username)
    return Response(status=204)


@window.get("/<int:id>/call-times", responses={200: CallTimesOut, **ERRORS})
@open_to(DESK_ROLES)
def list_call_times(path: HandoffPath) -> dict[str, Any]:
    """When this chat's desk can phone its customer, soonest first."""
    check_readable(path.id)
    bot = the_bot()
    now = bot.clock.now()
    with bot.database.reading() as session:
        row = scope.get_readable(session, path.id, me(session))
        times = find_call_times(session, row, bot.content, now)
        return window_views.call_times(session, row, times, now).model_dump(mode="json")


@window.post("/<int:id>/followups", responses={201: CallOut, **ERRORS})
@open_to(DESK_ROLES)
def promise_call(path: HandoffPath, body: CallIn) -> tuple[dict[str, Any], int]:
    """Promise the customer a call; a chat has one open promise of its desk, which a repeat changes."""
    check_readable(path.id)
    bot = the_bot()
    reason = mask_secrets(body.reason.strip()).text
    if not reason:
        raise InvalidInput(places=["reason"])
    wanted = Wanted(reason, body.slot_at, body.due_at)
    promised = bot.calls.promise_call(path.id, caller().username, wanted, bot.content)
    return CallOut.model_validate(promised).model_dump(mode="json"), 201


def _check_seen(conversation_id: int) -> None:
    """Raises NotFound, before anything else is said of a chat that this person may not read."""
    bot = the_bot()
    with bot.database.reading() as session:
        scope.get_readable(session, conversation_id, me(session))
