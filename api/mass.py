"""What all mass sends share: the month's four messages, the calendar, the stop, sends made outside, rules."""

from datetime import date, datetime, time
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import campaign_views as views
from api.auth import CAMPAIGN_ROLES, HOLDING_ROLES, LIFTING_ROLES, MARKETERS, caller, open_to, the_bot
from api.campaign_schemas import CampaignReasonIn
from api.campaigns import ERRORS, READ_ERRORS
from api.customer_views import names_of
from api.mass_schemas import (
    ContactPolicyOut,
    MassCalendarOut,
    MassCalendarQuery,
    MassMonthOut,
    MassPlannerQuery,
    MassStopOut,
    OutsideBookIn,
    OutsidePath,
    OutsideSendOut,
    OutsideSendsOut,
)
from bot.campaigns import queries
from bot.campaigns.acting import found, open_halt
from bot.campaigns.model import CampaignState
from bot.campaigns.outside import listed
from bot.campaigns.quota import calendar, month_left
from bot.campaigns.rules import end_of_month
from bot.clock import BANK_ZONE
from bot.compliance.secrets import mask_personal

mass = APIBlueprint("mass", __name__, url_prefix="/api/mass", abp_tags=[Tag(name="campaigns")])


@mass.get("/planner", responses={200: MassMonthOut, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def show_planner(query: MassPlannerQuery) -> dict[str, Any]:
    """How many of the month's four messages followers have left, now and after a campaign."""
    bot = the_bot()
    with bot.database.reading() as session:
        campaign = found(session, query.campaign_id, lock=False) if query.campaign_id is not None else None
        asked = bot.campaigns.neighbours
        month = month_left(session, campaign, bot.clock.now(), bot.campaigns.policy, asked.who)
    return MassMonthOut.model_validate(month).model_dump(mode="json")


@mass.get("/calendar", responses={200: MassCalendarOut, **READ_ERRORS})
@open_to(CAMPAIGN_ROLES)
def show_calendar(query: MassCalendarQuery) -> dict[str, Any]:
    """What is sent in a month, by us and outside."""
    year, month = (int(part) for part in query.month.split("-"))
    since = datetime.combine(date(year, month, 1), time(), BANK_ZONE)
    with the_bot().database.reading() as session:
        campaigns, outside = calendar(session, since, end_of_month(since))
        sizes = queries.sizes_by_campaign(session, [one.id for one in campaigns])
        items = views.calendar_days(campaigns, outside, sizes)
    return MassCalendarOut(items=items).model_dump(mode="json")


@mass.get("/policy", responses={200: ContactPolicyOut, **READ_ERRORS})
@open_to(CAMPAIGN_ROLES)
def show_policy() -> dict[str, Any]:
    """When and how often followers may be contacted."""
    return views.policy(the_bot().campaigns.policy).model_dump(mode="json")


@mass.get("/stop", responses={200: MassStopOut, **READ_ERRORS})
@open_to(CAMPAIGN_ROLES, is_activity=False)
def show_stop() -> dict[str, Any]:
    """Whether everything is stopped, and how much there is to stop."""
    with the_bot().database.reading() as session:
        halt = open_halt(session)
        running = queries.counts_by_state(session).get(CampaignState.RUNNING, 0)
        names = names_of(session, {halt.set_by}) if halt else {}
    if halt is None:
        return MassStopOut(since=None, by_name=None, reason=None, running=running).model_dump(mode="json")
    by_name = names.get(halt.set_by, halt.set_by)
    found = MassStopOut(since=halt.set_at, by_name=by_name, reason=halt.reason, running=running)
    return found.model_dump(mode="json")


@mass.post("/stop", responses={204: None, **READ_ERRORS})
@open_to(HOLDING_ROLES)
def stop_everything(body: CampaignReasonIn) -> Response:
    """The emergency stop: what runs is held at once, nothing starts. Safe to repeat."""
    the_bot().campaigns.stop_everything(caller().username, mask_personal(body.reason))
    return Response(status=204)


@mass.post("/stop/lift", responses={204: None, **READ_ERRORS})
@open_to(LIFTING_ROLES)
def lift_stop() -> Response:
    """Allow campaigns to go again; those that were held are resumed one by one. Safe to repeat."""
    the_bot().campaigns.lift_stop(caller().username)
    return Response(status=204)


@mass.get("/outside", responses={200: OutsideSendsOut, **READ_ERRORS})
@open_to(CAMPAIGN_ROLES)
def list_outside() -> dict[str, Any]:
    """Sends made in the platform's console: those to be decided, and the newest others."""
    with the_bot().database.reading() as session:
        rows = listed(session)
        names = names_of(session, {one.decided_by for one in rows})
        items = [OutsideSendOut.model_validate(one) for one in rows]
    for one in items:
        one.decided_by = names.get(one.decided_by, one.decided_by) if one.decided_by else None
    return OutsideSendsOut(items=items).model_dump(mode="json")


@mass.post("/outside/<int:id>/book", responses={204: None, **ERRORS})
@open_to(MARKETERS)
def book_outside(path: OutsidePath, body: OutsideBookIn) -> Response:
    """Book it for a segment, or set it aside."""
    outside = the_bot().outside_sends
    if body.segment_id is None:
        outside.set_aside(path.id, caller().username)
    else:
        outside.book(path.id, body.segment_id, caller().username)
    return Response(status=204)
