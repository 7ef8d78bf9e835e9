"""/sim/*: how tests and the phone page move the simulated world. JSON in and out; errors are 400, 404 or 409."""

from flask import Blueprint, Response

from simulator.bank.events import BadEvent
from simulator.control import articles, bank, followers, state
from simulator.control.body import BadControl, error_response
from simulator.errors import ApiError
from simulator.faults import BadFaults
from simulator.push.fields import BadAction, WrongState
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The control API."""
    area = Blueprint("control", __name__, url_prefix="/sim")
    for part in (followers, state, bank, articles):
        part.add_to(area, world)

    @area.errorhandler(BadControl)
    def refuse(error: BadControl) -> Response:
        return error_response(str(error), error.status)

    @area.errorhandler(WrongState)
    def refuse_state(error: WrongState) -> Response:
        return error_response(str(error), 409)

    @area.errorhandler(BadAction)
    @area.errorhandler(BadFaults)
    @area.errorhandler(BadEvent)
    def refuse_document(error: Exception) -> Response:
        return error_response(str(error), 400)

    @area.errorhandler(ApiError)
    def not_found(error: ApiError) -> Response:
        return error_response(str(error.as_reply()["errmsg"]), 404)

    return area
