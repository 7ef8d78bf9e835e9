"""Conversations of the desk: lists, one conversation, and what a rep does with it."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from api import handoff_views
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.reading import check_readable, get_seen_by_desk, me
from api.schemas import (
    CloseIn,
    DeclineIn,
    HandoffOut,
    HandoffPage,
    HandoffPath,
    HandoffQuery,
    LineOut,
    LinesPage,
    LinesQuery,
    Problem,
    ReplyIn,
    TransferIn,
)
from bot.compliance.secrets import mask_secrets
from bot.customers.model import Follower
from bot.dialogue.cards import render_card
from bot.errors import InvalidInput, NotAllowed, RetryLater, SendRefused
from bot.handoff import queries, scope
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.replies import RepMessage
from bot.handoff.transitions import get_owned
from bot.messages import Reply
from bot.ports import WeChat
from bot.staff.model import Role, StaffMember
from bot.transcripts import queries as transcripts

# Beyond it a number no longer fits the database's column.
MAX_ID = 2**53
ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
handoffs = APIBlueprint("handoffs", __name__, url_prefix="/api/handoffs", abp_tags=[Tag(name="handoffs")])


@handoffs.get("", responses={200: HandoffPage, **ERRORS})
@open_to(DESK_ROLES)
def list_handoffs(query: HandoffQuery) -> dict[str, Any]:
    """Conversations that went to the desk; waiting ones in serving order, others newest first."""
    bot = the_bot()
    with bot.database.reading() as session:
        mine = scope.readable_by(me(session))
        found = _queued_page(session, query, mine) if query.state == "queued" else _other_page(session, query, mine)
        page = HandoffPage(items=handoff_views.items(bot, session, found[: query.limit]), next=None)
    if len(found) > query.limit:
        page.next = _cursor(found[query.limit - 1].id)
    return page.model_dump(mode="json")


@handoffs.get("/<int:id>", responses={200: HandoffOut, **ERRORS})
@open_to(DESK_ROLES)
def show_handoff(path: HandoffPath) -> dict[str, Any]:
    """One conversation: card, customer, newest lines. A look at somebody else's is written down."""
    check_readable(path.id)
    return handoff_views.show(the_bot(), path.id)


@handoffs.get("/<int:id>/lines", responses={200: LinesPage, **ERRORS})
@open_to(DESK_ROLES)
def list_lines(path: HandoffPath, query: LinesQuery) -> dict[str, Any]:
    """Lines before one id."""
    check_readable(path.id)
    with the_bot().database.reading() as session:
        found, has_earlier = transcripts.page(session, path.id, before=query.before, limit=handoff_views.LINES)
        page = LinesPage(lines=handoff_views.lines(the_bot(), session, found), has_earlier=has_earlier)
    return page.model_dump(mode="json")


@handoffs.post("/<int:id>/accept", responses={200: HandoffOut, **ERRORS})
@open_to(DESK_ROLES)
def accept_handoff(path: HandoffPath) -> dict[str, Any]:
    """Take a waiting or offered chat of one's own desks; 409 tells who has it."""
    _check_on_own_desk(path.id)
    the_bot().desk.accept(path.id, caller().username)
    return handoff_views.show(the_bot(), path.id)


