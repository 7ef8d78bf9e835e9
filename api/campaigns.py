"""群发: campaigns from the first draft to the last receipt, the second person's word, holding them."""

from datetime import datetime
from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from api import campaign_views as views
from api.auth import CAMPAIGN_ROLES, HOLDING_ROLES, MARKETERS, REVIEWING_ROLES, caller, open_to, the_bot
from api.campaign_schemas import (
    CampaignActOut,
    CampaignActsOut,
    CampaignApproveIn,
    CampaignCopyIn,
    CampaignIn,
    CampaignOut,
    CampaignPath,
    CampaignProgressOut,
    CampaignReasonIn,
    CampaignSaveIn,
    CampaignSendBackIn,
    CampaignsPage,
    CampaignsQuery,
)
from api.cursors import cursor_of, parts_of
from api.customer_views import names_of
from api.schemas import Problem
from bot.campaigns import queries
from bot.campaigns.acting import found
from bot.campaigns.rules import DEFAULT_LATEST
from bot.campaigns.service import Wanted
from bot.compliance.secrets import mask_personal

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
campaigns = APIBlueprint("campaigns", __name__, url_prefix="/api/campaigns", abp_tags=[Tag(name="campaigns")])


@campaigns.get("", responses={200: CampaignsPage, **READ_ERRORS})
@open_to(CAMPAIGN_ROLES)
def list_campaigns(query: CampaignsQuery) -> dict[str, Any]:
    """Campaigns, the latest start first."""
    bot = the_bot()
    before = queries.Start(*parts_of(query.cursor, datetime, int)) if query.cursor is not None else None
    wanted = queries.CampaignFilter(state=query.state, text=query.text)
    with bot.database.reading() as session:
        rows = queries.page(session, wanted, before, query.limit)
        shown = rows[: query.limit]
        items = views.rows(session, bot, shown)
        counts = queries.counts_by_state(session)
    more = cursor_of(shown[-1].starts_at, shown[-1].id) if len(rows) > query.limit else None
    return CampaignsPage(items=items, next=more, counts=counts).model_dump(mode="json")


@campaigns.post("", responses={201: CampaignOut, **READ_ERRORS})
@open_to(MARKETERS)
def create_campaign(body: CampaignIn) -> tuple[dict[str, Any], int]:
    """Begin a campaign."""
    return _one(the_bot().campaigns.create(_wanted(body), caller().username)), 201


