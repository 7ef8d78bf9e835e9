"""Who handles a complaint, and what he writes down meanwhile. Called by api/complaints.py."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.complaints.model import Complaint, ComplaintState
from bot.complaints.notes import ComplaintNote
from bot.complaints.service import DESK, NEVER_HIS_OWN, NOT_THE_HANDLER
from bot.db import Database
from bot.errors import ComplaintStateConflict, InvalidInput, NotAllowed, NotFound
from bot.events import Event, EventType
from bot.outbox import publish
from bot.staff.model import Role, StaffMember


def who_may_handle(session: Session, row: Complaint) -> Sequence[StaffMember]:
    """Who may become its handler, by name: of the complaints' desk or a supervisor, never whom it is about."""
    serves = StaffMember.role.in_([Role.REP, Role.SUPERVISOR]) & StaffMember.is_enabled
    people = session.scalars(select(StaffMember).where(serves).order_by(StaffMember.display_name)).all()
    return [one for one in people if one.username != row.about_rep and _is_of_the_desk(one)]


def handles(row: Complaint, person: StaffMember) -> bool:
    """True for its handler, and for a supervisor it is not about: they write notes and take the file out."""
    if row.about_rep == person.username:
        return False
    return person.role is Role.SUPERVISOR or row.handler == person.username


@dataclass(frozen=True)
class ComplaintHandling:
    """Acts on open and closed complaints, each in one transaction."""

    database: Database
    clock: Clock

    def assign(self, complaint_id: int, to: str) -> None:
        """Make this person its handler. Raises NotFound, InvalidInput for who may not handle it, ComplaintStateConflict
        when it is closed. Safe to repeat.
        """
        with self.database.transaction() as session:
            row = _get_locked(session, complaint_id)
            if row.state is not ComplaintState.OPEN:
                raise ComplaintStateConflict(state=row.state.value)
            if to not in {one.username for one in who_may_handle(session, row)}:
                raise InvalidInput(places=["username"])
            row.handler = to
            self._tell(session, row)

    def write_note(self, complaint_id: int, person: StaffMember, words: str) -> None:
        """Add a note, masked already; also after the end, when somebody asks again. Raises NotFound, NotAllowed."""
        with self.database.transaction() as session:
            row = _get_locked(session, complaint_id)
            if not handles(row, person):
                raise NotAllowed(reason=NEVER_HIS_OWN if row.about_rep == person.username else NOT_THE_HANDLER)
            session.add(ComplaintNote(complaint_id=row.id, text=words, by=person.username, at=self.clock.now()))
            self._tell(session, row)

    def _tell(self, session: Session, row: Complaint) -> None:
        payload = {"complaint_id": row.id, "ticket": row.ticket}
        publish(session, self.clock.now(), Event(EventType.COMPLAINT_CHANGED, row.conversation_id, payload=payload))


def _is_of_the_desk(person: StaffMember) -> bool:
    return person.role is Role.SUPERVISOR or DESK in person.skills


def _get_locked(session: Session, complaint_id: int) -> Complaint:
    row = session.get(Complaint, complaint_id, with_for_update=True)
    if row is None:
        raise NotFound(complaint_id=complaint_id)
    return row
