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
        Who left, or whose copy would overlap with a night that is there, is left alone. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            usernames = sorted({row.rep for row in _begun_in(session, source)})
            copied = [one for one in usernames if self._copy_his_week(session, one, source, target)]
            for username in copied:
                note(session, now, doer, Act.SHIFTS_CHANGED, Thing(f"staff:{username}"))
                publish(session, now, Event(EventType.ROSTER_CHANGED, payload={"rep": username}))
        return len(copied)

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
            absence = session.get(Absence, absence_id, populate_existing=True)
            if absence is None:
                raise NotFound(absence_id=absence_id)
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
    def _copy_his_week(session: Session, username: str, source: date, target: date) -> bool:
        rep = _find_locked(session, username)
        # Read under his lock: another supervisor may be copying or planning the same week.
        if rep is None or any(row.rep == username for row in _begun_in(session, target)):
            return False
        new = [_moved(row, target - source) for row in _begun_in(session, source) if row.rep == username]
        if _overlaps(session, username, target, new):
            return False
        session.add_all(new)
        rep.version += 1
        return True

    @staticmethod
    def _replace_week(session: Session, username: str, monday: date, new: Sequence[Shift]) -> None:
        start, end = begins_at(monday), begins_at(monday + WEEK)
        his_week = (Shift.rep == username) & (Shift.starts_at >= start) & (Shift.starts_at < end)
        session.execute(delete(Shift).where(his_week))
        if _overlaps(session, username, monday, new):
            raise RosterConflict(reason="overlap")
        session.add_all(new)


def _lock(session: Session, username: str) -> StaffMember:
    """The person's row, locked; only who serves customers has a roster. Raises NotFound."""
    rep = _find_locked(session, username)
    if rep is None:
        raise NotFound(rep=username)
    return rep


def _find_locked(session: Session, username: str) -> StaffMember | None:
    rep = session.get(StaffMember, username, with_for_update=True, populate_existing=True)
    return rep if rep is not None and rep.role in SERVING_ROLES and rep.is_enabled else None


def _begun_in(session: Session, monday: date) -> list[Shift]:
    """The shifts that begin in this week, soonest first."""
    start, end = begins_at(monday), begins_at(monday + WEEK)
    return [row for row in queries.shifts_between(session, start, end) if row.starts_at >= start]


def _overlaps(session: Session, username: str, monday: date, new: Sequence[Shift]) -> bool:
    """True when these shifts of a week share an instant with each other or with one that is there."""
    day = timedelta(days=1)
    around = queries.shifts_between(session, begins_at(monday) - day, begins_at(monday + WEEK) + day)
    others = [row for row in around if row.rep == username]
    return has_overlap([Span(row.rep, row.starts_at, row.ends_at) for row in [*others, *new]])


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
