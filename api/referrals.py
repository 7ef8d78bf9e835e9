"""Referrals to branches: what is at which branch, and what centre and branch do with it."""

from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import BRANCHES, CUSTOMER_ROLES, DESK_ROLES, caller, open_to, the_bot
from api.cursors import cursor_of, parts_of
from api.customer_views import names_of
from api.reading import me
from api.referral_schemas import (
    AnswerIn,
    AskedIn,
    BranchesPage,
    GiveBackIn,
    ReferralAcceptedOut,
    ReferralIn,
    ReferralOut,
    ReferralPath,
    ReferralsPage,
    ReferralsQuery,
    ResendIn,
)
from api.schemas import Problem
from bot.compliance.secrets import mask_secrets
from bot.customers.masking import mask_phone
from bot.customers.model import Follower
from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.followups.model import Followup
from bot.handoff import customer_scope as scope
from bot.handoff.model import Conversation
from bot.handoff.scope import may_call_back
from bot.referrals.model import Referral
from bot.referrals.queries import Place, referral_counts, referral_page
from bot.referrals.sending import Asked, Origin
from bot.referrals.service import BranchPerson
from bot.staff.model import Role
from bot.staff.service import staffed_branches

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
referrals = APIBlueprint("referrals", __name__, url_prefix="/api", abp_tags=[Tag(name="referrals")])


@referrals.get("/referrals", responses={200: ReferralsPage, **READ_ERRORS})
@open_to(CUSTOMER_ROLES)
def list_referrals(query: ReferralsQuery) -> dict[str, Any]:
    """Referrals in one state: of a branch its own, of a rep those of his customers."""
    after = Place(*parts_of(query.cursor, datetime, int)) if query.cursor is not None else None
    with the_bot().database.reading() as session:
        within = scope.referrals_seen_by(me(session))
        found = referral_page(session, query.state, within, after, query.limit)
        shown = found[: query.limit]
        names = names_of(session, {row.sent_by for row, _ in shown} | {row.closed_by for row, _ in shown})
        counts = referral_counts(session, within)
    items = [_shown(row, follower, names) for row, follower in shown]
    more = cursor_of(shown[-1][0].due_at, shown[-1][0].id) if len(found) > query.limit else None
    return ReferralsPage(items=items, next=more, counts=counts).model_dump(mode="json")


@referrals.get("/branches", responses={200: BranchesPage, 401: Problem, 403: Problem})
@open_to(DESK_ROLES)
def list_branches() -> dict[str, Any]:
    """Where something can be referred to."""
    with the_bot().database.reading() as session:
        return BranchesPage(items=sorted(staffed_branches(session))).model_dump()


@referrals.post("/referrals", responses={201: ReferralOut, **ERRORS})
@open_to(DESK_ROLES)
def send_referral(body: ReferralIn) -> tuple[dict[str, Any], int]:
    """Refer a customer; what is open for the same call, or for his newest conversation at the desk, is the same."""
    with the_bot().database.reading() as session:
        follower = scope.get_findable(session, body.customer_id, me(session))
        if not scope.is_close(session, follower.id, me(session)):
            raise NotAllowed(reason="not_his_customer")
        origin = _origin(session, follower.id, body.followup_id)
    row = the_bot().referrals.send(follower.id, origin, asked_for(follower, body), caller().username)
    with the_bot().database.reading() as session:
        return _shown(row, follower, names_of(session, {row.sent_by})).model_dump(mode="json"), 201


@referrals.post("/referrals/<int:id>/accept", responses={200: ReferralAcceptedOut, **ERRORS})
@open_to(BRANCHES)
def accept_referral(path: ReferralPath) -> dict[str, Any]:
    """Take it up with one's own name; the customer is told, or whoever referred him phones. Safe to repeat."""
    is_told = the_bot().referrals.accept(path.id, _branch_person())
    return ReferralAcceptedOut(is_told=is_told is True, is_called=is_told is False).model_dump()


@referrals.post("/referrals/<int:id>/answer", responses={204: None, **ERRORS})
@open_to(BRANCHES)
def answer_referral(path: ReferralPath, body: AnswerIn) -> Response:
    """What was done. Safe to repeat."""
    the_bot().referrals.answer(path.id, _branch_person(), mask_secrets(body.answer.strip()).text)
    return Response(status=204)


