"""The desk's inbox: its lists, and how far the signed-in person has read."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import handoff_views
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.handoff_schemas import HandoffPath
from api.inbox_schemas import HandoffPage, InboxQuery, ReadIn
from api.reading import me
from api.schemas import Problem
from bot.handoff import scope
from bot.handoff.listing import AT_THE_DESK, Wanted, page_of
from bot.handoff.markers import mark
from bot.handoff.model import Owner
from bot.handoff.orders import WAITING, Sort
from bot.handoff.queries import by_window
from bot.handoff.transitions import get_locked

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
inbox = APIBlueprint("inbox", __name__, url_prefix="/api/handoffs", abp_tags=[Tag(name="handoffs")])


@inbox.get("", responses={200: HandoffPage, **ERRORS})
@open_to(DESK_ROLES)
def list_handoffs(query: InboxQuery) -> dict[str, Any]:
    """Conversations that went to the desk, filtered and in one of three orders, page by page in both directions."""
    bot = the_bot()
    wanted = _wanted(query)
    sort = query.sort or (Sort.WAITING if set(wanted.owners) <= set(WAITING) else Sort.NEWEST)
    with bot.database.reading() as session:
        found = page_of(
            session,
            me(session),
            wanted,
            sort,
            bot.clock.now(),
            by_window=by_window(bot.desk.routing.rules(session)),
            cursor=query.cursor,
            limit=query.limit,
        )
        items = handoff_views.items(bot, session, found.rows)
    return HandoffPage(items=items, next=found.next, previous=found.previous).model_dump(mode="json")


@inbox.put("/<int:id>/read", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def keep_place(path: HandoffPath, body: ReadIn) -> Response:
    """The signed-in person has seen the chat up to this line. Safe to repeat, in any order."""
    bot = the_bot()
    with bot.database.transaction() as session:
        scope.get_readable(session, path.id, me(session))
        mark(session, get_locked(session, path.id), caller().username, body.line_id, bot.clock.now())
    return Response(status=204)


def _wanted(query: InboxQuery) -> Wanted:
    owners: tuple[Owner, ...] = WAITING if query.scope == "queue" else AT_THE_DESK
    if query.state is not None:
        owners = (Owner.CLOSED,) if query.state == "wrapping" else (Owner(query.state),)
    return Wanted(
        owners=owners,
        # What waits is nobody's yet: asked for as "mine", it is what waits for one.
        is_mine=query.scope == "mine" and query.state != "queued",
        is_watched=query.scope == "watching",
        is_unread=query.unread,
        is_unanswered=query.unanswered,
        is_closing=query.closing,
        is_urgent=query.urgent,
        is_wrapping=query.state == "wrapping",
        skill=query.skill,
        rep=query.rep,
        outcome=query.outcome,
        since=query.since,
        until=query.until,
        ids=tuple(int(one) for one in query.ids.split(",") if one),
        words=query.q.strip(),
    )
