"""Figures of campaigns: sums of counters over any campaigns, told apart or not, from rows that were gathered before.

A constant number of statements, whatever the audience; nobody and no firm is counted twice in one sum.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, select
from sqlalchemy.orm import Session

from bot.campaigns.chunks import LEFT, Chunk, Recipient, RecipientCount
from bot.campaigns.model import Campaign
from bot.learning.model import Parse
from bot.reports.clocks import day_bounds
from bot.reports.metrics import Sums
from bot.results.counters import ALL_FACTS, Facts
from bot.results.metrics import By
from bot.results.model import Arm, CampaignChat, Effect, EffectKind, GroupSize
from bot.results.rules import WEEKS, Part

MOST_CAMPAIGNS = 500
MOST_INTENTS = 10


def started_in(session: Session, first: date, last: date) -> list[Campaign]:
    """Campaigns that began on these days of the bank, both included, the newest first; at most 500."""
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    found = select(Campaign).where(Campaign.started_at >= start, Campaign.started_at < end)
    return list(session.scalars(found.order_by(Campaign.started_at.desc(), Campaign.id.desc()).limit(MOST_CAMPAIGNS)))


def total(session: Session, ids: Sequence[int]) -> Sums:
    """The sums of these campaigns together."""
    found = by(session, ids, By.ALL).get("", {})
    reached = _reached(session, ids) if len(ids) > 1 else found.get("submitted", 0)
    return {**found, "reached": reached}


def by(session: Session, ids: Sequence[int], how: By) -> dict[str, Sums]:
    """The sums of these campaigns by each value of a dimension, as text; "" is unknown, and all of them for ALL."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for facts in ALL_FACTS:
        if how in facts.by:
            _add(session, found, facts, ids, how)
    if how in (By.ALL, By.CAMPAIGN, By.VARIANT):
        _add_sends(session, found, ids, how)
    if how in (By.ALL, By.CAMPAIGN):
        _add_plan(session, found, ids, how)
    if how in (By.ALL, By.CAMPAIGN, By.VARIANT, By.BRANCH):
        _add_sizes(session, found, ids, how)
    if how is By.CAMPAIGN:
        for sums in found.values():
            sums["reached"] = sums.get("submitted", 0)
    return dict(found)


def effects(session: Session, campaign_id: int) -> dict[EffectKind, tuple[Part, Part]]:
    """What followers did whom it was sent to, and who were held out; conversations of the first seven days."""
    sizes = _group_sizes(session, campaign_id)
    counts = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(Effect.kind, Effect.group, func.count())
            .where(
                Effect.campaign_id == campaign_id,
                (Effect.kind != EffectKind.CHAT) | (Effect.week == 0),
            )
            .group_by(Effect.kind, Effect.group)
        )
    }
    return {
        kind: (
            Part(counts.get((kind, Arm.SENT), 0), sizes.get(Arm.SENT, 0)),
            Part(counts.get((kind, Arm.HELD), 0), sizes.get(Arm.HELD, 0)),
        )
        for kind in EffectKind
    }


def weeks(session: Session, ids: Sequence[int]) -> dict[tuple[int, Arm, EffectKind], list[int]]:
    """For each campaign, group and effect how many did it by the end of each week after the send, five of them."""
    rows = session.execute(
        select(Effect.campaign_id, Effect.group, Effect.kind, Effect.week, func.count())
        .where(Effect.campaign_id.in_(ids), Effect.week < WEEKS)
        .group_by(Effect.campaign_id, Effect.group, Effect.kind, Effect.week)
    )
    found: dict[tuple[int, Arm, EffectKind], list[int]] = defaultdict(lambda: [0] * WEEKS)
    for campaign_id, group, kind, week, count in rows:
        for later in range(week, WEEKS):
            found[campaign_id, group, kind][later] += count
    return dict(found)


