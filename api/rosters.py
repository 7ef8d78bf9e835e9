"""People of the desks for supervisors: skills, capacity, shifts, absences, dedicated customers; one's own roster."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth import DESK_ROLES, SUPERVISORS, caller, open_to, the_bot
from api.board_schemas import RepPath
from api.reading import me
from api.rosters_schemas import (
    AbsenceIn,
    AbsenceOut,
    AbsencePath,
    CopiedOut,
    CopyWeekIn,
    DedicatedOut,
    DedicatedPage,
    DedicatedPath,
    DedicatedQuery,
    DedicateIn,
    DutyOut,
    PersonIn,
    RosterOut,
    RosterRowOut,
    ShiftOut,
    StandInOut,
    TemplateOut,
    WeekIn,
    WeekQuery,
)
from api.schemas import Problem
from api.tracing import doer
from bot.clock import local
from bot.desks import queries
from bot.desks.dedication import count_customers, customers_of
from bot.desks.model import Absence, Shift
from bot.desks.rosters import NewAbsence
from bot.desks.rules import WEEK, begins_at, monday_of
from bot.errors import InvalidInput
from bot.handoff import scope
from bot.handoff.model import Conversation
from bot.handoff.queries import desk_staff
from bot.staff.model import StaffMember

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
rosters = APIBlueprint("rosters", __name__, url_prefix="/api", abp_tags=[Tag(name="rosters")])


@rosters.get("/rosters", responses={200: RosterOut, **READ_ERRORS})
@open_to(SUPERVISORS)
def show_week(query: WeekQuery) -> dict[str, Any]:
    """Everybody who serves customers, with shifts and absences of one week."""
    bot = the_bot()
    monday = monday_of(begins_at(query.day) if query.day else bot.clock.now())
    with bot.database.reading() as session:
        start, end = begins_at(monday), begins_at(monday + WEEK)
        shifts, absences = defaultdict[str, list[Shift]](list), defaultdict[str, list[Absence]](list)
        for shift in queries.shifts_between(session, start, end):
            shifts[shift.rep].append(shift)
        for absence in queries.absences_between(session, start, end):
            absences[absence.rep].append(absence)
        counts = count_customers(session)
        reps = [_row(one, shifts[one.username], absences[one.username], counts) for one in desk_staff(session)]
    templates = [
        TemplateOut(id=one.id, name=one.name, starts=f"{one.starts:%H:%M}", ends=f"{one.ends:%H:%M}")
        for one in bot.rosters.templates.values()
    ]
    skills = [(skill.id, skill.name) for skill in bot.content.skills.values()]
    return RosterOut(monday=monday, templates=templates, skills=skills, reps=reps).model_dump(mode="json")


@rosters.post("/rosters/copy", responses={200: CopiedOut, **READ_ERRORS})
@open_to(SUPERVISORS)
def copy_week(body: CopyWeekIn) -> dict[str, Any]:
    """Give everybody without shifts in the target week those of the source week. Safe to repeat."""
    if body.source.weekday() or body.target.weekday() or body.source == body.target:
        raise InvalidInput(places=["source", "target"])
    copied = the_bot().rosters.copy_week(body.source, body.target, doer())
    return CopiedOut(reps=copied).model_dump(mode="json")


@rosters.put("/reps/<username>", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def change_person(path: RepPath, body: PersonIn) -> Response:
    """Desks and capacity of a person. 409 when somebody was faster."""
    bot = the_bot()
    if any(skill not in bot.content.skills for skill in body.skills):
        raise InvalidInput(places=["skills"])
    skills = [skill for skill in bot.content.skills if skill in body.skills]
    bot.rosters.set_person(path.username, body.seen, skills, body.capacity, doer())
    return Response(status=204)


@rosters.put("/reps/<username>/week", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def change_week(path: RepPath, body: WeekIn) -> Response:
    """A person's shifts of one week. 409 when somebody was faster, 422 when shifts overlap."""
    if body.monday.weekday():
        raise InvalidInput(places=["monday"])
    wanted = [(one.on, one.template) for one in body.shifts]
    the_bot().rosters.set_week(path.username, body.seen, body.monday, wanted, doer())
    return Response(status=204)


