"""Follow-ups: what is due, one call with its script, and what people of the desk do with them."""

from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from api import followup_views
from api.auth import DESK_ROLES, SUPERVISORS, caller, open_to, the_bot
from api.cursors import cursor_of, parts_of
from api.followup_schemas import (
    AnswersIn,
    AttemptIn,
    ElderIn,
    FollowupDoneIn,
    FollowupIn,
    FollowupSheet,
    FollowupsPage,
    FollowupsQuery,
    ReassignIn,
    TickIn,
)
from api.handoff_schemas import HandoffPath
from api.reading import me
from api.schemas import Problem
from api.tracing import doer
from bot.compliance.secrets import mask_secrets
from bot.customers.model import Follower
from bot.errors import InvalidInput, NotFound
from bot.followups import queries
from bot.followups.calling import Report
from bot.followups.closing import NextCall
from bot.followups.diagnosing import walk
from bot.followups.lifecycle import SEGMENTS
from bot.followups.model import Followup, FollowupOutcome, FollowupState
from bot.followups.service import NewFollowup
from bot.handoff import scope
from bot.staff.model import StaffMember

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
followups = APIBlueprint("followups", __name__, url_prefix="/api/followups", abp_tags=[Tag(name="followups")])


@followups.get("", responses={200: FollowupsPage, 401: Problem, 403: Problem, 422: Problem})
@open_to(DESK_ROLES)
def list_followups(query: FollowupsQuery) -> dict[str, Any]:
    """Follow-ups the person may see: open ones soonest first, closed ones newest first."""
    bot = the_bot()
    wanted = queries.Wanted(query.state, query.segment, query.kind, query.q.strip(), _after(query))
    with bot.database.reading() as session:
        mine = _within(me(session), query.scope)
        found = queries.page(session, mine, wanted, query.limit)
        page = FollowupsPage(
            items=followup_views.items(bot, session, found[: query.limit]),
            next=_cursor(found[query.limit - 1][0]) if len(found) > query.limit else None,
            overdue=queries.overdue_count(session, mine, bot.clock.now()),
        )
    return page.model_dump(mode="json")


@followups.post("", responses={201: FollowupSheet, **ERRORS})
@open_to(DESK_ROLES)
def make_followup(body: FollowupIn) -> tuple[dict[str, Any], int]:
    """A follow-up of one's own for a customer one may read; its time is moved into the desk's hours."""
    bot = the_bot()
    if body.due_at <= bot.clock.now():
        raise InvalidInput(places=["due_at"])
    with bot.database.reading() as session:
        follower_id, conversation_id, skill, phone = _customer_of(session, body)
    row = bot.followups.make(
        NewFollowup(
            kind=body.kind,
            segment=body.segment or SEGMENTS[body.kind],
            follower_id=follower_id,
            conversation_id=conversation_id,
            skill=skill,
            owner=caller().username,
            reason=mask_secrets(body.reason).text,
            phone=phone,
            due_at=body.due_at,
            priority=body.priority,
        )
    )
    return _shown(row.id), 201


@followups.get("/<int:id>", responses={200: FollowupSheet, **ERRORS})
@open_to(DESK_ROLES)
def show_followup(path: HandoffPath) -> dict[str, Any]:
    """One follow-up with its script; the customer is masked until 本人 is set."""
    return _shown(path.id)


@followups.post("/<int:id>/claim", responses={200: FollowupSheet, **ERRORS})
@open_to(DESK_ROLES)
def claim_followup(path: HandoffPath) -> dict[str, Any]:
    """Take a free one; 409 tells who has it. Safe to repeat."""
    _check_of_own_desk(path.id)
    the_bot().followups.claim(path.id, caller().username)
    return _shown(path.id)


