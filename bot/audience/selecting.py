"""Who is in an audience: a segment's rule as one condition of SQL (compiling.py), and why a follower is in it or not.

Read by campaigns when they are planned, and by the page 客群.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from bot.audience.catalogue import get_past
from bot.audience.compiling import Compiler, Place, Where, tree_of
from bot.audience.fields import FieldKind
from bot.audience.finding import Found, find_value
from bot.audience.model import AudienceList, Segment
from bot.audience.rules import Names, Node, paths, references, words_of
from bot.customers.consents import allowing
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.errors import NotFound


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
    return Compiler.at(session, now).of_segment(get_segment(session, segment_id))


def matching(session: Session, node: Node, now: datetime) -> Where:
    """Which followers a rule that is not kept yet would hold."""
    return Compiler.at(session, now).compile(node)


def because(session: Session, segment_id: int, follower_id: int, now: datetime) -> list[Because]:
    """Each condition of the segment's rule, in reading order, as it stands for this follower. Raises NotFound.

    One query for all conditions, so that what is told is what `who` decides by.
    """
    segment = get_segment(session, segment_id)
    follower = session.get(Follower, follower_id)
    if follower is None:
        raise NotFound(follower_id=follower_id)
    node = tree_of(segment)
    found = list(paths(node))
    names = names_in(session, node)
    compiler = Compiler.at(session, now)
    asked = [
        compiler.compile(one, Place(frozenset({segment.id}), is_negated=is_negated)).label(f"c{number}")
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
    """What the lists, segments and pushes of these rules are called."""
    pushes = frozenset[int]().union(*(references(node, FieldKind.PUSHES) for node in nodes))
    lists = frozenset[int]().union(*(references(node, FieldKind.LISTS) for node in nodes))
    segments = frozenset[int]().union(*(references(node, FieldKind.SEGMENTS) for node in nodes))
    of_lists = select(AudienceList.id, AudienceList.name).where(AudienceList.id.in_(lists))
    of_segments = select(Segment.id, Segment.name).where(Segment.id.in_(segments))
    return Names(
        {one.id: one.name for one in session.execute(of_lists)} if lists else {},
        {one.id: one.name for one in session.execute(of_segments)} if segments else {},
        get_past().names(session, pushes) if pushes else {},
    )


def _is(follower_id: int) -> Where:
    return Follower.id == follower_id


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
