"""Rules of segments as conditions of SQL. NOT is pushed down to the conditions, because of the traits: who did not
agree to be profiled is matched by no condition on a trait, be it for or against (PIPL Art. 24).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from bot.audience.catalogue import get_fields, get_past
from bot.audience.fields import LEVEL_OF, FieldKind, Op
from bot.audience.model import AudienceList, ListRow, ListState, Segment, Trait
from bot.audience.rules import Condition, Group, How, Node, has_expired, read_rule
from bot.clock import local_day
from bot.customers.consents import allowing
from bot.customers.model import Follower
from bot.customers.remarks import CustomerTag
from bot.customers.rules import Purpose
from bot.errors import NotFound
from bot.handoff.matters import Matter
from bot.handoff.model import Conversation

Where = ColumnElement[bool]


@dataclass(frozen=True)
class Place:
    """Where in a rule a node stands: inside which segments, under an odd number of NOTs or not, and whether what stands
    beside it makes sure already that everybody agreed to profiling.
    """

    inside: frozenset[int] = frozenset()
    is_negated: bool = False
    is_allowed: bool = False


ANYWHERE = Place()


@dataclass(frozen=True)
class Compiler:
    """Turns rules into SQL at one instant. `sources` are the live lists, each with the traits it brings."""

    session: Session
    now: datetime
    sources: Mapping[int, frozenset[str]]

    @classmethod
    def at(cls, session: Session, now: datetime) -> "Compiler":
        """The compiler of this instant; one query."""
        live = session.execute(select(AudienceList.id, AudienceList.mapping).where(live_lists(now)))
        return cls(session, now, {one.id: frozenset(one.mapping or ()) for one in live})

    def of_segment(self, segment: Segment, place: Place = ANYWHERE) -> Where:
        """Whom the segment holds at this instant."""
        if has_expired(segment.expires_on, local_day(self.now)) or segment.id in place.inside:
            return true() if place.is_negated else false()
        return self.compile(tree_of(segment), replace(place, inside=place.inside | {segment.id}))

    def compile(self, node: Node, place: Place = ANYWHERE) -> Where:
        """Whom a rule holds."""
        if isinstance(node, Group):
            return self._group(node, place)
        is_against = place.is_negated ^ (node.op is Op.NONE_OF)
        if node.field.kind is FieldKind.SEGMENTS:
            found = self.session.scalars(select(Segment).where(Segment.id.in_(node.value)).order_by(Segment.id))
            held = [self.of_segment(one, replace(place, is_negated=is_against)) for one in found]
            return and_(true(), *held) if is_against else or_(false(), *held)
        # Never unknown, so that its opposite is everybody else.
        is_trait = node.field.is_trait
        asked = self._has_trait(node) if is_trait else _question(node)(node, self.now)
        asked = not_(asked) if is_against else asked
        return and_(allowing(Purpose.PROFILING), asked) if is_trait and not place.is_allowed else asked

    def _group(self, node: Group, place: Place) -> Where:
        negated = place.is_negated ^ (node.how is How.NOT)
        # NOT holds when none of its conditions does: under one more NOT, when any does (De Morgan).
        is_and = (node.how is How.ALL) ^ place.is_negated if node.how is not How.NOT else not place.is_negated
        # Agreement is asked for once, and not with every trait: it is the dearest of the questions.
        has_trait = any(isinstance(one, Condition) and one.field.is_trait for one in node.of)
        asks_once = is_and and has_trait and not place.is_allowed
        inner = replace(place, is_negated=negated, is_allowed=place.is_allowed or asks_once)
        found = [self.compile(one, inner) for one in node.of]
        if asks_once:
            found.append(allowing(Purpose.PROFILING))
        return and_(true(), *found) if is_and else or_(false(), *found)

    def _has_trait(self, asked: Condition) -> Where:
        key = asked.field.name
        trait, newer = aliased(Trait), aliased(Trait)
        lists = sorted(own_id for own_id, brought in self.sources.items() if key in brought)
        mine = select(trait.follower_id).where(
            trait.key == key, _compares(trait, asked, local_day(self.now)), _counts(trait, lists, self.now)
        )
        if lists:
            is_newer = or_(newer.as_of > trait.as_of, and_(newer.as_of == trait.as_of, newer.id > trait.id))
            same = and_(newer.follower_id == trait.follower_id, newer.key == key)
            mine = mine.where(~exists().where(same, is_newer, _counts(newer, lists, self.now)))
        # Else each follower has one at most: the one of the bank's facts.
        return Follower.id.in_(mine)


def _counts(trait: Any, lists: Sequence[int], now: datetime) -> Where:
    """Whether what a trait says counts now: what a list says counts while that list does."""
    is_of = or_(trait.list_id.is_(None), trait.list_id.in_(lists)) if lists else trait.list_id.is_(None)
    return and_(is_of, or_(trait.expires_at.is_(None), trait.expires_at > now))


def _has_column(column: Any) -> Callable[[Condition, datetime], Where]:
    return lambda asked, _now: and_(column.is_not(None), column.in_(asked.value))


def _has_level(asked: Condition, _now: datetime) -> Where:
    return Follower.identity_level.in_([int(LEVEL_OF[one]) for one in asked.value])


def _has_tag(asked: Condition, _now: datetime) -> Where:
    tagged = select(CustomerTag.follower_id).where(CustomerTag.tag.in_(asked.value), CustomerTag.removed_at.is_(None))
    return Follower.id.in_(tagged)


def _was_since(column: Any) -> Callable[[Condition, datetime], Where]:
    def compare(asked: Condition, now: datetime) -> Where:
        since = now - timedelta(days=asked.value)
        return column >= since if asked.op is Op.WITHIN_DAYS else column < since  # type: ignore[no-any-return]

    return compare


def _has_asked(asked: Condition, now: datetime) -> Where:
    assert asked.days is not None
    lately = Matter.at >= now - timedelta(days=asked.days)
    chats = select(Conversation.follower_id).join(Matter, Matter.conversation_id == Conversation.id)
    return Follower.id.in_(chats.where(Matter.intent.in_(asked.value), lately))


def _is_listed(asked: Condition, now: datetime) -> Where:
    live = select(AudienceList.id).where(AudienceList.id.in_(asked.value), live_lists(now))
    listed = select(ListRow.follower_id).where(ListRow.follower_id.is_not(None), ListRow.list_id.in_(live))
    return Follower.id.in_(listed)


_FIXED: Mapping[str, Callable[[Condition, datetime], Where]] = {
    "industry": _has_column(Follower.industry),
    "branch": _has_column(Follower.branch),
    "identity": _has_level,
    "tag": _has_tag,
    "first_seen": _was_since(Follower.first_seen_at),
    "last_seen": _was_since(Follower.last_seen_at),
    "asked": _has_asked,
    "list": _is_listed,
}


def _question(asked: Condition) -> Callable[[Condition, datetime], Where]:
    kept_above = get_past().history_of(asked.field.name)
    return kept_above.where if kept_above is not None else _FIXED[asked.field.name]


def _compares(trait: Any, asked: Condition, today: date) -> Where:
    value = asked.value

    def days() -> timedelta:
        return timedelta(days=value)

    by: Mapping[Op, Callable[[], Where]] = {
        Op.ANY_OF: lambda: trait.word.in_(value),
        Op.NONE_OF: lambda: trait.word.in_(value),
        Op.IS: lambda: trait.number == (1 if value else 0),
        Op.AT_LEAST: lambda: trait.number >= value,
        Op.AT_MOST: lambda: trait.number <= value,
        Op.BETWEEN: lambda: trait.number.between(*value),
        Op.WITHIN_DAYS: lambda: trait.day.between(today - days(), today),
        Op.OVER_DAYS: lambda: trait.day < today - days(),
        Op.NEXT_DAYS: lambda: trait.day.between(today, today + days()),
    }
    return by[asked.op]()


def live_lists(now: datetime) -> Where:
    """Which lists hold anybody now."""
    return and_(AudienceList.state == ListState.LIVE, AudienceList.expires_at > now)


def tree_of(segment: Segment) -> Node:
    """The rule of a kept segment. Raises NotFound when a field of it is gone."""
    node, flaws = read_rule(segment.rule, get_fields())
    if node is None:
        # It was checked when it was kept: a field went away with a release, and half a rule is no rule.
        raise NotFound(segment_id=segment.id, flaws=[flaw.text for flaw in flaws])
    return node