@followups.post("/<int:id>/release", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def release_followup(path: HandoffPath) -> Response:
    """Give it back to the desk."""
    _check_mine(path.id)
    the_bot().followups.release(path.id, caller().username)
    return Response(status=204)


@followups.post("/<int:id>/reassign", responses={200: FollowupSheet, **ERRORS})
@open_to(SUPERVISORS)
def reassign_followup(path: HandoffPath, body: ReassignIn) -> dict[str, Any]:
    """Give it to somebody of its desk, or back to the desk; written down."""
    the_bot().followups.reassign(path.id, body.to, doer())
    return _shown(path.id)


@followups.post("/<int:id>/attempts", responses={200: FollowupSheet, **ERRORS})
@open_to(DESK_ROLES)
def report_attempt(path: HandoffPath, body: AttemptIn) -> dict[str, Any]:
    """A call and what it came to; the same client_key again is the same call."""
    _check_mine(path.id)
    said = Report(
        client_key=body.client_key,
        code=body.code,
        duration_s=body.duration_s,
        note=mask_secrets(body.note.strip()).text or None,
        phone=body.phone,
        due_at=body.due_at,
    )
    the_bot().followups.report(path.id, doer(), said)
    return _shown(path.id)


@followups.post("/<int:id>/ticks", responses={200: FollowupSheet, **ERRORS})
@open_to(DESK_ROLES)
def tick_item(path: HandoffPath, body: TickIn) -> dict[str, Any]:
    """An item was said or done, or not after all; 409 tells what comes first."""
    _check_mine(path.id)
    the_bot().followups.tick(path.id, caller().username, body.item, is_ticked=body.is_ticked)
    return _shown(path.id)


@followups.post("/<int:id>/elder", responses={200: FollowupSheet, **ERRORS})
@open_to(DESK_ROLES)
def set_elder(path: HandoffPath, body: ElderIn) -> dict[str, Any]:
    """Short plain sentences from now on, or no longer."""
    _check_mine(path.id)
    the_bot().followups.set_elder(path.id, caller().username, is_elder=body.is_elder)
    return _shown(path.id)


@followups.post("/<int:id>/diagnosis", responses={200: FollowupSheet, **ERRORS})
@open_to(DESK_ROLES)
def keep_diagnosis(path: HandoffPath, body: AnswersIn) -> dict[str, Any]:
    """The answers to a tree's questions; the sheet then tells cause and advice."""
    _check_mine(path.id)
    tree = the_bot().content.diagnoses.get(body.tree)
    if tree is None:
        raise InvalidInput(places=["tree"])
    the_bot().followups.keep_diagnosis(path.id, caller().username, walk(tree, body.answers))
    return _shown(path.id)


@followups.post("/<int:id>/done", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def finish_followup(path: HandoffPath, body: FollowupDoneIn) -> Response:
    """Record what came of it; 409 tells what must still be said. Safe to repeat."""
    wanted = body.next
    following = NextCall(wanted.at, mask_secrets(wanted.reason).text) if wanted is not None else None
    outcome = FollowupOutcome(body.outcome) if body.outcome else None
    _check_mine(path.id, is_repeated=True)
    the_bot().followups.finish(path.id, caller().username, mask_secrets(body.result).text, outcome, following)
    return Response(status=204)


def _within(person: StaffMember, wanted: str) -> ColumnElement[bool]:
    if wanted == "mine":
        return Followup.owner == person.username
    return queries.is_free_for(person) if wanted == "desk" else queries.callable_by(person)


def _shown(followup_id: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        row = _get_mine(session, followup_id)
        return followup_views.sheet(bot, session, row).model_dump(mode="json")


def _get_mine(session: Session, followup_id: int) -> Followup:
    row = session.get(Followup, followup_id)
    if row is None or not scope.may_call_back(row, me(session)):
        raise NotFound(followup_id=followup_id)
    return row


def _check_mine(followup_id: int, *, is_repeated: bool = False) -> None:
    """Raises NotFound for what is not the person's to see; what is done already may be said again by anybody."""
    with the_bot().database.reading() as session:
        row = session.get(Followup, followup_id)
        if is_repeated and row is not None and row.state is FollowupState.DONE:
            return
        _get_mine(session, followup_id)


def _check_of_own_desk(followup_id: int) -> None:
    """Raises NotFound for one of another desk; that a colleague of the desk has it already is told by the act."""
    with the_bot().database.reading() as session:
        row, person = session.get(Followup, followup_id), me(session)
        if row is None or not (scope.may_call_back(row, person) or row.skill in person.skills):
            raise NotFound(followup_id=followup_id)


def _customer_of(session: Session, body: FollowupIn) -> tuple[int, int | None, str, str | None]:
    """Follower, conversation, desk and phone of what it is made for. Raises NotFound, InvalidInput."""
    person = me(session)
    if (body.conversation_id is None) == (body.followup_id is None):
        raise InvalidInput(places=["conversation_id"])
    if body.followup_id is not None:
        row = _get_mine(session, body.followup_id)
        return row.follower_id, row.conversation_id, row.skill, row.phone
    chat = scope.get_readable(session, body.conversation_id or 0, person)
    desk = chat.skill or next(iter(person.skills), "general")
    return chat.follower_id, chat.id, desk, session.get_one(Follower, chat.follower_id).phone


def _cursor(row: Followup) -> str:
    return cursor_of(row.due_at, row.priority, row.id)


def _after(query: FollowupsQuery) -> queries.After | None:
    if query.cursor is None:
        return None
    moment, priority, last_id = parts_of(query.cursor, datetime, int, int)
    return queries.After(moment, priority, last_id)
