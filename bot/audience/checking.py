"""The worker's part of a list: looks into the file, judges its rows slice by slice, clears away what was given up.

One worker has a list at a time, by a lease in its row; each slice is one transaction that moves the cursor with its
rows, so a worker that is killed loses the slice it was at and nothing else.
"""

import tempfile
import time as stopwatch
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import IO, Any

import structlog
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from bot.audience.catalogue import get_traits
from bot.audience.columns import guess
from bot.audience.files import LOOK_ROWS, Table, opened
from bot.audience.lists import UNSETTLED, how_many_parts, locked, part_of
from bot.audience.matching import Judged, Mapped, Matcher
from bot.audience.model import AudienceList, ListPart, ListRow, ListState, RowVerdict, Trait
from bot.audience.values import identifier_of, text_of
from bot.clock import BANK_ZONE, Clock
from bot.compliance.secrets import mask_personal
from bot.customers.searching import make_missing_keys
from bot.db import Database, insert_rows
from bot.errors import ListStateConflict, UnfitFile

log = structlog.get_logger()

SLICE = 2_000
CLEARED = 5_000
# A slow machine needs a while to open a big workbook, and cannot say meanwhile that it is still there.
LEASE = timedelta(seconds=180)
BUDGET_S = 40.0
ABANDONED_AFTER = timedelta(days=7)
CONFIDENCE = 1.0
WORKED_ON = (ListState.READING, ListState.CHECKING)
GIVEN_UP = (ListState.CANCELLED, ListState.FAILED)


