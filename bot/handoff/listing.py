"""The desk's lists: filtered, in one of three orders, page by page in both directions, whatever the number of chats.

A list is the union of a few branches (a supervisor's: one for each state; a rep's: his chats, what waits on his desks,
his customers' chats), each read in the order of an index up to one page, and then merged: nothing is read whole and
sorted. Names are sealed, so that the database cannot search them: a search opens the names of the next chats of the
list, a bounded number a request, and its cursor tells where to go on. What was said cannot be searched at all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, select, union, union_all
from sqlalchemy.orm import Session, defer

from bot.customers.model import Follower
from bot.errors import InvalidInput
from bot.handoff import scope
from bot.handoff.markers import has_unread, is_watched
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.orders import MAX_ID, OPEN, Branch, Key, Order, Place, Sort, order_of, read_cursor
from bot.handoff.rules import CLOSING_WITHIN, WINDOW
from bot.staff.model import Role, StaffMember

# So many names are opened for one request of a search.
LOOKED_THROUGH = 1000
# So many digits may be the end of a phone; screens show that much of it to everybody.
TAIL_DIGITS = 4
AT_THE_DESK = (*OPEN, Owner.CLOSED)

Keyed = tuple[Conversation, object]


@dataclass(frozen=True)
class Wanted:
    """Which chats a list is about."""

    owners: tuple[Owner, ...] = AT_THE_DESK
    is_mine: bool = False
    is_watched: bool = False
    is_unread: bool = False
    is_unanswered: bool = False
    is_closing: bool = False
    is_urgent: bool = False
    is_wrapping: bool = False
    skill: str | None = None
    rep: str | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Page:
    """Rows in order, and the cursors of the pages after and before; None where there is none."""

    rows: Sequence[Conversation]
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class _List:
    """The readable chats of one list, in parts that each follow one index."""

    parts: Sequence[ColumnElement[bool]]
    order: Order
    place: Place | None
    is_named: bool

    def ids(self, limit: int) -> Select[int]:
        """Selects the ids of so many chats from the place on, and perhaps some more."""
        heads = [self._head(part, branch, limit) for part in self.parts for branch in self.order.in_branches()]
        return select(union_all(*(select(head.subquery().c.id) for head in heads)).subquery().c.id)

    def _head(self, part: ColumnElement[bool], branch: Branch, limit: int) -> Select[int]:
        found = select(Conversation.id).where(part)
        if branch.rows is not None:
            found = found.where(branch.rows)
        if self.place is not None:
            found = found.where(self.order.beyond(branch.key, self.place))
        # A few chats by their numbers are found without any order.
        return found if self.is_named else found.order_by(*self._columns(branch.key)).limit(limit)

    def rows(self, session: Session, ids: Select[int] | Sequence[int], limit: int) -> list[Keyed]:
        """These chats in the direction of reading, each with the value by which it stands in this order."""
        # What a list does not show is sealed: opening it takes time.
        rows = select(Conversation, self.order.key.label("place")).options(
            defer(Conversation.session), defer(Conversation.card), defer(Conversation.outcome_note)
        )
        mine = rows.where(Conversation.id.in_(ids)).order_by(*self._columns()).limit(limit)
        return [(row[0], row[1]) for row in session.execute(mine)]

    def numbered(self, session: Session, number: str) -> list[Keyed]:
        """The chat of this number, if it is on the list."""
        if not number.isdecimal() or not 0 < int(number) <= MAX_ID:
            return []
        its = [select(Conversation.id).where(part, Conversation.id == int(number)) for part in self.parts]
        return self.rows(session, select(union(*its).subquery().c.id), 1)

    def _columns(self, key: Key | None = None) -> list[ColumnElement[object]]:
        return self.order.columns(key, back=self.is_back)

    @property
    def is_back(self) -> bool:
        """True when it is read towards its beginning."""
        return self.place is not None and self.place.is_back


def page_of(
    session: Session,
    person: StaffMember,
    wanted: Wanted,
    sort: Sort,
    now: datetime,
    *,
    by_window: Collection[str] = (),
    cursor: str | None,
    limit: int,
) -> Page:
    """One page of what this person may read; `by_window` are the desks that serve by the end of the window. Raises
    InvalidInput for a cursor that is none.
    """
    place, at = read_cursor(cursor, sort, wanted.owners) if cursor else (None, None)
    # All pages of one reading stand in the order of its first moment.
    order = order_of(sort, wanted.owners, at or now, by_window)
    conditions = [*_conditions(wanted, person, now), *order.bounds]
    parts = [and_(part, *conditions) for part in _parts(person, wanted, _owners(wanted, sort))]
    found = _List(parts, order, place, is_named=bool(wanted.ids))
    if not parts:
        return Page([])
    if wanted.words and found.is_back:
        # A search only goes on; no page of one names what lies before it.
        raise InvalidInput(places=["cursor"])
    return _search(session, found, wanted.words, limit) if wanted.words else _plain(session, found, limit)


def _plain(session: Session, found: _List, limit: int) -> Page:
    rows = found.rows(session, found.ids(limit + 1), limit + 1)
    has_more, rows = len(rows) > limit, rows[:limit]
    if not rows:
        return Page([])
    if found.is_back:
        rows.reverse()
    (first, begins), (last, ends) = rows[0], rows[-1]
    # Where one came from there is something, but for what has moved meanwhile.
    has_next = has_more or found.is_back
    has_previous = has_more if found.is_back else found.place is not None
    return Page(
        [row for row, _ in rows],
        found.order.cursor_of(ends, last.id) if has_next else None,
        found.order.cursor_of(begins, first.id, back=True) if has_previous else None,
    )


def _search(session: Session, found: _List, words: str, limit: int) -> Page:
    """Of the next LOOKED_THROUGH chats those whose customer is called so; before them the chat of this number."""
    through = (
        select(Conversation.id, found.order.key.label("place"), Follower.label, Follower.firm_name, Follower.phone)
        .join(Follower, Follower.id == Conversation.follower_id)
        .where(Conversation.id.in_(found.ids(LOOKED_THROUGH)))
        .order_by(*found.order.columns())
        .limit(LOOKED_THROUGH)
    )
    seen = session.execute(through).all()
    hits = [row for row in seen if _is_called(words, *row[2:])]
    last = hits[limit - 1] if len(hits) > limit else seen[-1] if len(seen) == LOOKED_THROUGH else None
    ids = [row.id for row in hits[:limit]]
    rows = found.rows(session, ids, limit)
    if found.place is None:
        rows = [*found.numbered(session, words.removeprefix("#")), *rows]
    return Page([row for row, _ in rows], found.order.cursor_of(last[1], last[0]) if last else None)


def _is_called(words: str, label: str, firm_name: str | None, phone: str | None) -> bool:
    is_tail = words.isdecimal() and len(words) >= TAIL_DIGITS and (phone or "").endswith(words[-TAIL_DIGITS:])
    return words in label or words in (firm_name or "") or is_tail


def _conditions(wanted: Wanted, person: StaffMember, now: datetime) -> list[ColumnElement[bool]]:
    """Everything but whose chats they are and their state."""
    asked: list[tuple[bool, ColumnElement[bool]]] = [
        (wanted.is_watched, is_watched(person.username)),
        (wanted.is_unread, has_unread(person.username)),
        (wanted.is_unanswered, Conversation.unanswered > 0),
        (wanted.is_closing, _is_closing(now)),
        (wanted.is_urgent, Conversation.priority > 0),
        (wanted.is_wrapping, Conversation.wrap_up_until > now),
        (wanted.skill is not None, Conversation.skill == wanted.skill),
        (wanted.rep is not None, Conversation.rep == wanted.rep),
        (wanted.outcome is not None, Conversation.outcome == wanted.outcome),
        (bool(wanted.ids), Conversation.id.in_(wanted.ids)),
    ]
    found = [condition for is_asked, condition in asked if is_asked]
    if wanted.since is not None:
        found.append(Conversation.last_word_at >= wanted.since)
    if wanted.until is not None:
        found.append(Conversation.last_word_at < wanted.until)
    return found


def _is_closing(now: datetime) -> ColumnElement[bool]:
    opened = Conversation.last_customer_at
    return and_(opened > now - WINDOW, opened <= now - WINDOW + CLOSING_WITHIN)


def _owners(wanted: Wanted, sort: Sort) -> list[Owner]:
    """The states that can hold what is wanted, so that the past is not looked through for it."""
    possible = set(wanted.owners)
    if wanted.is_watched or wanted.is_unanswered:
        possible &= {Owner.ACTIVE}
    if wanted.is_unread or wanted.is_closing or sort is not Sort.NEWEST:
        possible &= set(OPEN)
    if wanted.outcome is not None:
        possible &= {Owner.CLOSED}
    return [owner for owner in AT_THE_DESK if owner in possible]


def _parts(person: StaffMember, wanted: Wanted, owners: Sequence[Owner]) -> list[ColumnElement[bool]]:
    if not owners:
        return []
    in_state = Conversation.owner.in_(owners)
    if wanted.is_mine:
        return [and_(scope.held_by(person), in_state)]
    if person.role is Role.SUPERVISOR and not wanted.ids:
        return [and_(scope.CAME_TO_THE_DESK, Conversation.owner == owner) for owner in owners]
    # What it is not, an index cannot be entered by: these follow the rep, the line, or the customer instead.
    out_of_state = Conversation.owner.not_in(set(Owner) - set(owners))
    his, *others = scope.parts_readable_by(person) or [false()]
    is_any = len(owners) == len(AT_THE_DESK)
    return [and_(his, out_of_state if is_any else in_state), *(and_(part, out_of_state) for part in others)]
