"""Who is in an audience: a segment's rule as one condition of SQL, and why a follower is in it or not.

Read by campaigns when they are planned, and by the page 客群. NOT is pushed down to the conditions, because of the
traits: who did not agree to be profiled is matched by no condition on a trait, be it for or against (PIPL Art. 24).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from bot.audience.catalogue import get_fields
from bot.audience.fields import LEVEL_OF, Kind, Op
from bot.audience.finding import Found, find_value
from bot.audience.model import AudienceList, ListRow, ListState, Segment, Trait
from bot.audience.rules import Condition, Group, How, Names, Node, has_expired, paths, read_rule, references, words_of
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
class Because:
    """One condition of a segment's rule and how a follower stands to it.

    `words` are Chinese and tell the condition as it has to hold, so "不符合：…" under a NOT. `value` is what was found,
    None when nothing is known; `source` where it came from, `as_of` when it was true, `path` its place in the rule.
    """

    path: str
    words: str
    holds: bool
    value: str | None
    source: str
    as_of: datetime | None


def who(session: Session, segment_id: int, now: datetime) -> Where:
    """Which followers the segment holds now, as a condition on Follower. Raises NotFound."""
    return _Compiler.at(session, now).of_segment(get_segment(session, segment_id), _NEW)


def matching(session: Session, node: Node, now: datetime) -> Where:
    """Which followers a rule that is not kept yet would hold."""
    return _Compiler.at(session, now).compile(node, _NEW)


def because(session: Session, segment_id: int, follower_id: int, now: datetime) -> list[Because]:
    """Each condition of the segment's rule, in reading order, as it stands for this follower. Raises NotFound.

    One query for all conditions, so that what is told is what `who` decides by.
    """
    segment = get_segment(session, segment_id)
    follower = session.get(Follower, follower_id)
    if follower is None:
        raise NotFound(follower_id=follower_id)
    node = _tree(segment)
    found = list(paths(node))
    names = names_in(session, node)
    compiler = _Compiler.at(session, now)
    asked = [
        compiler.compile(one, _Place(frozenset({segment.id}), is_negated=is_negated)).label(f"c{number}")
        for number, (_, one, is_negated) in enumerate(found)
    ]
    answers = session.execute(select(*asked).where(Follower.id == follower_id)).one()
    may_profile = bool(session.scalar(select(true()).where(_is(follower_id), allowing(Purpose.PROFILING))))
    told = []
    for (path, condition, is_negated), holds in zip(found, answers, strict=True):
        value = find_value(session, follower, condition, now)
        if condition.field.is_trait and not may_profile:
            value = Found("未同意按个人情况推荐", "授权记录", None)
        words = f"{'不符合：' if is_negated else ''}{words_of(condition, names)}"
        told.append(Because(path, words, bool(holds), value.text, value.source, value.as_of))
    return told


def get_segment(session: Session, segment_id: int) -> Segment:
    """The segment. Raises NotFound."""
    found = session.get(Segment, segment_id)
    if found is None:
        raise NotFound(segment_id=segment_id)
    return found


def names_in(session: Session, *nodes: Node) -> Names:
    """What the lists and segments of these rules are called."""
    lists = frozenset[int]().union(*(references(node, Kind.LISTS) for node in nodes))
    segments = frozenset[int]().union(*(references(node, Kind.SEGMENTS) for node in nodes))
    of_lists = select(AudienceList.id, AudienceList.name).where(AudienceList.id.in_(lists))
    of_segments = select(Segment.id, Segment.name).where(Segment.id.in_(segments))
    return Names(
        {one.id: one.name for one in session.execute(of_lists)} if lists else {},
        {one.id: one.name for one in session.execute(of_segments)} if segments else {},
    )


def live_lists(now: datetime) -> Where:
    """Which lists hold anybody now."""
    return and_(AudienceList.state == ListState.LIVE, AudienceList.expires_at > now)


def _is(follower_id: int) -> Where:
    return Follower.id == follower_id


def _tree(segment: Segment) -> Node:
    node, flaws = read_rule(segment.rule, get_fields())
    if node is None:
        # It was checked when it was kept: a field went away with a release, and half a rule is no rule.
        raise NotFound(segment_id=segment.id, flaws=[flaw.text for flaw in flaws])
    return node


@dataclass(frozen=True)
class _Place:
    """Where in a rule a node stands: inside which segments, under an odd number of NOTs or not, and whether what stands
    beside it makes sure already that everybody agreed to profiling.
    """

    inside: frozenset[int] = frozenset()
    is_negated: bool = False
    is_allowed: bool = False


_NEW = _Place()


@dataclass(frozen=True)
class _Compiler:
    """Turns rules into SQL at one instant. `sources` are the live lists, each with the traits it brings."""

    session: Session
    now: datetime
    sources: Mapping[int, frozenset[str]]

    @classmethod
    def at(cls, session: Session, now: datetime) -> "_Compiler":
        live = session.execute(select(AudienceList.id, AudienceList.mapping).where(live_lists(now)))
        return cls(session, now, {one.id: frozenset(one.mapping or ()) for one in live})

    def of_segment(self, segment: Segment, place: _Place) -> Where:
        if has_expired(segment.expires_on, local_day(self.now)) or segment.id in place.inside:
            return true() if place.is_negated else false()
        return self.compile(_tree(segment), replace(place, inside=place.inside | {segment.id}))

    def compile(self, node: Node, place: _Place) -> Where:
        if isinstance(node, Group):
            return self._group(node, place)
        is_against = place.is_negated ^ (node.op is Op.NONE_OF)
        if node.field.kind is Kind.SEGMENTS:
            found = self.session.scalars(select(Segment).where(Segment.id.in_(node.value)).order_by(Segment.id))
            held = [self.of_segment(one, replace(place, is_negated=is_against)) for one in found]
            return and_(true(), *held) if is_against else or_(false(), *held)
        # Never unknown, so that its opposite is everybody else.
        is_trait = node.field.is_trait
        asked = self._has_trait(node) if is_trait else _FIXED[node.field.name](node, self.now)
        asked = not_(asked) if is_against else asked
        return and_(allowing(Purpose.PROFILING), asked) if is_trait and not place.is_allowed else asked

    def _group(self, node: Group, place: _Place) -> Where:
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


def how_many(session: Session, held: Where) -> tuple[int, int]:
    """How many followers a condition holds, and how many of them follow and did not say no to marketing."""
    reachable = and_(Follower.is_following.is_(True), Follower.erased_at.is_(None), Follower.opted_out_at.is_(None))
    counted = select(func.count(), func.count().filter(reachable)).select_from(Follower).where(held)
    size, sendable = session.execute(counted).one()
    return size, sendable


def sample(session: Session, held: Where, limit: int = 20) -> Sequence[Follower]:
    """Some of them, the same for the same condition and spread over all."""
    # A prime far from any natural step: neighbours by id came in the same hour and are alike.
    spread = (Follower.id * 7919) % 10_007
    return session.scalars(select(Follower).where(held).order_by(spread, Follower.id).limit(limit)).all()