@campaigns.get("/<int:id>", responses={200: CampaignOut, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def show_campaign(path: CampaignPath) -> dict[str, Any]:
    """One campaign."""
    return _one(path.id)


@campaigns.put("/<int:id>", responses={200: CampaignOut, **ERRORS})
@open_to(MARKETERS)
def save_campaign(path: CampaignPath, body: CampaignSaveIn) -> dict[str, Any]:
    """Change it; what was approved is void. 409 when somebody changed it meanwhile."""
    the_bot().campaigns.save(path.id, _wanted(body), body.revision, caller().username)
    return _one(path.id)


@campaigns.post("/<int:id>/copy", responses={201: CampaignOut, **ERRORS})
@open_to(MARKETERS)
def copy_campaign(path: CampaignPath, body: CampaignCopyIn) -> tuple[dict[str, Any], int]:
    """A new draft with the same content and audience."""
    return _one(the_bot().campaigns.copy(path.id, caller().username, body.name)), 201


@campaigns.post("/<int:id>/submit", responses={200: CampaignOut, **ERRORS})
@open_to(MARKETERS)
def submit_campaign(path: CampaignPath) -> dict[str, Any]:
    """Ask the second person to look; 422 with the flaws when it may not be approved as it is."""
    the_bot().campaigns.submit(path.id, caller().username)
    return _one(path.id)


@campaigns.post("/<int:id>/approve", responses={200: CampaignOut, **ERRORS})
@open_to(REVIEWING_ROLES)
def approve_campaign(path: CampaignPath, body: CampaignApproveIn) -> dict[str, Any]:
    """The second person's yes to what he looked at; 403 for whoever wrote it."""
    the_bot().campaigns.approve(path.id, caller().username, body.content_hash)
    return _one(path.id)


@campaigns.post("/<int:id>/send-back", responses={200: CampaignOut, **ERRORS})
@open_to(REVIEWING_ROLES)
def send_campaign_back(path: CampaignPath, body: CampaignSendBackIn) -> dict[str, Any]:
    """The second person's no, with the places it is about."""
    marks = [{"place": one.place, "words": mask_personal(one.words)} for one in body.marks]
    the_bot().campaigns.send_back(path.id, caller().username, mask_personal(body.reason), marks)
    return _one(path.id)


@campaigns.post("/<int:id>/schedule", responses={200: CampaignOut, **ERRORS})
@open_to(MARKETERS)
def schedule_campaign(path: CampaignPath) -> dict[str, Any]:
    """Let an approved campaign go when its time has come."""
    the_bot().campaigns.schedule(path.id, caller().username)
    return _one(path.id)


@campaigns.post("/<int:id>/unschedule", responses={200: CampaignOut, **ERRORS})
@open_to(MARKETERS)
def unschedule_campaign(path: CampaignPath, body: CampaignReasonIn) -> dict[str, Any]:
    """Take it back to the draft before it begins."""
    the_bot().campaigns.unschedule(path.id, caller().username, mask_personal(body.reason))
    return _one(path.id)


@campaigns.post("/<int:id>/pause", responses={200: CampaignProgressOut, **ERRORS})
@open_to(HOLDING_ROLES)
def pause_campaign(path: CampaignPath, body: CampaignReasonIn) -> dict[str, Any]:
    """Hold what has not left; the answer says what left already. Safe to repeat."""
    the_bot().campaigns.pause(path.id, caller().username, mask_personal(body.reason))
    return _progress(path.id)


@campaigns.post("/<int:id>/resume", responses={200: CampaignProgressOut, **ERRORS})
@open_to(MARKETERS)
def resume_campaign(path: CampaignPath) -> dict[str, Any]:
    """Go on with what has not left."""
    the_bot().campaigns.resume(path.id, caller().username)
    return _progress(path.id)


@campaigns.post("/<int:id>/cancel", responses={200: CampaignProgressOut, **ERRORS})
@open_to(HOLDING_ROLES)
def cancel_campaign(path: CampaignPath, body: CampaignReasonIn) -> dict[str, Any]:
    """Send nothing more of it; the answer says what left already."""
    the_bot().campaigns.cancel(path.id, caller().username, mask_personal(body.reason))
    return _progress(path.id)


@campaigns.get("/<int:id>/progress", responses={200: CampaignProgressOut, **ERRORS})
@open_to(CAMPAIGN_ROLES, is_activity=False)
def show_progress(path: CampaignPath) -> dict[str, Any]:
    """How far it is, what it waits for, and how many are left out why."""
    return _progress(path.id)


@campaigns.get("/<int:id>/acts", responses={200: CampaignActsOut, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def list_campaign_acts(path: CampaignPath) -> dict[str, Any]:
    """Who did what to it, oldest first."""
    with the_bot().database.reading() as session:
        found(session, path.id, lock=False)
        acts = queries.acts_of(session, path.id)
        names = names_of(session, {one.username for one in acts})
    items = [
        CampaignActOut(
            at=one.at,
            username=one.username,
            name=names.get(one.username, one.username),
            act=one.act,
            reason=one.reason,
            facts=one.facts,
        )
        for one in acts
    ]
    return CampaignActsOut(items=items).model_dump(mode="json")


def _wanted(body: CampaignIn) -> Wanted:
    return Wanted(
        name=body.name.strip(),
        goal=body.goal,
        metric=body.metric,
        message_class=body.message_class,
        included=tuple(dict.fromkeys(body.included)),
        excluded=tuple(dict.fromkeys(body.excluded)),
        variants=tuple((one.article_version_id, one.share) for one in body.variants),
        holdout_bp=body.holdout_bp,
        route=body.route,
        speed=body.speed,
        not_before=body.not_before,
        not_after=body.not_after or body.not_before + DEFAULT_LATEST,
        repeats=body.repeats,
    )


def _one(campaign_id: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        return views.shown(session, bot, found(session, campaign_id, lock=False)).model_dump(mode="json")


def _progress(campaign_id: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        campaign = found(session, campaign_id, lock=False)
        return views.progress(queries.progress(session, campaign, bot.clock.now())).model_dump(mode="json")
