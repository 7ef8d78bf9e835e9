"""The plan of a campaign: one row for every follower of its audience, with the reason he is left out or the chunk he
goes with. One INSERT … SELECT decides it, and what is booked for him is written in the same transaction.

Planned once: the rows' key is campaign and follower, and all of it becomes visible together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.campaigns import buckets
from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient, RecipientCount, client_id_of
from bot.campaigns.leaving_out import Rule, gone, silenced, spoke_of_marketing, unwilling
from bot.campaigns.ledger import MESSAGES_A_MONTH, ContactSlot, MassMessage, month_of
from bot.campaigns.model import Campaign, CampaignVariant, MessageClass, Route
from bot.campaigns.neighbours import Who
from bot.campaigns.rules import CHUNK_SIZE, FEWEST_IN_CHUNK, ContactPolicy, edges_of
from bot.customers.model import Follower

PLANNING_LOCK = 7_204_931
# A million followers take longer than any other statement of the product.
ALLOWED_MS = 120_000


@dataclass(frozen=True)
class Terms:
    """What a plan is made from. `variants` are numbers and shares in percent."""

    campaign_id: int
    salt_id: int
    kind: MessageClass
    included: tuple[int, ...]
    excluded: tuple[int, ...]
    holdout_bp: int
    route: Route
    variants: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Fate:
    """How many followers share a reason, or a variant of it when there is none."""

    reason: Reason | None
    variant: int | None
    followers: int


class AnotherIsPlanned(Exception):
    """One campaign is planned at a time: what it books is not yet seen by the next."""


class SampleTooSmall(Exception):
    """A test of variants on so few would say nothing; nothing was written."""


def terms_of(campaign: Campaign, variants: Sequence[CampaignVariant]) -> Terms:
    """A campaign's terms. An audience can be counted before an article is chosen, as for one article."""
    return Terms(
        campaign_id=campaign.id,
        salt_id=campaign.salt_id or campaign.id,
        kind=campaign.message_class,
        included=tuple(campaign.included),
        excluded=tuple(campaign.excluded),
        holdout_bp=campaign.holdout_bp,
        route=campaign.route,
        variants=tuple((one.number, one.share) for one in variants) or ((1, 100),),
    )


def fates(session: Session, terms: Terms, now: datetime, policy: ContactPolicy, who: Who) -> list[Fate]:
    """What a plan made now would come to; nothing is written."""
    prepare(session)
    found = judged(session, terms, now, policy, who).subquery()
    counted = select(found.c.reason, found.c.variant, func.count()).group_by(found.c.reason, found.c.variant)
    return [Fate(Reason(row[0]) if row[0] else None, row[1], row[2]) for row in session.execute(counted)]


def write_plan(session: Session, terms: Terms, now: datetime, policy: ContactPolicy, who: Who) -> list[Fate]:
    """Write the plan into the caller's transaction: recipients, what is booked for them, chunks, counts. Raises
    AnotherIsPlanned, SampleTooSmall.
    """
    prepare(session)
    _lock(session)
    columns = ("campaign_id", "follower_id", "at", "reason", "variant", "chunk", "place", "slot")
    found = judged(session, terms, now, policy, who).subquery()
    rows = select(
        literal(terms.campaign_id),
        found.c.follower_id,
        literal(now, Recipient.at.type),
        *(found.c[name] for name in columns[3:]),
    ).where(literal(value=True))
    session.execute(insert(Recipient).from_select(columns, rows))
    book(session, terms, now, policy)
    return _cut(session, terms, policy)


