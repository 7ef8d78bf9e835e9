"""Personal data for supervisors: who looked at what, what customers ask about their own data, holds, keeping times."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy.orm import Session

from api.auth import AUDIT_ROLES, DATA_ROLES, open_to, the_bot
from api.privacy_schemas import (
    AuditActOut,
    AuditPage,
    AuditQuery,
    DataRequestIn,
    DataRequestOut,
    ExportOut,
    HeldTableOut,
    HoldIn,
    HoldOut,
    HoldsPage,
    PrivacyPath,
    ReasonIn,
    RequestsPage,
    RequestsQuery,
    RetentionClassOut,
    RetentionOut,
)
from api.schemas import Problem
from api.tracing import doer
from bot.audit.queries import Wanted
from bot.audit.queries import page as audit_page
from bot.customers.model import Follower
from bot.privacy import queries
from bot.privacy.exporting import summary
from bot.privacy.model import DataRequest, LegalHold, PurgeReport
from bot.privacy.rules import RetentionClass

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
privacy = APIBlueprint("privacy", __name__, url_prefix="/api", abp_tags=[Tag(name="privacy")])


@privacy.get("/audit", responses={200: AuditPage, **READ_ERRORS})
@open_to(AUDIT_ROLES)
def list_acts(query: AuditQuery) -> dict[str, Any]:
    """Who looked at, took out or erased what, newest first."""
    wanted = Wanted(query.username, query.act, query.follower_id, query.before)
    with the_bot().database.reading() as session:
        found = audit_page(session, wanted, query.limit)
    shown = found[: query.limit]
    last = shown[-1].id if len(found) > query.limit else None
    return AuditPage(items=[AuditActOut.model_validate(act) for act in shown], next=last).model_dump(mode="json")


@privacy.get("/data-requests", responses={200: RequestsPage, **READ_ERRORS})
@open_to(DATA_ROLES)
def list_requests(query: RequestsQuery) -> dict[str, Any]:
    """What customers ask about their own data."""
    with the_bot().database.reading() as session:
        found = queries.request_page(session, query.state, before=query.before, limit=query.limit)
    shown = found[: query.limit]
    last = shown[-1][0].id if len(found) > query.limit else None
    return RequestsPage(items=[_request(row, label) for row, label in shown], next=last).model_dump(mode="json")


@privacy.post("/data-requests", responses={201: DataRequestOut, **READ_ERRORS, 404: Problem})
@open_to(DATA_ROLES)
def register_request(body: DataRequestIn) -> tuple[dict[str, Any], int]:
    """What a customer asks whose identity was proved outside the chat; written down. One that is open is the same."""
    bot = the_bot()
    row = bot.data_requests.register(body.conversation_id, body.kind, body.proved_by, doer())
    with bot.database.reading() as session:
        return _request(row, _label(session, row.follower_id)).model_dump(mode="json"), 201


@privacy.post("/data-requests/<int:id>/export", responses={200: ExportOut, **ERRORS})
@open_to(DATA_ROLES)
def export_data(path: PrivacyPath, body: ReasonIn) -> dict[str, Any]:
    """Everything held of the customer who asks; written down. The request stays open."""
    bot = the_bot()
    row, held = bot.data_requests.export(path.id, doer(), body.reason)
    tables = [HeldTableOut(label=one.label, count=one.count, rows=[dict(row) for row in one.rows]) for one in held]
    out = ExportOut(number=row.number, made_at=bot.clock.now(), summary=summary(held), tables=tables)
    return out.model_dump(mode="json")


@privacy.post("/data-requests/<int:id>/finish", responses={200: DataRequestOut, **ERRORS})
@open_to(DATA_ROLES)
def finish_request(path: PrivacyPath) -> dict[str, Any]:
    """Done: the customer is told; a wish to delete is carried out now. 409 while he is held or in a chat."""
    bot = the_bot()
    row, held = bot.data_requests.finish(path.id, doer())
    return _settled(row, told=bot.aftercare.tell_request_done(row, held))


@privacy.post("/data-requests/<int:id>/refuse", responses={200: DataRequestOut, **ERRORS})
@open_to(DATA_ROLES)
def refuse_request(path: PrivacyPath, body: ReasonIn) -> dict[str, Any]:
    """Not possible, with the reason for the record; the customer is told and offered a person."""
    bot = the_bot()
    row = bot.data_requests.refuse(path.id, doer(), body.reason)
    return _settled(row, told=bot.aftercare.tell_request_refused(row))


@privacy.get("/legal-holds", responses={200: HoldsPage, **READ_ERRORS})
@open_to(AUDIT_ROLES)
def list_holds() -> dict[str, Any]:
    """Customers whose data must not be removed."""
    with the_bot().database.reading() as session:
        items = [_hold(row, label) for row, label in queries.open_holds(session)]
    return HoldsPage(items=items).model_dump(mode="json")


@privacy.post("/legal-holds", responses={201: HoldOut, **ERRORS})
@open_to(AUDIT_ROLES)
def set_hold(body: HoldIn) -> tuple[dict[str, Any], int]:
    """From now on nothing of this customer is removed."""
    bot = the_bot()
    row = bot.data_requests.hold(body.conversation_id, doer(), body.reason)
    with bot.database.reading() as session:
        return _hold(row, _label(session, row.follower_id)).model_dump(mode="json"), 201


@privacy.post("/legal-holds/<int:id>/lift", responses={204: None, **ERRORS})
@open_to(AUDIT_ROLES)
def lift_hold(path: PrivacyPath, body: ReasonIn) -> Response:
    """The hold is over; 403 for the one who set it. Safe to repeat."""
    the_bot().data_requests.lift(path.id, doer(), body.reason)
    return Response(status=204)


@privacy.get("/retention", responses={200: RetentionOut, **READ_ERRORS})
@open_to(AUDIT_ROLES)
def show_retention() -> dict[str, Any]:
    """How long what is kept, and what the last purge removed."""
    bot = the_bot()
    with bot.database.reading() as session:
        day = queries.last_run_on(session)
        reports: Sequence[PurgeReport] = queries.reports_of(session, day) if day else ()
    by_class = {report.data_class: report for report in reports}
    items = [_class(rule, by_class.get(rule.id)) for rule in bot.purge.retention.classes]
    return RetentionOut(run_on=day, items=items).model_dump(mode="json")


def _settled(row: DataRequest, *, told: bool) -> dict[str, Any]:
    with the_bot().database.reading() as session:
        label = _label(session, row.follower_id)
    return _request(row, label).model_copy(update={"told": told}).model_dump(mode="json")


def _label(session: Session, follower_id: int) -> str:
    return session.get_one(Follower, follower_id).label


def _request(row: DataRequest, label: str) -> DataRequestOut:
    return DataRequestOut(
        id=row.id,
        number=row.number,
        label=label,
        kind=row.kind,
        state=row.state,
        created_at=row.created_at,
        due_at=row.due_at,
        is_overdue=row.handled_at is None and row.due_at < the_bot().clock.now(),
        handled_by=row.handled_by,
        handled_at=row.handled_at,
        note=row.note,
        proof=row.proof,
    )


def _hold(row: LegalHold, label: str) -> HoldOut:
    return HoldOut(id=row.id, label=label, reason=row.reason, set_by=row.set_by, set_at=row.set_at)


def _class(rule: RetentionClass, report: PurgeReport | None) -> RetentionClassOut:
    return RetentionClassOut(
        id=rule.id,
        label=rule.label,
        table=rule.table,
        keep_min_days=rule.keep_min_days,
        keep_max_days=rule.keep_max_days,
        action=rule.action,
        basis=rule.basis,
        counted=report.counted if report else None,
        removed=report.removed if report else None,
        held=report.held if report else None,
        duration_ms=report.duration_ms if report else None,
        is_finished=report.finished_at is not None if report else None,
    )
