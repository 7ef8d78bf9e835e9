"""The live board of supervisors, and setting a rep's status from it."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api.auth import SUPERVISORS, open_to, the_bot
from api.board_schemas import BoardOut, ForcedStatusIn, RepPath
from api.schemas import Problem
from api.tracing import doer
from bot.board.model import DeskNow, RepNow
from bot.board.queries import board as read_board
from bot.errors import QueueUnavailable
from bot.handoff.rules import NO_OFFERS_AFTER_S

board = APIBlueprint("board", __name__, url_prefix="/api", abp_tags=[Tag(name="board")])


@board.get("/board", responses={200: BoardOut, 401: Problem, 403: Problem})
@open_to(SUPERVISORS, is_activity=False)
def show_board() -> dict[str, Any]:
    """Desks, reps and who waits, at this moment."""
    bot = the_bot()
    with bot.database.reading() as session:
        desks = bot.desk.routing.rules(session)
        found = read_board(session, bot.content.skills, desks, _silences(), bot.clock.now())
    out = asdict(found) | {"desks": [_desk(one) for one in found.desks], "reps": [_rep(one) for one in found.reps]}
    return BoardOut.model_validate(out).model_dump(mode="json")


@board.put(
    "/reps/<username>/status",
    responses={204: None, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem},
)
@open_to(SUPERVISORS)
def force_status(path: RepPath, body: ForcedStatusIn) -> Response:
    """Set a rep's status; he is told, and it is written down. 409: nobody is made ready whose screen is not alive."""
    the_bot().forcing.set_status(path.username, body.status, doer())
    return Response(status=204)


def _silences() -> dict[str, float]:
    try:
        return the_bot().desk.routing.queue.silences()
    except QueueUnavailable:
        return {}


def _desk(one: DeskNow) -> dict[str, Any]:
    return asdict(one) | {"name": the_bot().content.skills[one.skill].name}


def _rep(one: RepNow) -> dict[str, Any]:
    is_connected = one.silent_s is not None and one.silent_s < NO_OFFERS_AFTER_S
    return asdict(one) | {"is_connected": is_connected}