@handoffs.post("/<int:id>/decline", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def decline_handoff(path: HandoffPath, body: DeclineIn) -> Response:
    """Turn an offer down."""
    _check_seen_by_desk(path.id)
    the_bot().desk.decline(path.id, caller().username, body.reason)
    return Response(status=204)


@handoffs.post("/<int:id>/transfer", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def transfer_handoff(path: HandoffPath, body: TransferIn) -> Response:
    """Hand the chat to another desk or colleague."""
    bot = the_bot()
    _check_seen_by_desk(path.id)
    skill = body.skill or bot.desk.skill_of(body.rep)
    if body.rep is not None:
        _check_serves(body.rep, skill)
    if skill is None or skill not in bot.content.skills:
        raise InvalidInput(places=["skill"])
    note = mask_secrets(body.note).text
    bot.desk.transfer(path.id, caller().username, skill=skill, to=body.rep, note=note)
    return Response(status=204)


@handoffs.post("/<int:id>/close", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def close_handoff(path: HandoffPath, body: CloseIn) -> Response:
    """End the chat with its outcome; the customer is asked for a rating once, if a message is left for it."""
    bot = the_bot()
    _check_seen_by_desk(path.id)
    note = mask_secrets(body.note).text
    bot.desk.close(path.id, caller().username, body.outcome, note)
    if body.outcome is Outcome.FOLLOWUP:
        bot.aftercare.promise_followup(path.id, caller().username, note)
    bot.aftercare.ask_rating(path.id)
    return Response(status=204)


@handoffs.post("/<int:id>/replies", responses={202: LineOut, **ERRORS})
@open_to(DESK_ROLES)
def reply(path: HandoffPath, body: ReplyIn) -> tuple[dict[str, Any], int]:
    """Send a message; the same client_key again is the same message."""
    bot = the_bot()
    _check_seen_by_desk(path.id)
    words = Reply(text=mask_secrets(body.text.strip()).text, is_ai=False)
    message = RepMessage(body.client_key, words, is_confirmed=body.is_confirmed)
    if body.card is not None:
        card = render_card(bot.content, body.card)
        message = RepMessage(body.client_key, card.reply, card.kind, {"card": body.card})
    line = bot.rep_replies.send(path.id, caller().username, message)
    with bot.database.reading() as session:
        return handoff_views.lines(bot, session, [line])[0].model_dump(mode="json"), 202


@handoffs.post("/<int:id>/typing", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def show_typing(path: HandoffPath) -> Response:
    """Show the customer that somebody types; quietly nothing when the platform does not want it."""
    bot = the_bot()
    with bot.database.transaction() as session:
        get_seen_by_desk(session, path.id)
        row = get_owned(session, path.id, caller().username)
        openid = session.get_one(Follower, row.follower_id).openid
    bot.outgoing.submit(_type_quietly, bot.wechat, openid)
    return Response(status=204)


def _type_quietly(wechat: WeChat, openid: str) -> None:
    try:
        wechat.show_typing(openid)
    except (SendRefused, RetryLater):
        return


def _check_seen_by_desk(handoff_id: int) -> None:
    with the_bot().database.reading() as session:
        get_seen_by_desk(session, handoff_id)


def _check_serves(username: str, skill: str | None) -> None:
    """Raises InvalidInput unless a chat of this desk can be handed to this colleague, and not to oneself."""
    with the_bot().database.reading() as session:
        person = session.get(StaffMember, username)
    if (
        person is None
        or username == caller().username
        or not person.is_enabled
        or person.role not in DESK_ROLES
        or skill not in person.skills
    ):
        raise InvalidInput(places=["rep"])


def _check_on_own_desk(handoff_id: int) -> None:
    """Raises NotFound, NotAllowed: who may take any chat may read any chat."""
    with the_bot().database.reading() as session:
        row, person = get_seen_by_desk(session, handoff_id), me(session)
    is_free = row.owner is Owner.QUEUED and row.rep is None
    if is_free and person.role is Role.REP and row.skill not in person.skills:
        raise NotAllowed(reason="desk")


def _other_page(session: Session, query: HandoffQuery, mine: ColumnElement[bool]) -> Sequence[Conversation]:
    page = select(Conversation).where(mine)
    if query.state == "wrapping":
        page = page.where(Conversation.owner == Owner.CLOSED, Conversation.wrap_up_until > the_bot().clock.now())
    elif query.state is not None:
        page = page.where(Conversation.owner == Owner(query.state))
    else:
        page = page.where(Conversation.owner != Owner.BOT)
    if query.scope == "mine":
        page = page.where(Conversation.rep == caller().username)
    if query.cursor is not None:
        page = page.where(Conversation.id < _after(query.cursor))
    return session.scalars(page.order_by(Conversation.id.desc()).limit(query.limit + 1)).all()


def _queued_page(session: Session, query: HandoffQuery, mine: ColumnElement[bool]) -> Sequence[Conversation]:
    """Waiting conversations in serving order; nobody is anybody's yet, so `scope` does not matter."""
    bot = the_bot()
    rows = {
        row.id: row for row in session.scalars(select(Conversation).where(mine, Conversation.owner == Owner.QUEUED))
    }
    order = queries.line(session, bot.desk.routing.rules(session), bot.clock.now())
    line = [rows[chat.id] for chat in order if chat.id in rows]
    if query.cursor is not None:
        last = _after(query.cursor)
        place = next((index for index, row in enumerate(line) if row.id == last), -1)
        line = line[place + 1 :]
    return line[: query.limit + 1]


def _cursor(last_id: int) -> str:
    return base64.urlsafe_b64encode(str(last_id).encode()).decode()


def _after(cursor: str) -> int:
    try:
        last_id = int(base64.urlsafe_b64decode(cursor.encode()).decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(places=["cursor"]) from error
    if not 0 < last_id <= MAX_ID:
        raise InvalidInput(places=["cursor"])
    return last_id
