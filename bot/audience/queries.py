"""Reads of the page 客群: segments, lists, rows of a list, what may be chosen, what was asked lately."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.audience.catalogue import get_past
from bot.audience.model import AudienceList, ListRow, ListState, RowVerdict, Segment
from bot.customers.model import Follower
from bot.handoff.matters import Matter
from bot.handoff.model import Conversation

MAX_CHOICES = 500
PAGE = 5_000


def segments(session: Session, after: int, limit: int) -> Sequence[Segment]:
    """Segments that are not retired, the newest first, older than the id `after`; 0 from the start."""
    chosen = select(Segment).where(Segment.retired_at.is_(None)).order_by(Segment.id.desc())
    return session.scalars((chosen.where(Segment.id < after) if after else chosen).limit(limit)).all()


def lists(session: Session, branch: str | None, after: int, limit: int) -> Sequence[AudienceList]:
    """Lists, the newest first; of one branch only, where one is named."""
    chosen = select(AudienceList).order_by(AudienceList.id.desc())
    if branch is not None:
        chosen = chosen.where(AudienceList.branch == branch)
    return session.scalars((chosen.where(AudienceList.id < after) if after else chosen).limit(limit)).all()


def rows(
    session: Session, list_id: int, verdict: RowVerdict | None, after: tuple[int, int], limit: int
) -> Sequence[ListRow]:
    """Rows of a list in the file's order, behind (row, id)."""
    row, own_id = after
    behind = (ListRow.row > row) | ((ListRow.row == row) & (ListRow.id > own_id))
    chosen = select(ListRow).where(ListRow.list_id == list_id, behind)
    if verdict is not None:
        chosen = chosen.where(ListRow.verdict == verdict)
    return session.scalars(chosen.order_by(ListRow.row, ListRow.id).limit(limit)).all()


def every_row(session: Session, list_id: int) -> Iterator[ListRow]:
    """All rows of a list in the file's order, page by page."""
    after = (0, 0)
    while found := rows(session, list_id, None, after, PAGE):
        yield from found
        after = (found[-1].row, found[-1].id)
        session.expunge_all()


@dataclass(frozen=True)
class Choices:
    """What grows and may be chosen in a rule."""

    industries: Sequence[str]
    branches: Sequence[str]
    lists: Mapping[int, str]
    segments: Mapping[int, str]
    pushes: Mapping[int, str]


def choices(session: Session, now: datetime) -> Choices:
    """What there is to choose from now."""
    alive = AudienceList.state == ListState.LIVE, AudienceList.expires_at > now
    live = select(AudienceList.id, AudienceList.name).where(*alive).order_by(AudienceList.id.desc())
    kept = select(Segment.id, Segment.name).where(Segment.retired_at.is_(None)).order_by(Segment.id.desc())
    return Choices(
        _distinct(session, Follower.industry),
        branches(session),
        {one.id: one.name for one in session.execute(live.limit(MAX_CHOICES))},
        {one.id: one.name for one in session.execute(kept.limit(MAX_CHOICES))},
        get_past().names(session, None),
    )


def branches(session: Session) -> Sequence[str]:
    """The branches of followers."""
    return _distinct(session, Follower.branch)


def asked_lately(session: Session, now: datetime, days: int) -> list[tuple[str, int]]:
    """Intents and how many customers asked them within these days, the most asked first."""
    people = func.count(func.distinct(Conversation.follower_id))
    chosen = select(Matter.intent, people).join(Conversation, Conversation.id == Matter.conversation_id)
    chosen = chosen.where(Matter.at >= now - timedelta(days=days)).group_by(Matter.intent)
    return [(intent, count) for intent, count in session.execute(chosen.order_by(people.desc(), Matter.intent))]


def _distinct(session: Session, column: object) -> Sequence[str]:
    named = select(column).where(column.is_not(None)).distinct().order_by(column)  # type: ignore[call-overload,attr-defined]
    return session.scalars(named.limit(MAX_CHOICES)).all()
