"""Sums → what the page 效果 shows. Personal data is masked here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.result_schemas import (
    CampaignResultOut,
    ResultBreakdownOut,
    ResultBreakdownRow,
    ResultContrastOut,
    ResultDayOut,
    ResultFigureOut,
    ResultFollowerOut,
    ResultHeadOut,
    ResultIntentOut,
    ResultLiftOut,
    ResultMetricOut,
    ResultPartOut,
    ResultReasonOut,
    ResultRowOut,
    ResultsOut,
    ResultStepOut,
    ResultVariantOut,
    ResultWeeksOut,
)
from bot.articles.model import ArticleVersion
from bot.bootstrap import Bot
from bot.campaigns.chunks import Reason
from bot.campaigns.model import Campaign, CampaignVariant, scene_of
from bot.clock import local_day
from bot.customers.masking import mask_firm
from bot.reports.metrics import Sums
from bot.results import figures
from bot.results.dictionary import BY_ID, COMPARED, FUNNEL, METRICS
from bot.results.drilling import Behind
from bot.results.metrics import By, ResultMetric
from bot.results.model import Arm, ArticleDay, EffectKind, Gathering
from bot.results.rules import WEEKS, Difference, Part, difference

COHORTS = (EffectKind.CHAT, EffectKind.APPLICATION, EffectKind.DRAWDOWN)
SENT_NAME, HELD_NAME, UNKNOWN = "已发送", "对照组", "未知"


def overview(bot: Bot, session: Session, first: date, last: date) -> ResultsOut:
    """All campaigns that began on these days."""
    campaigns = figures.started_in(session, first, last)
    ids = [one.id for one in campaigns]
    sums = figures.total(session, ids)
    each = figures.by(session, ids, By.CAMPAIGN)
    heads = _heads(session, campaigns)
    shown = [one for one in METRICS if By.CAMPAIGN in one.by]
    return ResultsOut(
        metrics=[metric(one) for one in METRICS],
        figures=[_figure(one, sums) for one in METRICS],
        funnel=_funnel(sums),
        rows=[
            ResultRowOut(campaign=heads[one.id], values=values(shown, each.get(str(one.id), {}))) for one in campaigns
        ],
        weeks=_cohorts(session, campaigns),
        intents=_intents(bot, session, ids),
        reasons=_reasons(session, ids),
        is_cut=len(campaigns) == figures.MOST_CAMPAIGNS,
    )


def result(bot: Bot, session: Session, campaign: Campaign) -> CampaignResultOut:
    """All that came of one campaign."""
    ids, least = [campaign.id], bot.campaigns.policy.min_sample
    sums = figures.total(session, ids)
    variants = figures.by(session, ids, By.VARIANT)
    gathering = session.get(Gathering, campaign.id)
    return CampaignResultOut(
        campaign=_heads(session, [campaign])[campaign.id],
        metrics=[metric(one) for one in METRICS],
        figures=[_figure(one, sums) for one in METRICS],
        reasons=_reasons(session, ids),
        funnel=_funnel(sums),
        lifts=_lifts(session, campaign.id, least),
        least_sample=least,
        variants=_variants(session, campaign.id, variants),
        contrasts=_contrasts(variants, least),
        days=_days(session, campaign.id),
        weeks=_weeks(session, campaign.id),
        intents=_intents(bot, session, ids),
        gathered_at=gathering.gathered_at if gathering else None,
        read_until=session.scalar(select(func.max(ArticleDay.day)).where(ArticleDay.campaign_id == campaign.id)),
    )


def breakdown(bot: Bot, session: Session, campaign_id: int, by: By) -> ResultBreakdownOut:
    """The figures of each variant, branch, product or day, in the order of their names; what is unknown comes last."""
    shown = [one for one in METRICS if by in one.by]
    found = figures.by(session, [campaign_id], by)
    # The holdout is no variant of the send.
    kept = {key: sums for key, sums in found.items() if not (by is By.VARIANT and key == "0")}
    names = _names(bot, session, campaign_id, by)
    rows = [
        ResultBreakdownRow(key=key, name=names.get(key, key) or UNKNOWN, values=values(shown, sums))
        for key, sums in kept.items()
    ]
    return ResultBreakdownOut(
        metrics=[one.id for one in shown], rows=sorted(rows, key=lambda row: (row.key == "", row.name, row.key))
    )


def followers(found: Sequence[Behind], readable: frozenset[int]) -> list[ResultFollowerOut]:
    """Followers behind a figure; a chat only where it may be read."""
    return [
        ResultFollowerOut(
            follower_id=one.follower.id,
            label=one.follower.label,
            firm_name=mask_firm(one.follower.firm_name),
            branch=one.follower.branch,
            at=one.at,
            conversation_id=one.conversation_id if one.conversation_id in readable else None,
        )
        for one in found
    ]


def metric(one: ResultMetric) -> ResultMetricOut:
    """A figure in words."""
    shown = {name: getattr(one, name) for name in ResultMetricOut.model_fields if name != "has_followers"}
    return ResultMetricOut(**shown, has_followers=one.behind is not None)


def values(shown: Iterable[ResultMetric], sums: Sums) -> dict[str, float | None]:
    """Each figure's value of these sums."""
    return {one.id: one.measure(sums).value for one in shown}


