"""Lists of branches: uploaded in parts, their columns chosen, committed or given up. What takes long is done by the
worker (checking.py); each act here is one short transaction.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.audience.catalogue import get_traits
from bot.audience.columns import problem_of
from bot.audience.files import MAX_BYTES
from bot.audience.model import AudienceList, FileKind, LegalBasis, ListPart, ListState
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import BANK_ZONE, Clock, local_day
from bot.db import Database
from bot.errors import ListStateConflict, NotFound, UnfitFile

KIND = "audience_list"
PART_BYTES = 512 * 1024
LONGEST = timedelta(days=730)
UNSETTLED = (ListState.UPLOADING, ListState.READING, ListState.MAPPING, ListState.CHECKING, ListState.CHECKED)


@dataclass(frozen=True)
class NewList:
    """What has to be said before the first byte: what the list is for, why it may be used, whose it is, how long."""

    name: str
    purpose: str
    basis: LegalBasis
    branch: str
    expires_on: date
    file_name: str
    size: int


@dataclass(frozen=True)
class Lists:
    """The use cases. Every one but `begin` takes the branch a person of a branch works for, and None of everybody
    else: another branch's list is not found.
    """

    database: Database
    clock: Clock

    def begin(self, new: NewList, doer: Doer) -> AudienceList:
        """A list whose file is about to come. Raises UnfitFile."""
        now = self.clock.now()
        today = local_day(now)
        kind = next((one for one in FileKind if new.file_name.casefold().endswith(f".{one.value}")), None)
        if kind is None:
            raise UnfitFile(reason="kind")
        if not 0 < new.size <= MAX_BYTES:
            raise UnfitFile(reason="size")
        if not today < new.expires_on <= today + LONGEST:
            raise UnfitFile(reason="expires_on")
        row = AudienceList(
            name=new.name,
            purpose=new.purpose,
            basis=new.basis,
            branch=new.branch,
            expires_on=new.expires_on,
            expires_at=datetime.combine(new.expires_on + timedelta(days=1), time(), BANK_ZONE),
            file_name=new.file_name,
            kind=kind,
            size=new.size,
            state=ListState.UPLOADING,
            created_by=doer.username,
            created_at=now,
        )
        with self.database.transaction() as session:
            session.add(row)
            session.flush()
            note(session, now, doer, Act.LIST_UPLOADED, Thing(KIND, row.id))
        return row

    def add_part(self, list_id: int, branch: str | None, number: int, content: bytes) -> AudienceList:
        """Keep a piece of the file; a repeat replaces it. Raises NotFound, ListStateConflict, UnfitFile."""
        with self.database.transaction() as session:
            row = locked(session, list_id, branch, ListState.UPLOADING)
            if not 0 < len(content) <= PART_BYTES or number > MAX_BYTES // PART_BYTES:
                raise UnfitFile(reason="size")
            session.execute(delete(ListPart).where(ListPart.list_id == list_id, ListPart.number == number))
            session.add(
                ListPart(
                    list_id=list_id,
                    number=number,
                    size=len(content),
                    content=base64.b64encode(content).decode(),
                    at=self.clock.now(),
                )
            )
            return row

    def finish_upload(self, list_id: int, branch: str | None) -> AudienceList:
        """All parts are there: have the worker look into the file. Raises NotFound, ListStateConflict (also for a file
        that is live already), UnfitFile when a part is missing.
        """
        with self.database.reading() as session:
            get_list(session, list_id, branch)
            parts = select(ListPart.number, ListPart.size).where(ListPart.list_id == list_id)
            sizes = {one.number: one.size for one in session.execute(parts)}
            content_hash = _hash(session, list_id, len(sizes))
        with self.database.transaction() as session:
            row = locked(session, list_id, branch, ListState.UPLOADING)
            if sorted(sizes) != list(range(len(sizes))) or sum(sizes.values()) != row.size:
                raise UnfitFile(reason="incomplete")
            check_fresh(session, content_hash)
            row.content_hash, row.state = content_hash, ListState.READING
            return row

    def choose_columns(
        self, list_id: int, branch: str | None, mapping: Sequence[str], data_as_of: date
    ) -> AudienceList:
        """Say what each column is and of which day the data are, and have the worker check all rows. Raises NotFound,
        ListStateConflict, UnfitFile.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = locked(session, list_id, branch, ListState.MAPPING)
            columns = len((row.look or {}).get("header", ()))
            if problem := problem_of(mapping, columns, get_traits()):
                raise UnfitFile(reason=problem)
            if data_as_of > local_day(now):
                raise UnfitFile(reason="data_as_of")
            row.mapping, row.data_as_of = list(mapping), data_as_of
            row.state, row.checking_since = ListState.CHECKING, now
            return row

    def commit(self, list_id: int, branch: str | None, doer: Doer) -> AudienceList:
        """The list holds its followers from now on, all of them at once. Raises NotFound, ListStateConflict."""
        now = self.clock.now()
        try:
            with self.database.transaction() as session:
                row = locked(session, list_id, branch, ListState.CHECKED)
                check_fresh(session, row.content_hash)
                row.state, row.committed_by, row.committed_at = ListState.LIVE, doer.username, now
                session.execute(delete(ListPart).where(ListPart.list_id == list_id))
                note(session, now, doer, Act.LIST_COMMITTED, Thing(KIND, row.id))
                return row
        except IntegrityError as error:
            # Somebody committed the same file in the same moment.
            raise ListStateConflict(state="duplicate") from error

    def cancel(self, list_id: int, branch: str | None, doer: Doer) -> AudienceList:
        """Give up a list that is not live yet; what was written of it is taken away by the worker. Raises NotFound,
        ListStateConflict.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = locked(session, list_id, branch, *UNSETTLED)
            row.state, row.ended_by, row.ended_at = ListState.CANCELLED, doer.username, now
            note(session, now, doer, Act.LIST_CANCELLED, Thing(KIND, row.id))
            return row

    def end(self, list_id: int, branch: str | None, doer: Doer) -> AudienceList:
        """A live list holds nobody from now on. Raises NotFound, ListStateConflict."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = locked(session, list_id, branch, ListState.LIVE)
            row.state, row.ended_by, row.ended_at = ListState.ENDED, doer.username, now
            note(session, now, doer, Act.LIST_ENDED, Thing(KIND, row.id))
            return row


