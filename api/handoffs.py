"""Conversations of the desk: one conversation, and what a rep does with it; the lists are in inbox.py."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import handoff_views
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.closing import check_branch, consequence_of
from api.events_schemas import ViewerOut, ViewersOut
from api.handoff_schemas import DeclineIn, HandoffOut, HandoffPath, LineOut, LinesPage, LinesQuery, ReplyIn, TransferIn
from api.reading import check_readable, get_seen_by_desk, me
from api.referral_schemas import CloseChatIn
from api.schemas import Problem
from api.tracing import doer
from bot.compliance.secrets import mask_secrets
from bot.customers.model import Follower
from bot.dialogue.cards import render_card
from bot.errors import InvalidInput, NotAllowed, RetryLater, SendRefused
from bot.handoff import scope
from bot.handoff.model import Owner
from bot.handoff.replies import GuideStep, RepMessage
from bot.handoff.transitions import get_owned
from bot.messages import Reply
from bot.ports import WeChat
from bot.staff.model import Role, StaffMember
from bot.transcripts import queries as transcripts

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
handoffs = APIBlueprint("handoffs", __name__, url_prefix="/api/handoffs", abp_tags=[Tag(name="handoffs")])


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
def close_handoff(path: HandoffPath, body: CloseChatIn) -> Response:
    """End the chat with its outcome, one's own, or a supervisor anybody's with the reason as its note; the customer is
    asked for a rating once, if a message is left for it.
    """
    bot = the_bot()
    is_own = _is_own(path.id)
    check_branch(path.id, body)
    note = mask_secrets(body.note).text
    if is_own or caller().role is not Role.SUPERVISOR:
        bot.desk.close(path.id, caller().username, body.outcome, note, consequence_of(body))
    else:
        _check_reason(note)
        bot.supervision.close(path.id, doer(), body.outcome, note, consequence_of(body))
        bot.handovers.tell_taken_from_line(path.id)
    bot.aftercare.ask_rating(path.id)
    return Response(status=204)


@handoffs.post("/<int:id>/replies", responses={202: LineOut, **ERRORS})
@open_to(DESK_ROLES)
def reply(path: HandoffPath, body: ReplyIn) -> tuple[dict[str, Any], int]:
    """Send a message; the same client_key again is the same message."""
    bot = the_bot()
    _check_seen_by_desk(path.id)
    words = Reply(text=mask_secrets(body.text.strip()).text, is_ai=False)
    is_last_confirmed = body.is_last_confirmed
    message = RepMessage(body.client_key, words, is_confirmed=body.is_confirmed, is_last_confirmed=is_last_confirmed)
    if body.card is not None:
        card = render_card(bot.content, body.card)
        step = GuideStep(card.id.removeprefix("guide:"), 1, f"{card.title} 第1步") if card.kind == "guide" else None
        detail = {"card": body.card}
        message = RepMessage(
            body.client_key, card.reply, card.kind, detail, is_last_confirmed=is_last_confirmed, step=step
        )
    line = bot.rep_replies.send(path.id, caller().username, message)
    with bot.database.reading() as session:
        return handoff_views.lines(bot, session, [line])[0].model_dump(mode="json"), 202


@handoffs.get("/<int:id>/viewers", responses={200: ViewersOut, **ERRORS})
@open_to(DESK_ROLES, is_activity=False)
def show_viewers(path: HandoffPath) -> dict[str, Any]:
    """Who has this conversation open now."""
    bot = the_bot()
    with bot.database.reading() as session:
        scope.get_readable(session, path.id, me(session))
    viewers = [ViewerOut(rep=one.username, name=one.name, is_typing=one.is_typing) for one in bot.viewed.of(path.id)]
    return ViewersOut(viewers=viewers).model_dump(mode="json")


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


def _is_own(handoff_id: int) -> bool:
    """True for a chat the caller serves, or served to its end. Raises NotFound."""
    with the_bot().database.reading() as session:
        row = get_seen_by_desk(session, handoff_id)
    return row.rep == caller().username and row.owner is not Owner.OFFERED


def _check_reason(note: str) -> None:
    """Raises InvalidInput: what is done over somebody's head is written down with its reason."""
    if not note.strip():
        raise InvalidInput(places=["note"])


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