def _figure(one: ResultMetric, sums: Sums) -> ResultFigureOut:
    found = one.measure(sums)
    return ResultFigureOut(metric=one.id, value=found.value, part=found.part, whole=found.whole)


def _funnel(sums: Sums) -> list[ResultStepOut]:
    return [ResultStepOut(metric=name, count=int(BY_ID[name].measure(sums).value or 0)) for name in FUNNEL]


def _lifts(session: Session, campaign_id: int, least: int) -> list[ResultLiftOut]:
    return [
        ResultLiftOut(effect=kind, sent=_part(sent), held=_part(held), **_difference(difference(sent, held, least)))
        for kind, (sent, held) in figures.effects(session, campaign_id).items()
    ]


def _variants(session: Session, campaign_id: int, found: Mapping[str, Sums]) -> list[ResultVariantOut]:
    shown = [one for one in METRICS if By.VARIANT in one.by]
    return [
        ResultVariantOut(
            number=number,
            scene=scene_of(campaign_id, number),
            title=title,
            values=values(shown, found.get(str(number), {})),
        )
        for number, title in _titles(session, [campaign_id])[campaign_id]
    ]


def _contrasts(found: Mapping[str, Sums], least: int) -> list[ResultContrastOut]:
    """Every later variant against the first; figures that go beyond the delivered, as reads by others may, are cut."""
    numbers = sorted(int(key) for key in found if key not in ("", "0"))
    contrasts = []
    for name in COMPARED:
        parts = {number: _of_delivered(name, found[str(number)]) for number in numbers}
        for number in numbers[1:]:
            first, other = parts[numbers[0]], parts[number]
            contrasts.append(
                ResultContrastOut(
                    metric=name,
                    number=number,
                    first=_part(first),
                    other=_part(other),
                    **_difference(difference(other, first, least)),
                )
            )
    return contrasts


def _of_delivered(name: str, sums: Sums) -> Part:
    whole = int(sums.get("delivered", 0))
    return Part(min(whole, int(BY_ID[name].measure(sums).value or 0)), whole)


def _days(session: Session, campaign_id: int) -> list[ResultDayOut]:
    """Every day from the first to the last on which anything happened."""
    shown = [one for one in METRICS if By.DAY in one.by]
    found = {date.fromisoformat(key): sums for key, sums in figures.by(session, [campaign_id], By.DAY).items()}
    if not found:
        return []
    length = (max(found) - min(found)).days + 1
    days = [min(found) + timedelta(days=number) for number in range(length)]
    return [ResultDayOut(day=day, values=values(shown, found.get(day, {}))) for day in days]


