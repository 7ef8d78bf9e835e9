"""Customers: finding one, all there is about him, his timeline, and what people write down about him."""

from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import customer_views
from api.auth import CUSTOMER_ROLES, DESK_ROLES, caller, open_to, the_bot
from api.bank_views import bank_facts
from api.cursors import cursor_of, parts_of
from api.customer_schemas import (
    BankOut,
    CustomerPath,
    CustomersPage,
    CustomersQuery,
    ProfileOut,
    RemarkIn,
    TagIn,
    TagKindOut,
    TagKindsPage,
    TagPath,
    TimelinePage,
    TimelineQuery,
)
from api.privacy_schemas import UnmaskedOut, UnmaskIn
from api.reading import me
from api.schemas import Problem
from api.tracing import doer
from api.unmasking import SHOWN_S
from bot.audit.model import Act
from bot.audit.service import Thing, has_just_looked, note
from bot.compliance.secrets import mask_secrets
from bot.customers.model import Follower
from bot.customers.remarks import put_tag, take_tag_off, write_note
from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.events import Event, EventType
from bot.handoff import customer_scope as scope
from bot.outbox import publish
from bot.timeline.merging import Place
from bot.timeline.service import timeline_page

READ_ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
customers = APIBlueprint("customers", __name__, url_prefix="/api", abp_tags=[Tag(name="customers")])


@customers.get("/customers", responses={200: CustomersPage, 401: Problem, 403: Problem, 422: Problem})
@open_to(CUSTOMER_ROLES)
def search_customers(query: CustomersQuery) -> dict[str, Any]:
    """Customers the caller finds, last seen first."""
    after = None
    if query.cursor is not None:
        seen, last = parts_of(query.cursor, datetime, int)
        after = (seen, last)
    with the_bot().database.reading() as session:
        found = customer_views.search_page(session, me(session), query.text, after, query.limit)
    shown = found[: query.limit]
    more = cursor_of(shown[-1].last_seen_at, shown[-1].id) if len(found) > query.limit else None
    return CustomersPage(items=shown, next=more).model_dump(mode="json")


@customers.get("/customers/<int:id>", responses={200: ProfileOut, **READ_ERRORS})
@open_to(CUSTOMER_ROLES)
def show_customer(path: CustomerPath) -> dict[str, Any]:
    """All there is about one customer. A look at somebody not in a chat of one's own is written down."""
    bot = the_bot()
    _note_look(path.id)
    with bot.database.reading() as session:
        person = me(session)
        follower = scope.get_findable(session, path.id, person)
        return customer_views.profile(bot, session, person, follower).model_dump(mode="json")


@customers.get("/customers/<int:id>/bank", responses={200: BankOut, **READ_ERRORS})
@open_to(CUSTOMER_ROLES)
def show_bank(path: CustomerPath) -> dict[str, Any]:
    """What the bank says of his firm now; parts it does not answer in time are null. For whoever may see his phone."""
    bot = the_bot()
    _note_look(path.id)
    with bot.database.reading() as session:
        follower = _close_one(session, path.id)
    # Asked after the look at the database: no connection is held while the bank takes its time.
    return bank_facts(bot.bank, follower.firm_id, bot.clock.now()).model_dump(mode="json")


@customers.get("/customers/<int:id>/timeline", responses={200: TimelinePage, **READ_ERRORS})
@open_to(CUSTOMER_ROLES)
def show_timeline(path: CustomerPath, query: TimelineQuery) -> dict[str, Any]:
    """What happened with him, newest first, over all channels; with `firm` of all contacts of his firm."""
    after = Place(*parts_of(query.cursor, datetime, int, (int, str))) if query.cursor is not None else None
    _note_look(path.id)
    with the_bot().database.reading() as session:
        person = me(session)
        follower = scope.get_findable(session, path.id, person)
        people = customer_views.firm_contacts(session, person, follower) if query.firm else [follower]
        labels = {row.id: row.label for row in people}
        found, last = timeline_page(session, person, labels.keys(), query.kind, after, query.limit)
        items = customer_views.entries(session, found, labels)
    more = cursor_of(last.at, last.rank, last.id) if last else None
    return TimelinePage(items=items, next=more).model_dump(mode="json")