def judged(
    session: Session, terms: Terms, now: datetime, policy: ContactPolicy, who: Who, *, only: int | None = None
) -> Any:
    """Each follower of the audience (or this one, if he is of it): follower_id, reason, variant, chunk, place, slot."""
    reasons = _reasons(session, terms, now, policy, who)
    if only is not None:
        reasons = reasons.where(Follower.id == only)
    first = reasons.cte("judged").prefix_with("MATERIALIZED", dialect="postgresql")
    is_in = first.c.reason.is_(None)
    peers = (first.c.reason, first.c.variant)
    place_in_line = func.row_number().over(order_by=first.c.follower_id, partition_by=peers)
    among = func.count().over(partition_by=peers)
    is_alone = and_(is_in, among < FEWEST_IN_CHUNK)
    chunks = (among + (CHUNK_SIZE - 1)) // CHUNK_SIZE if terms.route is Route.LIST else literal(1)
    # Of equal size, so that the last one is never a single follower; variants take turns.
    number = ((place_in_line - 1) * chunks // among) * len(terms.variants) + first.c.variant
    has_chunk = and_(is_in, ~is_alone)
    return select(
        first.c.follower_id,
        case((is_alone, Reason.ALONE.value), else_=first.c.reason).label("reason"),
        case((is_in, first.c.variant)).label("variant"),
        case((has_chunk, number)).label("chunk"),
        case((has_chunk, first.c.place)).label("place"),
        case((has_chunk, first.c.slot)).label("slot"),
    )


def book(session: Session, terms: Terms, now: datetime, policy: ContactPolicy) -> None:
    """Take one of the month's messages, and one marketing touch, for everybody who is to be sent it; whoever lost his
    to another writer meanwhile is left out for it.
    """
    mine = and_(Recipient.campaign_id == terms.campaign_id, Recipient.reason.is_(None))
    month = month_of(now)
    messages = select(
        Recipient.follower_id,
        literal(month),
        Recipient.place,
        literal(terms.campaign_id),
        literal(now, Recipient.at.type),
    ).where(mine)
    into = ("follower_id", "month", "place", "campaign_id", "at")
    taken = _insert(session, MassMessage).from_select(into, messages).on_conflict_do_nothing()
    wanted = session.scalar(select(func.count()).where(mine)) or 0
    if _rows(session, taken) < wanted:
        _leave_out(session, terms.campaign_id, MassMessage, Reason.QUOTA)
    if terms.kind is MessageClass.SERVICE:
        return
    wanted = session.scalar(select(func.count()).where(mine)) or 0
    touches = select(
        Recipient.follower_id, Recipient.slot, literal(terms.campaign_id), literal(now, Recipient.at.type)
    ).where(mine)
    slots = _insert(session, ContactSlot).from_select(("follower_id", "slot", "campaign_id", "at"), touches)
    slots = slots.on_conflict_do_update(
        index_elements=[ContactSlot.follower_id, ContactSlot.slot],
        set_={"campaign_id": slots.excluded.campaign_id, "at": slots.excluded.at},
        where=ContactSlot.at <= now - timedelta(days=policy.month_days),
    )
    if _rows(session, slots) < wanted:
        _leave_out(session, terms.campaign_id, ContactSlot, Reason.CAP_WEEK)


def _reasons(session: Session, terms: Terms, now: datetime, policy: ContactPolicy, who: Who) -> Any:
    messages, touches = _messages(now), _touches(now, policy)
    words = spoke_of_marketing().subquery()
    rules = [
        *gone(),
        *unwilling(terms.kind, words.c.follower_id.is_not(None)),
        *_excluded(session, terms, now, who),
        *silenced(terms.kind),
        Rule(Reason.QUOTA, messages.c.used >= MESSAGES_A_MONTH),
        *_capped(terms, now, policy, touches),
        *_held_out(terms, policy),
    ]
    reason = cast(case(*((rule.holds, rule.reason.value) for rule in rules), else_=null()), String)
    is_marketing = terms.kind is MessageClass.MARKETING
    found = select(
        Follower.id.label("follower_id"),
        reason.label("reason"),
        _variant(terms).label("variant"),
        _lowest_free(messages.c.taken, MESSAGES_A_MONTH).label("place"),
        (_lowest_free(touches.c.taken, policy.in_month) if is_marketing else null()).label("slot"),
    ).outerjoin(messages, messages.c.follower_id == Follower.id)
    if is_marketing:
        found = found.outerjoin(touches, touches.c.follower_id == Follower.id)
        found = found.outerjoin(words, words.c.follower_id == Follower.id)
    return found.where(or_(*(who(session, one, now) for one in terms.included)))


def _excluded(session: Session, terms: Terms, now: datetime, who: Who) -> list[Rule]:
    if not terms.excluded:
        return []
    held = select(Follower.id).where(or_(*(who(session, one, now) for one in terms.excluded)))
    return [Rule(Reason.EXCLUDED, Follower.id.in_(held))]


def _messages(now: datetime) -> Any:
    of_month = MassMessage.month == month_of(now)
    return (
        select(MassMessage.follower_id, func.count().label("used"), _mask(MassMessage.place, MESSAGES_A_MONTH))
        .where(of_month)
        .group_by(MassMessage.follower_id)
        .subquery("messages")
    )


def _touches(now: datetime, policy: ContactPolicy) -> Any:
    lately = ContactSlot.at > now - timedelta(days=policy.month_days)
    return (
        select(
            ContactSlot.follower_id,
            func.count().label("used"),
            func.max(ContactSlot.at).label("newest"),
            _mask(ContactSlot.slot, policy.in_month),
        )
        .where(lately)
        .group_by(ContactSlot.follower_id)
        .subquery("touches")
    )


def _capped(terms: Terms, now: datetime, policy: ContactPolicy, touches: Any) -> list[Rule]:
    if terms.kind is MessageClass.SERVICE:
        return []
    return [
        Rule(Reason.CAP_WEEK, touches.c.newest > now - timedelta(days=policy.week_days)),
        Rule(Reason.CAP_MONTH, touches.c.used >= policy.in_month),
    ]


def _held_out(terms: Terms, policy: ContactPolicy) -> list[Rule]:
    found = []
    if terms.kind is MessageClass.MARKETING and policy.global_holdout_bp:
        is_held = buckets.is_below(buckets.GLOBAL_SALT, Follower.id, policy.global_holdout_bp)
        found.append(Rule(Reason.HOLDOUT_GLOBAL, is_held))
    if terms.holdout_bp:
        salt = buckets.salt_of(terms.salt_id)
        found.append(Rule(Reason.HOLDOUT, buckets.is_below(salt, Follower.id, terms.holdout_bp, buckets.FOR_HOLDOUT)))
    return found


def _variant(terms: Terms) -> ColumnElement[int]:
    if len(terms.variants) == 1:
        return literal(terms.variants[0][0])
    salt = buckets.salt_of(terms.salt_id)
    edges = edges_of([share for _, share in terms.variants])
    cases = [
        (buckets.is_below(salt, Follower.id, edge, buckets.FOR_VARIANT), number)
        for edge, (number, _) in zip(edges, terms.variants, strict=True)
    ]
    return case(*cases, else_=terms.variants[-1][0])


def _mask(place: Any, places: int) -> Any:
    """The places a follower's rows take, as bits."""
    return func.sum(case(*((place == one, 1 << (one - 1)) for one in range(1, places + 1)), else_=0)).label("taken")


def _lowest_free(taken: Any, places: int) -> ColumnElement[int | None]:
    free = [(taken.is_(None), 1)] + [(taken.bitwise_and(1 << (one - 1)) == 0, one) for one in range(1, places + 1)]
    return case(*free, else_=cast(null(), Integer))


def _leave_out(
    session: Session, campaign_id: int, table: type[MassMessage] | type[ContactSlot], reason: Reason
) -> None:
    """Who is to be sent it and has no row of his own in this table."""
    booked = select(table.follower_id).where(
        table.campaign_id == campaign_id, table.follower_id == Recipient.follower_id
    )
    unlucky = and_(Recipient.campaign_id == campaign_id, Recipient.reason.is_(None), ~booked.exists())
    session.execute(
        update(Recipient)
        .where(unlucky)
        .values(reason=reason, chunk=None, place=None, slot=None)
        .execution_options(synchronize_session=False)
    )
    left_out = select(Recipient.follower_id).where(Recipient.campaign_id == campaign_id, Recipient.reason == reason)
    session.execute(
        delete(MassMessage)
        .where(MassMessage.campaign_id == campaign_id, MassMessage.follower_id.in_(left_out))
        .execution_options(synchronize_session=False)
    )


def _cut(session: Session, terms: Terms, policy: ContactPolicy) -> list[Fate]:
    """Chunks and counts from the rows that were written."""
    mine = Recipient.campaign_id == terms.campaign_id
    edges = (func.min(Recipient.follower_id), func.max(Recipient.follower_id))
    grouped = select(Recipient.reason, Recipient.variant, Recipient.chunk, func.count(), *edges)
    counts: dict[tuple[Reason | None, int], int] = {}
    for reason, variant, number, size, first, last in session.execute(
        grouped.where(mine).group_by(Recipient.reason, Recipient.variant, Recipient.chunk)
    ):
        key = (reason, variant or 0)
        counts[key] = counts.get(key, 0) + size
        if reason is None:
            assert number is not None
            session.add(
                Chunk(
                    campaign_id=terms.campaign_id,
                    number=number,
                    variant=variant,
                    size=size,
                    first_id=first,
                    last_id=last,
                    state=ChunkState.PLANNED,
                    client_id=client_id_of(terms.campaign_id, 1, number),
                )
            )
    found = [Fate(reason, variant, size) for (reason, variant), size in counts.items()]
    check_sample([variant for variant, _ in terms.variants], found, policy)
    for one in found:
        session.add(
            RecipientCount(
                campaign_id=terms.campaign_id,
                reason=one.reason.value if one.reason else "",
                variant=one.variant or 0,
                followers=one.followers,
            )
        )
    session.flush()
    return found


def check_sample(variants: Sequence[int], found: Sequence[Fate], policy: ContactPolicy) -> None:
    """Raises SampleTooSmall when a variant of several would go to too few to tell them apart."""
    if len(variants) < 2:
        return
    sent = {one.variant: one.followers for one in found if one.reason is None}
    if min(sent.get(variant, 0) for variant in variants) < policy.min_sample:
        raise SampleTooSmall


def prepare(session: Session) -> None:
    """Make this transaction ready for statements over all followers."""
    buckets.teach(session)
    if session.get_bind().dialect.name == "postgresql":
        for setting in (f"statement_timeout = {ALLOWED_MS}", "work_mem = '64MB'", "jit = off"):
            session.execute(text(f"SET LOCAL {setting}"))


def _lock(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql" and not session.scalar(
        select(func.pg_try_advisory_xact_lock(PLANNING_LOCK))
    ):
        raise AnotherIsPlanned


def _insert(session: Session, table: type[Any]) -> Any:
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)


def _rows(session: Session, statement: Any) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
