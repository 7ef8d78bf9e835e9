"""Campaigns, chunks and recipients → what the console shows. Personal data is masked here."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.campaign_audience_schemas import (
    PlanPreviewOut,
    RecipientOut,
    RecipientWhyOut,
    SegmentBecauseOut,
    SegmentWhyOut,
)
from api.campaign_schemas import (
    CampaignFlawOut,
    CampaignLeftOut,
    CampaignMarkOut,
    CampaignOut,
    CampaignProgressOut,
    CampaignReasonCount,
    CampaignRecallOut,
    CampaignRow,
    CampaignSegmentOut,
    CampaignVariantOut,
    CampaignWaitOut,
)
from api.customer_views import names_of
from api.mass_schemas import ContactPolicyOut, MassCalendarDay
from bot.bootstrap import Bot
from bot.campaigns import explaining, queries
from bot.campaigns.approving import approval_hash, content_of, find_flaws
from bot.campaigns.chunks import Chunk, Recipient
from bot.campaigns.ledger import OutsideSend
from bot.campaigns.model import Campaign, scene_of
from bot.campaigns.planning import Fate, SampleTooSmall, check_sample
from bot.campaigns.recalling import REMOVES, STAYS
from bot.campaigns.rules import CHUNK_SIZE, ContactPolicy, schedule_of
from bot.clock import local_day
from bot.customers.masking import mask_firm, mask_phone
from bot.customers.model import Follower
from bot.errors import NotFound


def rows(session: Session, bot: Bot, campaigns: Sequence[Campaign]) -> list[CampaignRow]:
    """The list's rows; a fixed number of queries and one look at each article."""
    ids = [one.id for one in campaigns]
    variants = queries.variants_by_campaign(session, ids)
    sizes = queries.sizes_by_campaign(session, ids)
    names = names_of(session, {one.editor for one in campaigns} | {one.reviewer for one in campaigns})
    versions = {row.article_version_id for found in variants.values() for row in found}
    titles = {one: _title(session, bot, one) for one in versions}
    return [
        CampaignRow(
            id=one.id,
            name=one.name,
            goal=one.goal,
            metric=one.metric,
            message_class=one.message_class,
            state=one.state,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            repeats=one.repeats,
            run_of=one.run_of,
            titles=[titles[row.article_version_id] for row in variants[one.id]],
            size=sizes[one.id][0],
            left=CampaignLeftOut.model_validate(sizes[one.id][1]),
            pause_why=one.pause_why,
            editor_name=names.get(one.editor, one.editor),
            reviewer_name=_named(names, one.reviewer),
        )
        for one in campaigns
    ]


def shown(session: Session, bot: Bot, one: Campaign) -> CampaignOut:
    """One campaign as it is now."""
    asked = bot.campaigns.neighbours
    content = content_of(session, one, asked.frozen, asked.fingerprint)
    names = names_of(session, _people(one))
    moved = schedule_of(one.not_before, one.not_after, bot.campaigns.policy)[2]
    plain = {name: getattr(one, name) for name in CampaignOut.model_fields if hasattr(one, name)}
    return CampaignOut(
        **plain
        | {
            "included": [CampaignSegmentOut(id=id_, name=_of(content.segments[id_])) for id_ in one.included],
            "excluded": [CampaignSegmentOut(id=id_, name=_of(content.segments[id_])) for id_ in one.excluded],
            "variants": [
                CampaignVariantOut(
                    number=row.number,
                    article_version_id=row.article_version_id,
                    share=row.share,
                    title=article.title if article else None,
                    is_marketing=article.is_marketing if article else None,
                    content_hash=article.content_hash if article else None,
                    scene=scene_of(one.id, row.number),
                )
                for row, article in content.variants
            ],
            "marks": [CampaignMarkOut(**mark) for mark in one.marks],
        },
        moved_why=moved,
        content_hash=approval_hash(one, content),
        flaws=[CampaignFlawOut.model_validate(flaw) for flaw in find_flaws(one, content, bot.clock.now())],
        author_name=names.get(one.author, one.author),
        editor_name=names.get(one.editor, one.editor),
        reviewer_name=_named(names, one.reviewer),
        paused_by_name=_named(names, one.paused_by),
        recall=_recall(session, one, names),
    )


def progress(found: queries.Progress) -> CampaignProgressOut:
    """How far it is."""
    waits = CampaignWaitOut(why=found.waits[0], until=found.waits[1], facts=found.waits[2]) if found.waits else None
    plain = {name: getattr(found, name) for name in CampaignProgressOut.model_fields}
    counts = [
        CampaignReasonCount(reason=reason, variant=variant or None, followers=followers)
        for reason, variant, followers in found.reasons
    ]
    left = CampaignLeftOut.model_validate(found.left)
    return CampaignProgressOut(**plain | {"waits": waits, "reasons": counts, "left": left})


