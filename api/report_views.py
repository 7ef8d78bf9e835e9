"""Sums → what the page 报表 shows. Who is no supervisor gets the business figures only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.report_schemas import (
    BehindOut,
    BreakdownOut,
    BreakdownRow,
    BusinessOut,
    DayOut,
    FigureOut,
    FunnelStepOut,
    HourOut,
    MetricOut,
    OutcomeOut,
    ReportDeskOut,
    ReportOut,
    RisingOut,
)
from bot.bootstrap import Bot
from bot.handoff.model import Outcome
from bot.reports import business, figures
from bot.reports.clocks import days_between
from bot.reports.counters import EVERY_DESK
from bot.reports.dictionary import METRICS
from bot.reports.drilling import Behind
from bot.reports.figures import Wanted
from bot.reports.metrics import Dimension, Group, Metric, Sums
from bot.results.touches import sources_in_words
from bot.staff.model import Role, StaffMember

HOUR_S = 3600
LOAN_FLOW = "loan"


def metrics_for(role: Role, wanted: Wanted) -> list[Metric]:
    """The figures a role may see that are known of what is wanted."""
    mine = [one for one in METRICS if role is Role.SUPERVISOR or one.group is Group.BUSINESS]
    return [one for one in mine if wanted.dimension in one.by and (one.has_desks or wanted.desk == EVERY_DESK)]


def report(bot: Bot, session: Session, wanted: Wanted, role: Role) -> ReportOut:
    """The page of these days, compared with as many before."""
    now, shown = bot.clock.now(), metrics_for(role, wanted)
    days, earlier = figures.by_day(session, wanted, now), figures.by_day(session, wanted.before, now)
    sums = figures.total(session, wanted, days.values())
    before = figures.total(session, wanted.before, earlier.values())
    is_desk = role is Role.SUPERVISOR
    return ReportOut(
        metrics=[_metric(one, is_desk=is_desk) for one in shown],
        figures=[_figure(one, sums, before) for one in shown],
        days=[DayOut(day=day, values=values(shown, found)) for day, found in days.items()],
        outcomes=[
            OutcomeOut(day=day, outcome=outcome, count=count)
            for day, found in days.items()
            for outcome in Outcome
            if is_desk and (count := found.get(f"outcome_{outcome.value}", 0))
        ],
        desks=[ReportDeskOut(id=one.id, name=one.name) for one in bot.content.skills.values()],
        made_at=now,
    )


def values(metrics: Sequence[Metric], sums: Sums) -> dict[str, float | None]:
    """Each figure's value of these sums."""
    return {one.id: one.measure(sums).value for one in metrics}


def hours(bot: Bot, session: Session, wanted: Wanted) -> list[HourOut]:
    """Per weekday and hour: arrivals and reps on duty, as means over the days of that weekday."""
    weekdays: dict[int, int] = defaultdict(int)
    for day in days_between(wanted.first, wanted.last):
        weekdays[day.weekday()] += 1
    arrivals: dict[tuple[int, int], int] = defaultdict(int)
    duty_s: dict[tuple[int, int], int] = defaultdict(int)
    for day, hour, sums in figures.by_day_and_hour(session, wanted, bot.clock.now()):
        arrivals[day.weekday(), hour] += sums.get("arrivals", 0)
        duty_s[day.weekday(), hour] += sums.get("duty_s", 0)
    return [
        HourOut(
            weekday=weekday,
            hour=hour,
            arrivals=arrivals[weekday, hour] / weekdays[weekday],
            staffed=duty_s[weekday, hour] / HOUR_S / weekdays[weekday],
        )
        for weekday, hour in sorted(arrivals.keys() | duty_s.keys())
    ]


def breakdown(bot: Bot, session: Session, wanted: Wanted, by: str, role: Role) -> BreakdownOut:
    """The figures of each rep, branch, product, article, matter or desk, in the order of their names."""
    shown = metrics_for(role, wanted)
    if by == "desk":
        shown = [one for one in shown if one.has_desks]
        found: Mapping[str, Sums] = {desk: _of_desk(bot, session, wanted, desk) for desk in bot.content.skills}
    else:
        found = figures.by_key(session, wanted, bot.clock.now())
    names = _names(bot, session, by, found)
    rows = [BreakdownRow(key=key, name=names.get(key, key), values=values(shown, sums)) for key, sums in found.items()]
    return BreakdownOut(metrics=[one.id for one in shown], rows=sorted(rows, key=lambda row: (row.name, row.key)))


def business_part(bot: Bot, session: Session, wanted: Wanted) -> BusinessOut:
    """The way of loans in these days and as many before, and what is asked more this week."""
    content, now = bot.content, bot.clock.now()
    loans = [intent for intent, flow in content.intent_flows.items() if flow == LOAN_FLOW]
    steps = business.funnel(session, wanted.first, wanted.last, loans)
    before = business.funnel(session, wanted.before.first, wanted.before.last, loans)
    return BusinessOut(
        steps=[FunnelStepOut(step=step, count=steps[step], before=before[step]) for step in business.Step],
        rising=[
            RisingOut(
                intent=one.intent,
                label=content.labels.get(one.intent, one.intent),
                this_week=one.this_week,
                per_week_before=one.per_week_before,
            )
            for one in business.rising(session, now)
        ],
    )


def behind(bot: Bot, session: Session, found: Sequence[Behind]) -> list[BehindOut]:
    """Chats behind a figure, with the names of desk and rep."""
    names = _staff(session)
    skills = bot.content.skills
    return [
        BehindOut(
            id=one.id,
            conversation_id=one.chat.id,
            label=one.label,
            desk_name=skills[one.chat.skill].name if one.chat.skill and one.chat.skill in skills else None,
            rep_name=names.get(one.chat.rep or ""),
            queued_at=one.chat.queued_at,
            wait_s=_seconds(one.wait_ms),
            reply_s=_seconds(one.reply_ms),
            handle_s=_seconds(one.handle_ms),
            outcome=one.chat.outcome,
            rating=one.chat.rating,
        )
        for one in found
    ]


def _of_desk(bot: Bot, session: Session, wanted: Wanted, desk: str) -> Sums:
    alone = Wanted(wanted.first, wanted.last, desk)
    return figures.total(session, alone, figures.by_day(session, alone, bot.clock.now()).values())


def _names(bot: Bot, session: Session, by: str, keys: Mapping[str, Sums]) -> Mapping[str, str]:
    if by == Dimension.REP:
        return {username: name for username, name in _staff(session).items() if username in keys}
    if by == Dimension.PRODUCT:
        return bot.content.product_names
    if by == Dimension.SOURCE:
        return sources_in_words(session, keys)
    return {desk.id: desk.name for desk in bot.content.skills.values()} if by == "desk" else {}


def _staff(session: Session) -> dict[str, str]:
    return {row[0]: row[1] for row in session.execute(select(StaffMember.username, StaffMember.display_name))}


def _metric(metric: Metric, *, is_desk: bool) -> MetricOut:
    shown = {name: getattr(metric, name) for name in MetricOut.model_fields if name != "has_chats"}
    return MetricOut(**shown, has_chats=is_desk and metric.behind is not None)


def _figure(metric: Metric, sums: Sums, before: Sums) -> FigureOut:
    found = metric.measure(sums)
    earlier = metric.measure(before).value
    return FigureOut(metric=metric.id, value=found.value, part=found.part, whole=found.whole, before=earlier)


def _seconds(length_ms: int | None) -> float | None:
    return None if length_ms is None else length_ms / 1000