def _weeks(session: Session, campaign_id: int) -> list[ResultWeeksOut]:
    counts, sizes = figures.weeks(session, [campaign_id]), figures.sizes_of(session, [campaign_id])
    return [
        ResultWeeksOut(
            name=name,
            group=group,
            effect=effect,
            size=sizes.get((campaign_id, group), 0),
            shares=_shares(counts.get((campaign_id, group, effect)), sizes.get((campaign_id, group), 0)),
        )
        for effect in COHORTS
        for group, name in ((Arm.SENT, SENT_NAME), (Arm.HELD, HELD_NAME))
    ]


def _cohorts(session: Session, campaigns: Sequence[Campaign]) -> list[ResultWeeksOut]:
    """Campaigns by the week they began in: each week's followers, and how many did it by the end of each week after."""
    ids = [one.id for one in campaigns]
    counts, sizes = figures.weeks(session, ids), figures.sizes_of(session, ids)
    by_week: dict[date, list[int]] = {}
    for one in campaigns:
        if one.started_at is not None:
            day = local_day(one.started_at)
            by_week.setdefault(day - timedelta(days=day.weekday()), []).append(one.id)
    rows = []
    for effect in COHORTS:
        for monday, mine in sorted(by_week.items()):
            size = sum(sizes.get((one, Arm.SENT), 0) for one in mine)
            total = [
                sum(counts.get((one, Arm.SENT, effect), [0] * WEEKS)[week] for one in mine) for week in range(WEEKS)
            ]
            rows.append(
                ResultWeeksOut(name=str(monday), group=Arm.SENT, effect=effect, size=size, shares=_shares(total, size))
            )
    return rows


def _shares(counts: Sequence[int] | None, size: int) -> list[float | None]:
    return [count / size if size else None for count in counts or [0] * WEEKS]


def _intents(bot: Bot, session: Session, ids: Sequence[int]) -> list[ResultIntentOut]:
    labels = bot.content.labels
    return [
        ResultIntentOut(intent=intent, label=labels.get(intent, intent), chats=chats)
        for intent, chats in figures.intents(session, ids)
    ]


def _reasons(session: Session, ids: Sequence[int]) -> list[ResultReasonOut]:
    return [ResultReasonOut(reason=Reason(reason), followers=count) for reason, count in figures.reasons(session, ids)]


def _heads(session: Session, campaigns: Sequence[Campaign]) -> dict[int, ResultHeadOut]:
    titles = _titles(session, [one.id for one in campaigns])
    return {
        one.id: ResultHeadOut(
            id=one.id,
            name=one.name,
            goal=one.goal,
            metric=one.metric,
            state=one.state,
            started_at=one.started_at,
            titles=[title for _, title in titles[one.id]],
        )
        for one in campaigns
    }


def _titles(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The variants of these campaigns, in order, with the titles of their articles."""
    rows = session.execute(
        select(CampaignVariant.campaign_id, CampaignVariant.number, ArticleVersion.title)
        .join(ArticleVersion, ArticleVersion.id == CampaignVariant.article_version_id)
        .where(CampaignVariant.campaign_id.in_(ids))
        .order_by(CampaignVariant.campaign_id, CampaignVariant.number)
    )
    found: dict[int, list[tuple[int, str]]] = {one: [] for one in ids}
    for campaign_id, number, title in rows:
        found[campaign_id].append((number, title))
    return found


def _names(bot: Bot, session: Session, campaign_id: int, by: By) -> Mapping[str, str]:
    if by is By.PRODUCT:
        return bot.content.product_names
    if by is By.VARIANT:
        titles = _titles(session, [campaign_id])[campaign_id]
        return {str(number): f"{chr(ord('A') + number - 1)} · {title}" for number, title in titles}
    return {}


def _part(one: Part) -> ResultPartOut:
    return ResultPartOut(part=one.part, whole=one.whole, share=one.share)


def _difference(one: Difference) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("value", "low", "high", "is_enough", "is_clear")}
