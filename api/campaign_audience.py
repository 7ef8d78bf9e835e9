"""Whom a campaign reaches: what a plan would come to, who is in it and who is left out why, chunks and their decisions,
and taking down what was sent.
"""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import campaign_views as views
from api.auth import CAMPAIGN_ROLES, HOLDING_ROLES, MARKETERS, caller, open_to, the_bot
from api.campaign_audience_schemas import (
    PlanPreviewOut,
    RecipientsPage,
    RecipientsQuery,
    RecipientWhyOut,
    RecipientWhyQuery,
)
from api.campaign_schemas import (
    CampaignChunkOut,
    CampaignChunksOut,
    CampaignOut,
    CampaignPath,
    CampaignReasonIn,
    ChunkPath,
    ChunkSettleIn,
)
from api.campaigns import ERRORS
from api.tracing import doer
from bot.audit.model import Act
from bot.audit.service import Thing, has_just_looked, note
from bot.campaigns import queries
from bot.campaigns.acting import found
from bot.campaigns.approving import variants_of
from bot.campaigns.explaining import why
from bot.campaigns.judging import terms_of
from bot.campaigns.planning import fates
from bot.compliance.secrets import mask_personal

campaign_audience = APIBlueprint(
    "campaign_audience", __name__, url_prefix="/api/campaigns/<int:id>", abp_tags=[Tag(name="campaigns")]
)


@campaign_audience.get("/preview", responses={200: PlanPreviewOut, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def preview_plan(path: CampaignPath) -> dict[str, Any]:
    """What a plan made now would come to; nothing is written."""
    bot = the_bot()
    with bot.database.reading() as session:
        campaign = found(session, path.id, lock=False)
        variants = variants_of(session, path.id)
        asked, policy = bot.campaigns.neighbours, bot.campaigns.policy
        terms = terms_of(campaign, variants)
        come = fates(session, terms, bot.clock.now(), policy, asked.who) if campaign.included else []
    return views.preview(come, [one.number for one in variants], policy).model_dump(mode="json")


@campaign_audience.get("/recipients", responses={200: RecipientsPage, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def list_recipients(path: CampaignPath, query: RecipientsQuery) -> dict[str, Any]:
    """Followers by reason, masked; the look is written down."""
    bot = the_bot()
    with bot.database.reading() as session:
        found(session, path.id, lock=False)
        rows = queries.recipients_page(session, path.id, query.reason, query.after, query.limit)
        items = [views.recipient(row, follower) for row, follower in rows[: query.limit]]
    _note_look(Thing("campaign", path.id))
    more = items[-1].follower_id if len(rows) > query.limit else None
    return RecipientsPage(items=items, next=more).model_dump(mode="json")


@campaign_audience.get("/why", responses={200: RecipientWhyOut, **ERRORS})
@open_to(CAMPAIGN_ROLES)
def explain_recipient(path: CampaignPath, query: RecipientWhyQuery) -> dict[str, Any]:
    """Why one follower is sent it or not; the look is written down."""
    bot = the_bot()
    with bot.database.reading() as session:
        campaign = found(session, path.id, lock=False)
        told = why(
            session,
            campaign,
            query.follower_id,
            bot.clock.now(),
            bot.campaigns.policy,
            bot.campaigns.neighbours,
        )
    _note_look(Thing("campaign", path.id, query.follower_id))
    return views.why(told).model_dump(mode="json")


@campaign_audience.get("/chunks", responses={200: CampaignChunksOut, **ERRORS})
@open_to(CAMPAIGN_ROLES, is_activity=False)
def list_chunks(path: CampaignPath) -> dict[str, Any]:
    """Its chunks, in order."""
    with the_bot().database.reading() as session:
        found(session, path.id, lock=False)
        items = [CampaignChunkOut.model_validate(one) for one in queries.chunks_of(session, path.id)]
    return CampaignChunksOut(items=items).model_dump(mode="json")


@campaign_audience.post("/chunks/<int:number>/retry", responses={204: None, **ERRORS})
@open_to(MARKETERS)
def retry_chunk(path: ChunkPath) -> Response:
    """Send a refused chunk anew."""
    the_bot().chunk_decisions.retry(path.id, path.number, caller().username)
    return Response(status=204)


@campaign_audience.post("/chunks/<int:number>/abandon", responses={204: None, **ERRORS})
@open_to(MARKETERS)
def abandon_chunk(path: ChunkPath, body: CampaignReasonIn) -> Response:
    """Give a refused chunk up."""
    the_bot().chunk_decisions.abandon(path.id, path.number, caller().username, mask_personal(body.reason))
    return Response(status=204)


@campaign_audience.post("/chunks/<int:number>/settle", responses={204: None, **ERRORS})
@open_to(MARKETERS)
def settle_chunk(path: ChunkPath, body: ChunkSettleIn) -> Response:
    """Say whether a chunk went of which the platform no longer tells us."""
    reason = mask_personal(body.reason)
    the_bot().chunk_decisions.settle(path.id, path.number, caller().username, reason, went=body.went)
    return Response(status=204)


@campaign_audience.post("/recall", responses={200: CampaignOut, **ERRORS})
@open_to(HOLDING_ROLES)
def ask_recall(path: CampaignPath, body: CampaignReasonIn) -> dict[str, Any]:
    """Ask that what was sent be taken down; another person has to say yes."""
    the_bot().recalls.ask(path.id, caller().username, mask_personal(body.reason))
    return _one(path.id)


@campaign_audience.post("/recall/confirm", responses={200: CampaignOut, **ERRORS})
@open_to(HOLDING_ROLES)
def confirm_recall(path: CampaignPath) -> dict[str, Any]:
    """The other person's yes: nothing more leaves, the pages go. 403 for who asked. Safe to repeat."""
    the_bot().recalls.confirm(path.id, caller().username)
    return _one(path.id)


def _one(campaign_id: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        return views.shown(session, bot, found(session, campaign_id, lock=False)).model_dump(mode="json")


def _note_look(thing: Thing) -> None:
    bot, now = the_bot(), the_bot().clock.now()
    with bot.database.transaction() as session:
        if not has_just_looked(session, now, caller().username, thing, Act.RECIPIENTS_READ):
            note(session, now, doer(), Act.RECIPIENTS_READ, thing)
