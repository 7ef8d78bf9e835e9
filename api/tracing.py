"""The number of a request: in its answer, and in every act that is written down because of it."""

import re
import uuid

from flask import Flask, Response, g, request

from api.auth import caller
from bot.audit.service import Doer

HEADER = "X-Request-Id"
_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


def doer() -> Doer:
    """The signed-in person of this request, for what is written down. Raises NotSignedIn."""
    return Doer(caller().username, g.request_id)


def register(app: Flask) -> None:
    """Number every request; the number of a proxy in front of us is kept."""

    @app.before_request
    def number_request() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _NUMBER.fullmatch(given) else uuid.uuid4().hex

    @app.after_request
    def tell_number(response: Response) -> Response:
        response.headers[HEADER] = g.get("request_id", "")
        return response
