"""What people of the desk do with follow-ups, each act in one transaction. May be repeated and raced: who has one is
decided by a conditional update, everything else under the row's lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.alerts.model import AlertKind
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.db import Database
from bot.errors import ChecklistIncomplete, FollowupStateConflict, FollowupTaken, InvalidInput, NotFound
from bot.events import EventType
from bot.followups import calling, rules
from bot.followups.branching import AskBranch
from bot.followups.calling import Report
from bot.followups.checklists import VERIFY, Checklist, Checklists, lessons_of
from bot.followups.closing import NextCall, alarm, check_complete, close, label_of, tell, ticked_in
from bot.followups.diagnosing import Diagnosed
from bot.followups.model import AttemptCode, Followup, FollowupOutcome, FollowupState, FollowupTick
from bot.followups.service import NewFollowup, make
from bot.knowledge.content import Skill
from bot.staff.model import Role, StaffMember

log = structlog.get_logger()


@dataclass(frozen=True)
class FollowupDesk:
    """The acts of reps and supervisors. `skills` are the desks with their hours, `checklists` what is said,
    `ask_branch` refers what a call cannot settle.
    """

    database: Database
    clock: Clock
    skills: Mapping[str, Skill]
    checklists: Checklists
    ask_branch: AskBranch

    def checklist_of(self, row: Followup) -> Checklist:
        """The checklist of a follow-up; one whose segment left the content is called like any promise."""
        return self.checklists.get(row.segment) or self.checklists["promised_call"]

    def desk_of(self, row: Followup) -> Skill:
        """The desk of a follow-up, with its hours."""
        return self.skills[row.skill]

    def make(self, wanted: NewFollowup) -> Followup:
        """One made by hand; its time is moved into the desk's hours. Raises InvalidInput."""
        if wanted.segment not in self.checklists or wanted.skill not in self.skills:
            raise InvalidInput(places=["segment" if wanted.skill in self.skills else "skill"])
        now = self.clock.now()
        with self.database.transaction() as session:
            row = make(session, wanted, now)
            row.due_at = rules.due_in_hours(wanted.due_at, now, self.skills[wanted.skill])
        return row

    def claim(self, followup_id: int, username: str) -> None:
        """Make a free one this person's. Raises FollowupTaken, FollowupStateConflict, NotFound. Safe to repeat."""
        now = self.clock.now()
        is_free = (Followup.state == FollowupState.OPEN) & Followup.owner.is_(None)
        with self.database.transaction() as session:
            taken = session.execute(
                update(Followup)
                .where(Followup.id == followup_id, is_free)
                .values(owner=username)
                .execution_options(synchronize_session=False)
            )
            row = _get_open(session, followup_id, username)
            if taken.rowcount:  # type: ignore[attr-defined]
                tell(session, row, EventType.FOLLOWUP_CHANGED, now, moved=True)
                log.info("followup_claimed", followup_id=followup_id, rep_id=username)

    def release(self, followup_id: int, username: str) -> None:
        """Give one back to the desk. Raises as `claim`. Safe to repeat."""
        with self.database.transaction() as session:
            row = _get_open(session, followup_id, username)
            row.owner = None
            tell(session, row, EventType.FOLLOWUP_CHANGED, self.clock.now(), former=username)

    def reassign(self, followup_id: int, to: str | None, by: Doer) -> None:
        """A supervisor gives it to somebody of its desk, or back to the desk. Raises NotFound, InvalidInput,
        FollowupStateConflict.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _lock_open(session, followup_id)
            person = session.get(StaffMember, to) if to is not None else None
            if to is not None and not _serves(person, row.skill):
                raise InvalidInput(places=["to"])
            former, row.owner = row.owner, to
            note(session, now, by, Act.FOLLOWUP_REASSIGNED, Thing("followup", row.id, row.follower_id), to)
            tell(session, row, EventType.FOLLOWUP_CHANGED, now, former=former, moved=True)

    def tick(self, followup_id: int, username: str, item_id: str, *, is_ticked: bool) -> None:
        """Note that an item was said or done, or take that back. Nothing is ticked before 本人 is set where that is
        asked for, nor before what must come earlier: raises ChecklistIncomplete, and as `claim`. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_open(session, followup_id, username)
            self._check_item(session, row, item_id, is_ticked=is_ticked)
            mine = FollowupTick.followup_id == row.id
            step = self.checklist_of(row).step_of(item_id)
            replaced = [item.id for item in step.items] if step and step.picks_one else [item_id]
            if is_ticked and item_id in ticked_in(session, row.id):
                return
            session.execute(delete(FollowupTick).where(mine, FollowupTick.item.in_(replaced)))
            if is_ticked:
                session.add(FollowupTick(followup_id=row.id, item=item_id, at=now, username=username))
            row.owner = username
            tell(session, row, EventType.FOLLOWUP_CHANGED, now)

    def set_elder(self, followup_id: int, username: str, *, is_elder: bool) -> None:
        """Say it in short plain sentences from now on, or no longer. Raises as `claim`. Safe to repeat."""
        with self.database.transaction() as session:
            row = _get_open(session, followup_id, username)
            row.is_elder, row.owner = is_elder, username
            tell(session, row, EventType.FOLLOWUP_CHANGED, self.clock.now())

    def keep_diagnosis(self, followup_id: int, username: str, found: Diagnosed) -> None:
        """What the questions came to. Raises as `claim`."""
        with self.database.transaction() as session:
            row = _get_open(session, followup_id, username)
            row.diagnosis, row.owner = found.to_json(), username
            tell(session, row, EventType.FOLLOWUP_CHANGED, self.clock.now())

    def report(self, followup_id: int, by: Doer, said: Report) -> None:
        """A call was made. Raises InvalidInput, ChecklistIncomplete, and as `claim`. Safe to repeat by its key."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = session.get(Followup, followup_id, with_for_update=True)
            if row is not None and calling.is_known(session, row, said.client_key):
                return
            row = _get_open(session, followup_id, by.username)
            checklist, desk = self.checklist_of(row), self.desk_of(row)
            calling.report(session, row, by.username, said, checklist, desk, self.ask_branch, now)
            if said.code is AttemptCode.NUMBER_CHANGED:
                thing = Thing("followup", row.id, row.follower_id)
                note(session, now, by, Act.FOLLOWUP_PHONE_CHANGED, thing)
        log.info("followup_called", followup_id=followup_id, rep_id=by.username, outcome=said.code.value)

    def finish(
        self,
        followup_id: int,
        username: str,
        result: str,
        outcome: FollowupOutcome | None = None,
        following: NextCall | None = None,
    ) -> None:
        """Record what came of it; the first record stays. Raises ChecklistIncomplete, FollowupTaken, NotFound, and
        InvalidInput for a next call that lies behind. Safe to repeat.
        """
        now = self.clock.now()
        if following is not None and following.at <= now:
            raise InvalidInput(places=["next.at"])
        with self.database.transaction() as session:
            row = session.get(Followup, followup_id, with_for_update=True)
            if row is not None and row.state is FollowupState.DONE:
                return
            row = _get_open(session, followup_id, username)
            check_complete(session, row, self.checklist_of(row))
            calling.note_call(row, now)
            close(session, row, username, outcome, result, self.desk_of(row), now, following)

    def watch(self) -> int:
        """Set the alarm off for what was not called for in time; how many. Called by the timer. Safe to repeat."""
        now = self.clock.now()
        is_late = (Followup.state == FollowupState.OPEN) & (Followup.due_at < now - rules.GRACE)
        untouched = is_late & Followup.called_at.is_(None) & Followup.missed_at.is_(None)
        with self.database.reading() as session:
            late = list(session.scalars(select(Followup.id).where(untouched).order_by(Followup.due_at).limit(500)))
        return sum(self._miss(one, now) for one in late)

    def _miss(self, followup_id: int, now: datetime) -> bool:
        with self.database.transaction() as session:
            row = session.get_one(Followup, followup_id, with_for_update=True)
            is_late = row.state is FollowupState.OPEN and not rules.is_on_time(now, row.due_at)
            if not is_late or row.called_at is not None or row.missed_at is not None:
                return False
            row.missed_at, row.kept_on_time = now, False
            alarm(session, row, AlertKind.PROMISE_MISSED, now)
            tell(session, row, EventType.FOLLOWUP_MISSED, now)
        log.warning("promise_missed", followup_id=followup_id, rep_id=row.owner)
        return True

    def _check_item(self, session: Session, row: Followup, item_id: str, *, is_ticked: bool) -> None:
        checklist = self.checklist_of(row)
        is_own = checklist.find_item(item_id) is not None
        if not is_own and item_id not in lessons_of(self.checklists):
            raise InvalidInput(places=["item"])
        if not is_ticked:
            return
        lacks = [VERIFY] if checklist.proves_identity and row.proved_at is None else []
        if is_own:
            lacks += checklist.missing_before(item_id, ticked_in(session, row.id))
        if lacks:
            raise ChecklistIncomplete(missing=[label_of(checklist, one) for one in lacks])


def _serves(person: StaffMember | None, skill: str) -> bool:
    """True for somebody who may be given what this desk has to do."""
    if person is None or not person.is_enabled:
        return False
    return person.role in (Role.REP, Role.SUPERVISOR) and skill in person.skills


def _lock_open(session: Session, followup_id: int) -> Followup:
    row = session.get(Followup, followup_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(followup_id=followup_id)
    if row.state is not FollowupState.OPEN:
        raise FollowupStateConflict(state=row.state.value)
    return row


def _get_open(session: Session, followup_id: int, username: str) -> Followup:
    """An open one that nobody else has, locked. Raises NotFound, FollowupStateConflict, FollowupTaken."""
    row = _lock_open(session, followup_id)
    if row.owner not in (None, username):
        owner = session.get(StaffMember, row.owner)
        raise FollowupTaken(owner=owner.display_name if owner else row.owner)
    return row