@referrals.post("/referrals/<int:id>/give-back", responses={204: None, **ERRORS})
@open_to(BRANCHES)
def give_referral_back(path: ReferralPath, body: GiveBackIn) -> Response:
    """The branch cannot do it; the centre has it again. Safe to repeat."""
    the_bot().referrals.give_back(path.id, _branch_person(), mask_secrets(body.reason.strip()).text)
    return Response(status=204)


@referrals.post("/referrals/<int:id>/send-again", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def send_referral_again(path: ReferralPath, body: ResendIn) -> Response:
    """Refer what came back, to this branch or another. Safe to repeat."""
    _check_seen(path.id)
    the_bot().referrals.send_again(path.id, body.branch, mask_secrets(body.ask.strip()).text, caller().username)
    return Response(status=204)


@referrals.post("/referrals/<int:id>/close", responses={204: None, **ERRORS})
@open_to(CUSTOMER_ROLES)
def close_referral(path: ReferralPath) -> Response:
    """Nothing is left to do. Safe to repeat."""
    _check_seen(path.id)
    branch = _branch_person().branch if caller().role is Role.BRANCH else None
    the_bot().referrals.close(path.id, caller().username, branch)
    return Response(status=204)


def asked_for(follower: Follower, asked: AskedIn) -> Asked:
    """What is asked of which branch for this customer. Raises InvalidInput when no branch is known."""
    branch = asked.branch or follower.branch
    if branch is None:
        raise InvalidInput(places=["branch"])
    return Asked(branch, asked.reason, mask_secrets(asked.ask.strip()).text)


def _branch_person() -> BranchPerson:
    """Raises NotAllowed for somebody of no branch."""
    with the_bot().database.reading() as session:
        person = me(session)
    if person.branch is None:
        raise NotAllowed(reason="no_branch")
    return BranchPerson(person.username, person.display_name, person.branch)


def _check_seen(referral_id: int) -> None:
    """Raises NotFound, alike for one the caller may not know of."""
    with the_bot().database.reading() as session:
        mine = select(Referral.id).where(Referral.id == referral_id, scope.referrals_seen_by(me(session)))
        if session.scalar(mine) is None:
            raise NotFound(referral_id=referral_id)


def _origin(session: Session, follower_id: int, followup_id: int | None) -> Origin:
    """The call it was begun from, or the newest chat. Raises NotFound for a call that is not the person's, and for
    somebody who never came to the desk.
    """
    chat = _newest_chat(session, follower_id)
    if followup_id is not None:
        row = session.get(Followup, followup_id)
        if row is None or row.follower_id != follower_id or not may_call_back(row, me(session)):
            raise NotFound(followup_id=followup_id)
        return Origin(row.conversation_id or chat, row.id)
    if chat is None:
        raise NotFound(customer_id=follower_id)
    return Origin(chat)


def _newest_chat(session: Session, follower_id: int) -> int | None:
    mine = select(Conversation.id).where(Conversation.follower_id == follower_id, Conversation.queued_at.is_not(None))
    return session.scalar(mine.order_by(Conversation.id.desc()).limit(1))


def _shown(row: Referral, follower: Follower, names: dict[str, str]) -> ReferralOut:
    return ReferralOut(
        id=row.id,
        number=row.number,
        state=row.state,
        customer_id=row.follower_id,
        label=follower.label,
        firm_name=follower.firm_name,
        phone=mask_phone(follower.phone),
        branch=row.branch,
        reason=row.reason,
        ask=row.ask,
        sent_by=names.get(row.sent_by, row.sent_by),
        sent_at=row.sent_at,
        due_at=row.due_at,
        is_late=row.late_at is not None,
        accepted_name=row.accepted_name,
        accepted_at=row.accepted_at,
        answer=row.answer,
        answered_at=row.answered_at,
        return_reason=row.return_reason,
        returned_at=row.returned_at,
        closed_by=names.get(row.closed_by or "", row.closed_by),
        closed_at=row.closed_at,
    )