def get_list(session: Session, list_id: int, branch: str | None) -> AudienceList:
    """The list, if a person of this branch may see it. Raises NotFound."""
    found = session.get(AudienceList, list_id)
    if found is None or branch not in (None, found.branch):
        raise NotFound(list_id=list_id)
    return found


def locked(session: Session, list_id: int, branch: str | None, *states: ListState) -> AudienceList:
    """The list in one of these states, locked. Raises NotFound, ListStateConflict."""
    chosen = select(AudienceList).where(AudienceList.id == list_id).with_for_update()
    found = session.scalars(chosen.execution_options(populate_existing=True)).first()
    if found is None or branch not in (None, found.branch):
        raise NotFound(list_id=list_id)
    if found.state not in states:
        raise ListStateConflict(state=found.state.value)
    return found


def check_fresh(session: Session, content_hash: str | None) -> None:
    """Raises ListStateConflict when the very same file is live already."""
    same = select(AudienceList.id).where(AudienceList.content_hash == content_hash)
    known = session.scalar(same.where(AudienceList.state == ListState.LIVE))
    if known is not None:
        raise ListStateConflict(state="duplicate", list_id=known)


def part_of(session: Session, list_id: int, number: int) -> bytes:
    """One piece of the file."""
    mine = select(ListPart.content).where(ListPart.list_id == list_id, ListPart.number == number)
    return base64.b64decode(session.scalars(mine).one())


def how_many_parts(session: Session, list_id: int) -> int:
    """Of how many pieces the file is."""
    return session.scalar(select(func.count()).select_from(ListPart).where(ListPart.list_id == list_id)) or 0


def _hash(session: Session, list_id: int, parts: int) -> str:
    found = hashlib.sha256()
    numbers = session.scalars(select(ListPart.number).where(ListPart.list_id == list_id).order_by(ListPart.number))
    for number in numbers.all()[:parts]:
        found.update(part_of(session, list_id, number))
    return found.hexdigest()
