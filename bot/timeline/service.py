"""One timeline of a customer, or of all contacts of a firm: newest first, page by page, one statement a source."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.handoff.customer_scope import close_to
from bot.handoff.model import Conversation
from bot.handoff.scope import readable_by
from bot.staff.model import Role, StaffMember
from bot.timeline.merging import Place, page_of
from bot.timeline.model import Entry, EntryKind
from bot.timeline.sources import OF_BRANCHES, SOURCES, Source, Told


@dataclass(frozen=True)
class _Reader:
    """What a person may read here: whose words, and which chats."""

    close: Collection[int]
    chats: Collection[int]


def timeline_page(
    session: Session,
    person: StaffMember,
    follower_ids: Collection[int],
    kinds: Collection[EntryKind],
    after: Place | None,
    limit: int,
) -> tuple[list[Entry], Place | None]:
    """Entries of these followers, of these kinds (of all when none is named), and where the next page begins."""
    reader = _reader_of(session, person, follower_ids)
    wanted = [(rank, one) for rank, one in enumerate(SOURCES) if _is_wanted(one, person, kinds)]
    lists = [
        [
            _entry(row, follower_id, rank, source, reader)
            for row, follower_id in _rows(session, person, source, follower_ids, rank, after, limit)
        ]
        for rank, source in wanted
    ]
    return page_of(lists, limit)


def _is_wanted(source: Source, person: StaffMember, kinds: Collection[EntryKind]) -> bool:
    if person.role is Role.BRANCH and source.kind not in OF_BRANCHES:
        return False
    return not kinds or source.kind in kinds


def _reader_of(session: Session, person: StaffMember, follower_ids: Collection[int]) -> _Reader:
    close = select(Follower.id).where(Follower.id.in_(follower_ids), close_to(person))
    chats = select(Conversation.id).where(Conversation.follower_id.in_(follower_ids), readable_by(person))
    return _Reader(set(session.scalars(close)), set(session.scalars(chats)))


def _rows(
    session: Session,
    person: StaffMember,
    source: Source,
    follower_ids: Collection[int],
    rank: int,
    after: Place | None,
    limit: int,
) -> Sequence[tuple[object, int]]:
    owner = (source.through or source.table).follower_id
    found = select(source.table, owner)
    if source.through is not None:
        found = found.join(source.through)
    mine = owner.in_(follower_ids) & source.at.is_not(None)
    found = found.where(mine, source.where(person), _behind(source, rank, after))
    ordered = found.order_by(source.at.desc(), source.id.desc()).limit(limit + 1)
    return [(row[0], row[1]) for row in session.execute(ordered)]


def _behind(source: Source, rank: int, after: Place | None) -> ColumnElement[bool]:
    """The rows that come after a place: older ones, and of its own moment those that stand behind it."""
    if after is None:
        return true()
    if rank < after.rank:
        return source.at < after.at
    if rank > after.rank:
        return source.at <= after.at
    return or_(source.at < after.at, and_(source.at == after.at, source.id < after.id))


def _entry(row: object, follower_id: int, rank: int, source: Source, reader: _Reader) -> Entry:
    told = source.tell(row)
    reads = told.chat in reader.chats if told.chat is not None else follower_id in reader.close
    return Entry(
        kind=source.kind,
        what=source.what,
        place=Place(getattr(row, source.at.key), rank, getattr(row, source.id.key)),
        follower_id=follower_id,
        by=told.by,
        words=told.words if reads else None,
        facts=_plain(told, reads=reads),
        link=told.link if reads else None,
    )


def _plain(told: Told, *, reads: bool) -> dict[str, str | int | bool | None]:
    """Codes and figures; the reason of a chat is the customer's own words, too."""
    return {name: value for name, value in told.facts.items() if reads or name != "asked_for"}


def usernames(entries: Iterable[Entry]) -> set[str]:
    """Everybody who is named in these entries."""
    return {entry.by for entry in entries if entry.by}
