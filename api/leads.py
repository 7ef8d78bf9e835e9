"""Leads: by stage, of one customer, and what reps do with them."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import lead_views
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.cursors import cursor_of, parts_of
from api.handoff_schemas import HandoffPath
from api.lead_schemas import LeadDetail, LeadDetails, LeadIn, LeadsPage, LeadsQuery, NeedIn, StageFigureOut, StageIn
from api.reading import check_readable, me
from api.schemas import Problem
from bot.compliance.secrets import mask_secrets
from bot.errors import InvalidInput, NotFound
from bot.handoff import scope
from bot.handoff.model import Conversation, Owner
from bot.leads import queries
from bot.leads.model import Lead

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
leads = APIBlueprint("leads", __name__, url_prefix="/api", abp_tags=[Tag(name="leads")])


@leads.get("/leads", responses={200: LeadsPage, 401: Problem, 403: Problem, 422: Problem})
@open_to(DESK_ROLES)
def list_leads(query: LeadsQuery) -> dict[str, Any]:
    """Leads the person may work, newest first, with the figures of every stage."""
    bot = the_bot()
    before = parts_of(query.cursor, int)[0] if query.cursor is not None else None
    with bot.database.reading() as session:
        mine = Lead.owner == caller().username if query.scope == "mine" else queries.workable_by(me(session))
        found = queries.page(session, mine, query.stage, before, query.limit)
        page = LeadsPage(
            items=lead_views.items(bot, session, found[: query.limit]),
            next=cursor_of(found[query.limit - 1][0].id) if len(found) > query.limit else None,
            figures=[StageFigureOut.model_validate(one) for one in queries.figures(session, mine)],
        )
    return page.model_dump(mode="json")


@leads.post("/leads", responses={201: LeadDetail, **ERRORS})
@open_to(DESK_ROLES)
def open_lead(body: LeadIn) -> tuple[dict[str, Any], int]:
    """A lead for the customer of a chat one may read; the open one for the product is the same."""
    bot = the_bot()
    with bot.database.reading() as session:
        follower_id = scope.get_readable(session, body.conversation_id, me(session)).follower_id
    return _shown(bot.leads.open(follower_id, body.conversation_id, body.product, caller().username)), 201


@leads.get("/leads/<int:id>", responses={200: LeadDetail, **ERRORS})
@open_to(DESK_ROLES)
def show_lead(path: HandoffPath) -> dict[str, Any]:
    """One lead: need, way, what may come next."""
    return _shown(path.id)


@leads.get("/handoffs/<int:id>/leads", responses={200: LeadDetails, **ERRORS})
@open_to(DESK_ROLES)
def list_leads_of_handoff(path: HandoffPath) -> dict[str, Any]:
    """The leads of a chat's customer, open ones first."""
    check_readable(path.id)
    bot = the_bot()
    with bot.database.reading() as session:
        row = scope.get_readable(session, path.id, me(session))
        found = queries.of_follower(session, row.follower_id)
        return LeadDetails(items=lead_views.details(bot, session, found)).model_dump(mode="json")


@leads.put("/leads/<int:id>/need", responses={200: LeadDetail, **ERRORS})
@open_to(DESK_ROLES)
def correct_need(path: HandoffPath, body: NeedIn) -> dict[str, Any]:
    """Put the need right; whoever does it has a free lead from then on."""
    _check_mine(path.id)
    given = body.model_dump(exclude_unset=True)
    if body.amount is not None and body.amount[0] > body.amount[1]:
        raise InvalidInput(places=["amount"])
    words = {name: mask_secrets(given[name]).text for name in ("industry", "purpose") if given.get(name)}
    the_bot().leads.correct(path.id, caller().username, {**given, **words})
    return _shown(path.id)


@leads.post("/leads/<int:id>/stage", responses={200: LeadDetail, **ERRORS})
@open_to(DESK_ROLES)
def move_lead(path: HandoffPath, body: StageIn) -> dict[str, Any]:
    """Bring it on; 409 for a way back. Safe to repeat."""
    _check_mine(path.id)
    evidence = mask_secrets(body.evidence.strip()).text
    the_bot().leads.move(path.id, caller().username, body.stage, evidence, body.lost_reason)
    return _shown(path.id)


def _shown(lead_id: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        lead = _get_mine(session, lead_id)
        return lead_views.details(bot, session, [lead])[0].model_dump(mode="json")


def _check_mine(lead_id: int) -> None:
    with the_bot().database.reading() as session:
        _get_mine(session, lead_id)


def _get_mine(session: Session, lead_id: int) -> Lead:
    """A lead one may work, or of a customer one serves now. Raises NotFound."""
    person = me(session)
    served = select(Conversation.follower_id).where(
        Conversation.owner == Owner.ACTIVE, Conversation.rep == person.username
    )
    mine = queries.workable_by(person) | Lead.follower_id.in_(served)
    found = session.scalars(select(Lead).where(Lead.id == lead_id, mine)).first()
    if found is None:
        raise NotFound(lead_id=lead_id)
    return found