@customers.post("/customers/<int:id>/notes", responses={204: None, **READ_ERRORS})
@open_to(DESK_ROLES)
def add_note(path: CustomerPath, body: RemarkIn) -> Response:
    """Write something down about him; secrets in it are blacked out."""
    bot, now = the_bot(), the_bot().clock.now()
    with bot.database.transaction() as session:
        follower = _close_one(session, path.id)
        write_note(session, follower.id, mask_secrets(body.text.strip()).text, caller().username, now)
        _tell(session, follower.id, now)
    return Response(status=204)


@customers.get("/customer-tags", responses={200: TagKindsPage, 401: Problem, 403: Problem})
@open_to(DESK_ROLES)
def list_tags() -> dict[str, Any]:
    """The tags that may be given."""
    items = [TagKindOut(id=one.id, label=one.label, group=one.group) for one in the_bot().tags.values()]
    return TagKindsPage(items=items).model_dump(mode="json")


@customers.post("/customers/<int:id>/tags", responses={204: None, **READ_ERRORS})
@open_to(DESK_ROLES)
def add_tag(path: CustomerPath, body: TagIn) -> Response:
    """He has this tag from now on. Safe to repeat."""
    bot, now = the_bot(), the_bot().clock.now()
    if body.tag not in bot.tags:
        raise InvalidInput(places=["tag"])
    with bot.database.transaction() as session:
        follower = _close_one(session, path.id, is_locked=True)
        put_tag(session, follower.id, body.tag, body.source, caller().username, now)
        _tell(session, follower.id, now)
    return Response(status=204)


@customers.delete("/customers/<int:id>/tags/<tag>", responses={204: None, **READ_ERRORS})
@open_to(DESK_ROLES)
def remove_tag(path: TagPath) -> Response:
    """He no longer has this tag. Safe to repeat."""
    bot, now = the_bot(), the_bot().clock.now()
    with bot.database.transaction() as session:
        follower = _close_one(session, path.id, is_locked=True)
        take_tag_off(session, follower.id, path.tag, caller().username, now)
        _tell(session, follower.id, now)
    return Response(status=204)


@customers.post("/customers/<int:id>/unmask", responses={200: UnmaskedOut, **READ_ERRORS})
@open_to(CUSTOMER_ROLES)
def unmask_profile(path: CustomerPath, body: UnmaskIn) -> dict[str, Any]:
    """His phone or name, whole, with the reason written down."""
    bot = the_bot()
    with bot.database.transaction() as session:
        follower = _close_one(session, path.id)
        value = follower.phone if body.field == "phone" else follower.contact
        if not value:
            raise NotFound
        thing = Thing("customer", follower.id, follower.id)
        note(session, bot.clock.now(), doer(), Act.CUSTOMER_UNMASKED, thing, f"{body.field}: {body.reason}")
    return UnmaskedOut(value=value, shown_s=SHOWN_S).model_dump()


def _close_one(session: Session, follower_id: int, *, is_locked: bool = False) -> Follower:
    """Raises NotFound for whom the caller does not find, NotAllowed for whom he only finds."""
    person = me(session)
    follower = scope.get_findable(session, follower_id, person)
    if not scope.is_close(session, follower_id, person):
        raise NotAllowed(reason="not_his_customer")
    if is_locked:
        session.execute(select(Follower.id).where(Follower.id == follower_id).with_for_update())
    return follower


def _note_look(follower_id: int) -> None:
    """Write a look down once in ten minutes, unless it belongs to the caller's own chat. Raises NotFound."""
    bot, now, thing = the_bot(), the_bot().clock.now(), Thing("customer", follower_id, follower_id)
    with bot.database.reading() as session:
        person = me(session)
        scope.get_findable(session, follower_id, person)
        if scope.is_in_his_chat(session, follower_id, person):
            return
        if has_just_looked(session, now, person.username, thing, Act.CUSTOMER_READ):
            return
    with bot.database.transaction() as session:
        note(session, now, doer(), Act.CUSTOMER_READ, thing)


def _tell(session: Session, follower_id: int, now: datetime) -> None:
    publish(session, now, Event(EventType.CUSTOMER_CHANGED, payload={"customer_id": follower_id}))
