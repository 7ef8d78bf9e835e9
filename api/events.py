"""The event stream's endpoint."""

from itertools import chain

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint, Tag

from api import auth
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.event_feed import EventFeed
from api.event_stream import stream
from api.schemas import EventsQuery, Problem
from bot.bootstrap import Bot
from bot.handoff.hearing import topics_of_person
from bot.staff.model import StaffMember

events = APIBlueprint("events", __name__, url_prefix="/api", abp_tags=[Tag(name="events")])


@events.get("/events", responses={401: Problem, 403: Problem, 422: Problem, 503: Problem})
@open_to(DESK_ROLES, is_activity=False)
def follow_events(query: EventsQuery) -> Response:
    """Server-sent events from the one after Last-Event-ID on; `hello` or `reset` comes first."""
    bot = the_bot()
    feed: EventFeed = current_app.extensions["feed"]
    who = caller()
    token = request.cookies.get(auth.cookie_name(bot))
    header = request.headers.get("Last-Event-ID", "")
    after = int(header) if header.isascii() and header.isdigit() and len(header) < 16 else query.after
    frames = stream(bot, feed, who.username, after, lambda: _topics(bot, token))
    # Started here, while a refusal can still be an answer of its own; what is started gives its place back when closed.
    opening = next(frames)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = Response(chain([opening], frames), mimetype="text/event-stream", headers=headers)
    response.call_on_close(frames.close)
    return response


def _topics(bot: Bot, token: str | None) -> frozenset[str] | None:
    """What the person of this session hears now; None when the session ended."""
    who = auth.find_caller(bot, token)
    if who is None:
        return None
    with bot.database.reading() as session:
        return topics_of_person(session.get_one(StaffMember, who.username))