@rosters.post("/reps/<username>/absences", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def set_absence(path: RepPath, body: AbsenceIn) -> Response:
    """A person will be away; the deputy reads the note. 409 when somebody was faster."""
    wanted = NewAbsence(body.away_for, body.starts_at, body.ends_at, body.deputy, body.note)
    the_bot().rosters.set_absence(path.username, body.seen, wanted, doer())
    return Response(status=204)


@rosters.post("/absences/<int:id>/end", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def end_absence(path: AbsencePath) -> Response:
    """He is back, or will not go. Safe to repeat."""
    the_bot().rosters.end_absence(path.id, doer())
    return Response(status=204)


@rosters.get("/reps/<username>/customers", responses={200: DedicatedPage, **READ_ERRORS})
@open_to(SUPERVISORS)
def list_dedicated(path: RepPath, query: DedicatedQuery) -> dict[str, Any]:
    """The customers a rep is the dedicated one of, newest first."""
    with the_bot().database.reading() as session:
        found = customers_of(session, path.username, query.before, query.limit)
        shown = found[: query.limit]
        chats = _newest_chats(session, [row.id for row in shown])
    items = [
        DedicatedOut(follower_id=row.id, label=row.label, firm_name=row.firm_name, conversation_id=chats.get(row.id))
        for row in shown
    ]
    last = shown[-1].id if len(found) > query.limit else None
    return DedicatedPage(items=items, next=last).model_dump(mode="json")


@rosters.post("/reps/<username>/customers", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def dedicate(path: RepPath, body: DedicateIn) -> Response:
    """The customer of this chat has this dedicated rep from now on. Safe to repeat."""
    bot = the_bot()
    with bot.database.reading() as session:
        follower_id = scope.get_readable(session, body.conversation_id, me(session)).follower_id
    bot.dedication.give(follower_id, path.username, doer())
    return Response(status=204)


@rosters.delete("/reps/<username>/customers/<int:id>", responses={204: None, **ERRORS})
@open_to(SUPERVISORS)
def hand_back(path: DedicatedPath) -> Response:
    """The customer has no dedicated rep any more. Safe to repeat."""
    the_bot().dedication.hand_back(path.id, path.username, doer())
    return Response(status=204)


@rosters.get("/me/duty", responses={200: DutyOut, 401: Problem, 403: Problem})
@open_to(DESK_ROLES, is_activity=False)
def show_duty() -> dict[str, Any]:
    """My shift, and for whom I stand in."""
    bot, username = the_bot(), caller().username
    now = bot.clock.now()
    with bot.database.reading() as session:
        mine = [span for span in queries.shifts_around(session, now) if span.rep == username]
        away = {row.rep: row for row in queries.absences_at(session, now)}
        owners = [rep for rep, deputy in queries.deputies(session, now).items() if deputy == username]
        names = {one.username: one.display_name for one in desk_staff(session)}
    shift = next((span for span in mine if span.ends_at > now), None)
    standing_in = [
        StandInOut(rep=rep, rep_name=names.get(rep, rep), ends_at=away[rep].ends_at, note=away[rep].note)
        for rep in owners
    ]
    return DutyOut(
        is_rostered=bool(mine),
        shift_starts_at=shift.starts_at if shift else None,
        shift_ends_at=shift.ends_at if shift else None,
        away_until=away[username].ends_at if username in away else None,
        standing_in=standing_in,
    ).model_dump(mode="json")


def _row(
    one: StaffMember, shifts: Sequence[Shift], absences: Sequence[Absence], counts: Mapping[str, int]
) -> RosterRowOut:
    return RosterRowOut(
        username=one.username,
        display_name=one.display_name,
        role=one.role.value,
        version=one.version,
        skills=one.skills,
        capacity=one.capacity,
        customers=counts.get(one.username, 0),
        shifts=[_shift(shift) for shift in shifts],
        absences=[AbsenceOut.model_validate(absence) for absence in absences],
    )


def _shift(row: Shift) -> ShiftOut:
    return ShiftOut(template=row.template, on=local(row.starts_at).date(), starts_at=row.starts_at, ends_at=row.ends_at)


def _newest_chats(session: Session, follower_ids: Sequence[int]) -> dict[int, int]:
    mine = Conversation.follower_id.in_(follower_ids) & Conversation.queued_at.is_not(None)
    newest = select(Conversation.follower_id, func.max(Conversation.id)).where(mine).group_by(Conversation.follower_id)
    return {row[0]: row[1] for row in session.execute(newest)}