def sizes_of(session: Session, ids: Sequence[int]) -> dict[tuple[int, Arm], int]:
    """How many followers each campaign was sent to, and how many it held out."""
    rows = session.execute(
        select(GroupSize.campaign_id, GroupSize.group, func.sum(GroupSize.followers))
        .where(GroupSize.campaign_id.in_(ids))
        .group_by(GroupSize.campaign_id, GroupSize.group)
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def intents(session: Session, ids: Sequence[int]) -> list[tuple[str, int]]:
    """What was asked most in the chats that come from these campaigns, each chat once an intent."""
    count = func.count(Parse.conversation_id.distinct())
    asked = (
        select(Parse.taken_as, count)
        .join(CampaignChat, CampaignChat.conversation_id == Parse.conversation_id)
        .where(CampaignChat.campaign_id.in_(ids), Parse.taken_as.is_not(None))
        .group_by(Parse.taken_as)
        .order_by(count.desc(), Parse.taken_as)
    )
    return [(str(row[0]), int(row[1])) for row in session.execute(asked.limit(MOST_INTENTS))]


def reasons(session: Session, ids: Sequence[int]) -> list[tuple[str, int]]:
    """How many were left out for which reason, the most first."""
    mine = (RecipientCount.campaign_id.in_(ids)) & (RecipientCount.reason != "") & (RecipientCount.followers > 0)
    rows = session.execute(
        select(RecipientCount.reason, func.sum(RecipientCount.followers)).where(mine).group_by(RecipientCount.reason)
    )
    return sorted(((str(row[0]), int(row[1])) for row in rows), key=lambda one: (-one[1], one[0]))


def _add(session: Session, found: dict[str, dict[str, int]], facts: Facts, ids: Sequence[int], how: By) -> None:
    columns = facts.columns()
    key = facts.by[how]
    asked = select(key, *columns.values()).select_from(facts.root)
    for other, condition in facts.joins:
        asked = asked.join(other, condition)
    asked = asked.where(facts.root.campaign_id.in_(ids), facts.always)
    for row in session.execute(asked if how is By.ALL else asked.group_by(key)):
        found[str(row[0])].update(zip(columns, (int(value) for value in row[1:]), strict=True))


def _add_sends(session: Session, found: dict[str, dict[str, int]], ids: Sequence[int], how: By) -> None:
    """`filtered` is what the platform took out: its own count is of those it let through."""
    key = {By.ALL: literal(""), By.CAMPAIGN: Chunk.campaign_id, By.VARIANT: Chunk.variant}[how]
    names = ("reported", "delivered", "filtered", "failed")
    sums = (
        func.sum(Chunk.total),
        func.sum(Chunk.sent),
        func.sum(Chunk.total - Chunk.filtered),
        func.sum(Chunk.errors),
    )
    asked = select(key, *sums).where(Chunk.campaign_id.in_(ids))
    for row in session.execute(asked if how is By.ALL else asked.group_by(key)):
        found[str(row[0])].update(zip(names, (int(value or 0) for value in row[1:]), strict=True))


def _add_plan(session: Session, found: dict[str, dict[str, int]], ids: Sequence[int], how: By) -> None:
    key = literal("") if how is By.ALL else RecipientCount.campaign_id
    left_out = func.sum(RecipientCount.followers).filter(RecipientCount.reason != "")
    asked = select(key, func.sum(RecipientCount.followers), left_out).where(RecipientCount.campaign_id.in_(ids))
    for row in session.execute(asked if how is By.ALL else asked.group_by(key)):
        found[str(row[0])].update(planned=int(row[1] or 0), left_out=int(row[2] or 0))


def _add_sizes(session: Session, found: dict[str, dict[str, int]], ids: Sequence[int], how: By) -> None:
    keys: dict[By, ColumnElement[str]] = {
        By.ALL: literal(""),
        By.CAMPAIGN: cast(GroupSize.campaign_id, String),
        By.VARIANT: cast(GroupSize.variant, String),
        By.BRANCH: cast(GroupSize.branch, String),
    }
    asked = select(keys[how], func.sum(GroupSize.followers)).where(
        GroupSize.campaign_id.in_(ids), GroupSize.group == Arm.SENT
    )
    for row in session.execute(asked if how is By.ALL else asked.group_by(keys[how])):
        found[str(row[0])]["submitted"] = int(row[1] or 0)


def _reached(session: Session, ids: Sequence[int]) -> int:
    """Followers whom any of these was sent to, each once."""
    left = and_(Chunk.campaign_id == Recipient.campaign_id, Chunk.number == Recipient.chunk, Chunk.state.in_(LEFT))
    people = (
        select(Recipient.follower_id)
        .join(Chunk, left)
        .where(Recipient.campaign_id.in_(ids), Recipient.reason.is_(None))
        .distinct()
    )
    return session.scalar(select(func.count()).select_from(people.subquery())) or 0


def _group_sizes(session: Session, campaign_id: int) -> dict[Arm, int]:
    return {group: size for (_, group), size in sizes_of(session, [campaign_id]).items()}
