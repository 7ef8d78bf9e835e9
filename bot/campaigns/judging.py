"""Whom of an audience a campaign is sent to and why not, as one statement: what a plan writes, and what is shown before
there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, func, literal, null, or_, select, text
from sqlalchemy.orm import Session

from bot.campaigns import buckets
from bot.campaigns.chunks import Reason
from bot.campaigns.leaving_out import Rule, gone, silenced, spoke_of_marketing, unwilling
from bot.campaigns.ledger import MESSAGES_A_MONTH, ContactSlot, MassMessage, month_of
from bot.campaigns.model import Campaign, CampaignVariant, MessageClass, Route
from bot.campaigns.neighbours import Who
from bot.campaigns.rules import CHUNK_SIZE, FEWEST_IN_CHUNK, ContactPolicy, edges_of
from bot.customers.model import Follower

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


def judged(
    session: Session, terms: Terms, now: datetime, policy: ContactPolicy, who: Who, *, only: int | None = None
) -> Any:
    """Each follower of the audience (or this one, if he is of it): follower_id, reason, variant, chunk, place, slot."""
    reasons = _reasons(session, terms, now, policy, who)
    if only is not None:
        reasons = reasons.where(Follower.id == only)
    first = reasons.cte("judged").prefix_with("MATERIALIZED", dialect="postgresql")
    is_in = first.c.reason.is_(None)
    # One number to sort by: whoever is left out stands in line 0.
    line = case((is_in, first.c.variant), else_=0)
    place_in_line = func.row_number().over(order_by=first.c.follower_id, partition_by=line)
    among = func.count().over(partition_by=line)
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


def prepare(session: Session) -> None:
    """Make this transaction ready for statements over all followers."""
    buckets.teach(session)
    if session.get_bind().dialect.name == "postgresql":
        for setting in (f"statement_timeout = {ALLOWED_MS}", "work_mem = '64MB'", "jit = off"):
            session.execute(text(f"SET LOCAL {setting}"))


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
        lowest_free(messages.c.taken, MESSAGES_A_MONTH).label("place"),
        (lowest_free(touches.c.taken, policy.in_month) if is_marketing else null()).label("slot"),
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
        select(MassMessage.follower_id, func.count().label("used"), taken_places(MassMessage.place, MESSAGES_A_MONTH))
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
            taken_places(ContactSlot.slot, policy.in_month),
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


def taken_places(place: Any, places: int) -> Any:
    """The places a follower's rows take, as bits."""
    return func.sum(case(*((place == one, 1 << (one - 1)) for one in range(1, places + 1)), else_=0)).label("taken")


def lowest_free(taken: Any, places: int) -> ColumnElement[int | None]:
    """The lowest place that is not among the bits, NULL when all are."""
    free = [(taken.is_(None), 1)] + [(taken.bitwise_and(1 << (one - 1)) == 0, one) for one in range(1, places + 1)]
    return case(*free, else_=cast(null(), Integer))