@dataclass(frozen=True)
class ListWork:
    """What a tick calls. `budget_s` bounds one call; the next one goes on where it ended."""

    database: Database
    clock: Clock
    budget_s: float = BUDGET_S
    slice_rows: int = SLICE

    def run(self) -> bool:
        """Work on the oldest list that is due; False when there is none. Safe to repeat and to run twice at once."""
        claimed = self._claim()
        if claimed is None:
            return False
        list_id, lease = claimed
        try:
            with self._file(list_id) as (row, file):
                if row.state is ListState.READING:
                    self._look(row, lease, file)
                else:
                    self._check(row, lease, file)
        except UnfitFile as error:
            self._fail(list_id, lease, str(error.fields["reason"]))
        except ListStateConflict:
            # It was cancelled, or another worker has it since our lease ran out.
            log.info("list_let_go", list_id=list_id)
        return True

    def clear(self) -> int:
        """Take away a slice of what given-up lists left, give up what nobody finished; how many rows went."""
        now = self.clock.now()
        old = AudienceList.state.in_(UNSETTLED), AudienceList.created_at < now - ABANDONED_AFTER
        given_up = select(AudienceList.id).where(AudienceList.state.in_(GIVEN_UP))
        left = {table: select(table.id).where(table.list_id.in_(given_up)) for table in (ListPart, ListRow, Trait)}
        with self.database.reading() as session:
            is_abandoned = session.scalars(select(AudienceList.id).where(*old).limit(1)).first() is not None
            dirty = [table for table, ids in left.items() if session.scalars(ids.limit(1)).first() is not None]
        if is_abandoned:
            with self.database.transaction() as session:
                for row in session.scalars(select(AudienceList).where(*old).with_for_update(skip_locked=True)):
                    row.state, row.ended_at = ListState.CANCELLED, now
        gone = 0
        for table in dirty:
            with self.database.transaction() as session:
                cleared = delete(table).where(table.id.in_(left[table].limit(CLEARED)))
                gone += session.execute(cleared).rowcount  # type: ignore[attr-defined]
        return gone

    def _claim(self) -> tuple[int, str] | None:
        now = self.clock.now()
        is_free = or_(AudienceList.leased_until.is_(None), AudienceList.leased_until < now)
        due = select(AudienceList).where(AudienceList.state.in_(WORKED_ON), is_free).order_by(AudienceList.id)
        with self.database.reading() as session:
            # Most ticks find nothing, and looking takes no write lock.
            if session.scalars(due.limit(1)).first() is None:
                return None
        with self.database.transaction() as session:
            row = session.scalars(due.limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            row.lease, row.leased_until = uuid.uuid4().hex, now + LEASE
            return row.id, row.lease

    @contextmanager
    def _file(self, list_id: int) -> Iterator[tuple[AudienceList, IO[bytes]]]:
        with tempfile.TemporaryFile() as file:
            with self.database.reading() as session:
                row = session.get_one(AudienceList, list_id)
                for number in range(how_many_parts(session, list_id)):
                    file.write(part_of(session, list_id, number))
                    session.expunge_all()
            yield row, file

    @contextmanager
    def _mine(self, list_id: int, lease: str, state: ListState) -> Iterator[tuple[Session, AudienceList]]:
        """A transaction on a list this worker still has. Raises ListStateConflict."""
        with self.database.transaction() as session:
            row = locked(session, list_id, None, state)
            if row.lease != lease:
                raise ListStateConflict(state="taken")
            row.leased_until = self.clock.now() + LEASE
            yield session, row

    def _look(self, row: AudienceList, lease: str, file: IO[bytes]) -> None:
        with opened(file, row.kind) as table:
            guessed = guess(table.header, get_traits())
            first = [_shown(cells, guessed) for _, cells in islice(table.rows(), LOOK_ROWS)]
            look: dict[str, Any] = {"header": list(table.header), "rows": first, "guess": guessed}
            look["percent"] = table.percent_columns()
            total = table.total
        with self._mine(row.id, lease, ListState.READING) as (_, mine):
            mine.look, mine.rows_total, mine.state = look, total, ListState.MAPPING
            mine.lease = mine.leased_until = None

    def _check(self, row: AudienceList, lease: str, file: IO[bytes]) -> None:
        self._make_findable(row.id, lease)
        assert row.mapping is not None
        assert row.look is not None
        mapped = Mapped(row.mapping, row.look["percent"], get_traits())
        matcher = Matcher(row.branch, self._members(row.id))
        with opened(file, row.kind) as table:
            is_done = self._judge_all(row, lease, table, mapped, matcher)
        with self._mine(row.id, lease, ListState.CHECKING) as (_, mine):
            mine.lease = mine.leased_until = None
            if is_done:
                mine.state, mine.rows_total = ListState.CHECKED, sum(mine.counts.values()) - mine.counts.get("also", 0)

    def _judge_all(self, row: AudienceList, lease: str, table: Table, mapped: Mapped, matcher: Matcher) -> bool:
        """True when the last row has its verdict, False when the time is up."""
        rows = table.rows()
        until = None
        while True:
            batch = [mapped.row(number, cells) for number, cells in islice(rows, self.slice_rows)]
            if not batch:
                return True
            fresh = [one for one in batch if one.number > row.rows_done]
            for one in batch[: len(batch) - len(fresh)]:
                matcher.remember(one)
            if not fresh:
                continue
            # Rows that were judged before are only passed over: with their time counted, a slow machine would end each
            # call where it began.
            until = until or stopwatch.monotonic() + self.budget_s
            with self._mine(row.id, lease, ListState.CHECKING) as (session, mine):
                self._keep(session, mine, matcher.judge(session, fresh))
                mine.rows_done = fresh[-1].number
            if stopwatch.monotonic() > until:
                return False

    def _keep(self, session: Session, mine: AudienceList, judged: Sequence[Judged]) -> None:
        assert mine.data_as_of is not None
        as_of = datetime.combine(mine.data_as_of, time(), BANK_ZONE).astimezone(UTC)
        told = [
            {
                "list_id": mine.id,
                "row": one.row.number,
                "verdict": one.verdict,
                "follower_id": one.follower_id,
                "who": one.row.who,
                "note": one.row.note,
                "expires_at": mine.expires_at,
            }
            for one in judged
        ]
        traits = [
            {
                "follower_id": one.follower_id,
                "key": key,
                "word": value.word,
                "number": value.number,
                "day": value.day,
                "source": "list",
                "list_id": mine.id,
                "as_of": as_of,
                "confidence": CONFIDENCE,
                "expires_at": mine.expires_at,
            }
            for one in judged
            if one.follower_id is not None
            for key, value in one.row.traits.items()
        ]
        insert_rows(session, ListRow, told)
        insert_rows(session, Trait, traits)
        counts = dict(mine.counts)
        for one in judged:
            counts[one.verdict.value] = counts.get(one.verdict.value, 0) + 1
        mine.counts = counts
        mine.flawed_values += sum(bool(one.row.notes) for one in judged if one.verdict is not RowVerdict.ALSO)

    def _members(self, list_id: int) -> set[int]:
        mine = select(ListRow.follower_id).where(ListRow.list_id == list_id, ListRow.follower_id.is_not(None))
        with self.database.reading() as session:
            return {one for one in session.scalars(mine) if one is not None}

    def _make_findable(self, list_id: int, lease: str) -> None:
        """Phones and names of before this release, or of another key, get their keys before they are looked for."""
        while True:
            with self._mine(list_id, lease, ListState.CHECKING) as (session, _):
                if make_missing_keys(session) == 0:
                    return

    def _fail(self, list_id: int, lease: str, reason: str) -> None:
        now = self.clock.now()
        try:
            with self.database.transaction() as session:
                row = locked(session, list_id, None, *WORKED_ON)
                if row.lease == lease:
                    row.state, row.problem, row.ended_at = ListState.FAILED, reason, now
        except ListStateConflict:
            return
        log.warning("list_failed", list_id=list_id, reason=reason)


def _shown(cells: Sequence[Any], targets: Sequence[str]) -> list[str]:
    """First cells as the mapping shows them: enough to know a column by. What may be about a person is masked."""
    traits = get_traits()
    shown = [text_of(cell) for cell in cells[: len(targets)]]
    shown += [""] * (len(targets) - len(shown))
    return [text[:24] if target in traits else _mask(text) for text, target in zip(shown, targets, strict=True)]


def _mask(text: str) -> str:
    digits = identifier_of(text)
    if digits.isdigit() and len(digits) >= 7:
        return f"{digits[:3]}****{digits[-4:]}"
    if any("\u4e00" <= char <= "\u9fff" for char in text):
        return f"{text[0]}*" if len(text) <= 4 else f"{text[:2]}**{text[-2:]}"
    return mask_personal(text)[:24]
