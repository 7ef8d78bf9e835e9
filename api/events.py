"""The event stream's endpoint."""

import select
import socket
from itertools import chain
from typing import Any

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint, Tag

from api import auth
from api.auth import STREAM_ROLES, caller, open_to, the_bot
from api.event_feed import EventFeed, topics_of_rows
from api.event_stream import REPLAYED, stream
from api.events_schemas import EventsQuery, HeardOut, HeardQuery
from api.schemas import Problem
from bot.bootstrap import Bot
from bot.handoff.hearing import topics_of_person
from bot.outbox import first_id, last_id, read_after
from bot.staff.model import StaffMember

events = APIBlueprint("events", __name__, url_prefix="/api", abp_tags=[Tag(name="events")])


@events.get("/events", responses={401: Problem, 403: Problem, 422: Problem, 503: Problem})
@open_to(STREAM_ROLES, is_activity=False)
def follow_events(query: EventsQuery) -> Response:
    """Server-sent events from the one after Last-Event-ID on; `hello` or `reset` comes first."""
    bot = the_bot()
    feed: EventFeed = current_app.extensions["feed"]
    who = caller()
    token = request.cookies.get(auth.cookie_name(bot))
    header = request.headers.get("Last-Event-ID", "")
    after = int(header) if header.isascii() and header.isdigit() and len(header) < 16 else query.after
    line = request.environ.get("gunicorn.socket")
    frames = stream(bot, feed, who.username, after, lambda: _topics(bot, token), lambda: is_hung_up(line))
    # Started here, while a refusal can still be an answer of its own; what is started gives its place back when closed.
    opening = next(frames)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = Response(chain([opening], frames), mimetype="text/event-stream", headers=headers)
    response.call_on_close(frames.close)
    return response


@events.get("/events/heard", responses={200: HeardOut, 401: Problem, 403: Problem, 422: Problem})
@open_to(STREAM_ROLES)
def list_heard(query: HeardQuery) -> dict[str, Any]:
    """Which events of a stretch concern one: a page compares them with what it got, so that a loss would show.

    What moved on to somebody else since then is not among them.
    """
    bot = the_bot()
    watchers = bot.viewed.watchers()
    with bot.database.reading() as session:
        topics = topics_of_person(session.get_one(StaffMember, caller().username))
        rows = [row for row in read_after(session, query.after, limit=REPLAYED) if row.id <= query.until]
        about = topics_of_rows(session, rows, watchers)
        newest, oldest = last_id(session), first_id(session)
    ids = [row.id for row, heard in zip(rows, about, strict=True) if not heard.isdisjoint(topics)]
    is_whole = query.after + 1 >= (oldest or newest + 1) and len(rows) < REPLAYED
    return HeardOut(ids=ids, is_whole=is_whole, newest=newest).model_dump(mode="json")


def is_hung_up(line: socket.socket | None) -> bool:
    """True when the other end of a request's socket closed it; False without one. Reads nothing away."""
    if line is None:
        return False
    # Not select(), which cannot look at the thousandth connection.
    poller = select.poll()
    try:
        poller.register(line, select.POLLIN)
        return bool(poller.poll(0)) and line.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        # Closed at our own end meanwhile.
        return True


def _topics(bot: Bot, token: str | None) -> frozenset[str] | None:
    """What the person of this session hears now; None when the session ended."""
    who = auth.find_caller(bot, token)
    if who is None:
        return None
    with bot.database.reading() as session:
        return topics_of_person(session.get_one(StaffMember, who.username))