def preview(found: Sequence[Fate], variants: Sequence[int], policy: ContactPolicy) -> PlanPreviewOut:
    """What a plan would come to."""
    sent = [one for one in found if one.reason is None]
    try:
        check_sample(variants, found, policy)
        is_too_small = False
    except SampleTooSmall:
        is_too_small = True
    ordered = sorted(found, key=lambda one: (one.reason is not None, -one.followers, one.variant or 0))
    return PlanPreviewOut(
        audience=sum(one.followers for one in found),
        included=sum(one.followers for one in sent),
        chunks=sum(-(-one.followers // CHUNK_SIZE) for one in sent),
        reasons=[CampaignReasonCount.model_validate(one) for one in ordered],
        is_sample_too_small=is_too_small,
        min_sample=policy.min_sample,
    )


def recipient(row: Recipient, follower: Follower) -> RecipientOut:
    """One follower, masked."""
    return RecipientOut(
        follower_id=follower.id,
        label=follower.label,
        firm_name=mask_firm(follower.firm_name),
        phone=mask_phone(follower.phone),
        branch=follower.branch,
        reason=row.reason,
        variant=row.variant,
        chunk=row.chunk,
    )


def why(found: explaining.Why) -> RecipientWhyOut:
    """Why somebody is sent it or not."""
    segments = [
        SegmentWhyOut(
            segment_id=one.segment_id,
            name=one.name,
            is_excluding=one.is_excluding,
            holds=one.holds,
            because=[_because(leaf) for leaf in one.because],
        )
        for one in found.segments
    ]
    plain = {name: getattr(found, name) for name in RecipientWhyOut.model_fields}
    return RecipientWhyOut(**plain | {"segments": segments})


def calendar_days(
    campaigns: Sequence[Campaign], outside: Sequence[OutsideSend], sizes: dict[int, tuple[int, queries.Left]]
) -> list[MassCalendarDay]:
    """Entries by day."""
    ours = [
        MassCalendarDay(
            day=local_day(one.starts_at),
            kind="campaign",
            id=one.id,
            name=one.name,
            state=one.state,
            starts_at=one.starts_at,
            size=sizes[one.id][0] if one.planned_at else None,
        )
        for one in campaigns
    ]
    others = [
        MassCalendarDay(
            day=one.sent_on, kind="outside", id=one.id, name=one.title, state=None, starts_at=None, size=one.targets
        )
        for one in outside
    ]
    return sorted([*ours, *others], key=lambda one: (one.day, one.kind, one.id))


def policy(found: ContactPolicy) -> ContactPolicyOut:
    """The rules of contacting."""
    return ContactPolicyOut(
        opens=_hour(found.opens),
        closes=_hour(found.closes),
        morning=_hour(found.morning),
        week_days=found.week_days,
        month_days=found.month_days,
        in_month=found.in_month,
        global_holdout_bp=found.global_holdout_bp,
        min_sample=found.min_sample,
    )


def _recall(session: Session, one: Campaign, names: dict[str, str]) -> CampaignRecallOut | None:
    if one.recall_asked_by is None or one.recall_asked_at is None:
        return None
    sends = select(func.count(Chunk.job_id), func.count(Chunk.recalled_at)).where(Chunk.campaign_id == one.id)
    jobs, done = session.execute(sends).one()
    return CampaignRecallOut(
        asked_by=one.recall_asked_by,
        asked_by_name=names.get(one.recall_asked_by, one.recall_asked_by),
        asked_at=one.recall_asked_at,
        reason=one.recall_reason,
        recalled_by_name=_named(names, one.recalled_by),
        recalled_at=one.recalled_at,
        done=done,
        sends=jobs,
        removes=list(REMOVES),
        stays=list(STAYS),
    )


def _because(leaf: Any) -> SegmentBecauseOut:
    return SegmentBecauseOut(
        words=leaf.words, holds=leaf.holds, value=leaf.value, source=leaf.source, as_of=getattr(leaf, "as_of", None)
    )


def _people(one: Campaign) -> Collection[str | None]:
    return {one.author, one.editor, one.reviewer, one.paused_by, one.recall_asked_by, one.recalled_by}


def _named(names: dict[str, str], username: str | None) -> str | None:
    return names.get(username, username) if username else None


def _of(segment: tuple[str, str] | None) -> str | None:
    return segment[0] if segment else None


def _title(session: Session, bot: Bot, version_id: int) -> str:
    try:
        return bot.campaigns.neighbours.frozen(session, version_id).title
    except NotFound:
        return ""


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
