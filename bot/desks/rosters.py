"""Who works when, on which desks, with how many chats, and who stands in for whom.

Every change of a person names the version of him that was looked at: the second of two supervisors is told that
somebody was faster. Rows of a roster change under the rep's lock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.compliance.secrets import mask_secrets
from bot.db import Database
from bot.desks import queries
from bot.desks.model import Absence, AwayFor, Shift
from bot.desks.rules import WEEK, ShiftTemplate, Span, begins_at, has_overlap, span_of
from bot.errors import InvalidInput, NotFound, RosterConflict, VersionStateConflict
from bot.events import Event, EventType
from bot.outbox import publish
from bot.staff.model import Role, StaffMember

SERVING_ROLES = (Role.REP, Role.SUPERVISOR)


@dataclass(frozen=True)
class NewAbsence:
    """A rep is away from one instant to another; who stands in, and what he should know."""

    away_for: AwayFor
    starts_at: datetime
    ends_at: datetime
    deputy: str | None
    note: str


@dataclass(frozen=True)
class Rosters:
    """The acts of supervisors on people, each in one transaction."""

    database: Database
    clock: Clock
    templates: Mapping[str, ShiftTemplate]

    def set_person(self, username: str, seen: int, skills: Sequence[str], capacity: int, doer: Doer) -> StaffMember:
        """The desks a person serves and how many chats at once. Raises NotFound, VersionStateConflict."""

        def change(_session: Session, rep: StaffMember) -> None:
            rep.skills, rep.capacity = list(skills), capacity

        return self._changed(username, seen, doer, Act.REP_CHANGED, change)

    def set_week(
        self, username: str, seen: int, monday: date, wanted: Sequence[tuple[date, str]], doer: Doer
    ) -> StaffMember:
        """A person's shifts of one week, as (day, template), in place of those he had. Raises NotFound, InvalidInput,
        RosterConflict for shifts that overlap, VersionStateConflict.
        """
        if any(not monday <= day < monday + WEEK or template not in self.templates for day, template in wanted):
            raise InvalidInput(places=["shifts"])
        new = [self._shift(username, day, template) for day, template in wanted]

        def change(session: Session, _rep: StaffMember) -> None:
            self._replace_week(session, username, monday, new)

        return self._changed(username, seen, doer, Act.SHIFTS_CHANGED, change)

    def copy_week(self, source: date, target: date, doer: Doer) -> int:
        """Give everybody who has no shift in the target week his shifts of the source week; how many people got some.
        Safe to repeat: who has shifts by now is left alone.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            before = queries.shifts_between(session, begins_at(source), begins_at(source + WEEK))
            has_some = {row.rep for row in queries.shifts_between(session, begins_at(target), begins_at(target + WEEK))}
            usernames = sorted({row.rep for row in before if row.starts_at >= begins_at(source)} - has_some)
            for username in usernames:
                rep = _lock(session, username)
                for row in (one for one in before if one.rep == username and one.starts_at >= begins_at(source)):
                    moved = target - source
                    session.add(_moved(row, moved))
                rep.version += 1
                note(session, now, doer, Act.SHIFTS_CHANGED, Thing(f"staff:{username}"))
                publish(session, now, Event(EventType.ROSTER_CHANGED, payload={"rep": username}))
        return len(usernames)

    def set_absence(self, username: str, seen: int, wanted: NewAbsence, doer: Doer) -> StaffMember:
        """A person will be away; his shifts stay where they are. Raises NotFound, RosterConflict (an end before the
        beginning, an absence that overlaps, a deputy who cannot), VersionStateConflict.
        """

        def change(session: Session, rep: StaffMember) -> None:
            _check_absence(session, rep, wanted)
            session.add(
                Absence(
                    rep=username,
                    deputy=wanted.deputy,
                    away_for=wanted.away_for,
                    starts_at=wanted.starts_at,
                    ends_at=wanted.ends_at,
                    note=mask_secrets(wanted.note).text,
                    created_by=doer.username,
                )
            )

        return self._changed(username, seen, doer, Act.ABSENCE_SET, change)

    def end_absence(self, absence_id: int, doer: Doer) -> None:
        """He is back, or will not go: an absence that began ends now, one to come is taken away. Raises NotFound.
        Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            absence = session.get(Absence, absence_id)
            if absence is None:
                raise NotFound(absence_id=absence_id)
            rep = _lock(session, absence.rep)
            session.refresh(absence)
            if absence.ends_at <= now:
                return
            if absence.starts_at >= now:
                session.delete(absence)
            else:
                absence.ends_at = now
            rep.version += 1
            note(session, now, doer, Act.ABSENCE_ENDED, Thing(f"staff:{rep.username}", absence_id))
            publish(session, now, Event(EventType.ROSTER_CHANGED, payload={"rep": rep.username}))

    def _changed(
        self, username: str, seen: int, doer: Doer, act: Act, change: Callable[[Session, StaffMember], None]
    ) -> StaffMember:
        now = self.clock.now()
        with self.database.transaction() as session:
            rep = _lock(session, username)
            if rep.version != seen:
                raise VersionStateConflict(seen=seen)
            change(session, rep)
            rep.version += 1
            note(session, now, doer, act, Thing(f"staff:{username}"))
            publish(session, now, Event(EventType.ROSTER_CHANGED, payload={"rep": username}))
        return rep

    def _shift(self, username: str, day: date, template: str) -> Shift:
        span = span_of(self.templates[template], username, day)
        return Shift(rep=username, template=template, starts_at=span.starts_at, ends_at=span.ends_at)

    @staticmethod
    def _replace_week(session: Session, username: str, monday: date, new: Sequence[Shift]) -> None:
        start, end = begins_at(monday), begins_at(monday + WEEK)
        his_week = (Shift.rep == username) & (Shift.starts_at >= start) & (Shift.starts_at < end)
        session.execute(delete(Shift).where(his_week))
        around = queries.shifts_between(session, start - timedelta(days=1), end + timedelta(days=1))
        others = [row for row in around if row.rep == username]
        if has_overlap([Span(row.rep, row.starts_at, row.ends_at) for row in [*others, *new]]):
            raise RosterConflict(reason="overlap")
        session.add_all(new)


def _lock(session: Session, username: str) -> StaffMember:
    """The person's row, locked; only who serves customers has a roster. Raises NotFound."""
    rep = session.get(StaffMember, username, with_for_update=True, populate_existing=True)
    if rep is None or rep.role not in SERVING_ROLES or not rep.is_enabled:
        raise NotFound(rep=username)
    return rep


def _check_absence(session: Session, rep: StaffMember, wanted: NewAbsence) -> None:
    if wanted.ends_at <= wanted.starts_at:
        raise RosterConflict(reason="order")
    others = queries.absences_between(session, wanted.starts_at, wanted.ends_at)
    if any(row.rep == rep.username for row in others):
        raise RosterConflict(reason="overlap")
    if wanted.deputy is None:
        return
    deputy = session.get(StaffMember, wanted.deputy)
    can = deputy is not None and deputy.is_enabled and deputy.role in SERVING_ROLES
    if not can or wanted.deputy == rep.username:
        raise RosterConflict(reason="deputy")


def _moved(row: Shift, by: timedelta) -> Shift:
    # China keeps one time all year: the same wall clock a week later is the same number of hours later.
    return Shift(rep=row.rep, template=row.template, starts_at=row.starts_at + by, ends_at=row.ends_at + by)
