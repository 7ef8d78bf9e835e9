"""Referring a customer to a branch, and what the branch does with it. Every act may be repeated or raced: rows are
locked, follower first, and an act that is done already changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.model import AlertKind
from bot.alerts.service import About, close_alert, raise_alert
from bot.clock import Clock
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.service import Deliverer
from bot.errors import NotFound, ReferralStateConflict
from bot.events import EventType
from bot.followups.model import Followup
from bot.knowledge.content import Skill
from bot.knowledge.live import Contents
from bot.referrals import rules
from bot.referrals.from_calls import call_on, settle_task
from bot.referrals.model import Referral, ReferralState
from bot.referrals.queries import RUNNING
from bot.referrals.sending import Asked, Origin, check_staffed, send_in, tell_desk
from bot.referrals.telling import DESK, ask_centre, can_be_phoned, tell_accepted

log = structlog.get_logger()


@dataclass(frozen=True)
class BranchPerson:
    """Who acts at a branch: the name is what the customer is told."""

    username: str
    name: str
    branch: str


@dataclass(frozen=True)
class Referrals:
    """The acts of the centre and of branches, each in one transaction."""

    database: Database
    deliverer: Deliverer
    contents: Contents
    clock: Clock
    guard: OutboundGuard
    skills: Mapping[str, Skill]

    def send(self, follower_id: int, origin: Origin, asked: Asked, username: str) -> Referral:
        """Refer the customer of a chat or a call; a task to do so is done with it. One that is open for it is the same.
        Raises InvalidInput for a branch at which nobody would read it, ReferralStateConflict when another branch has
        it. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            _lock_follower(session, follower_id)
            row = send_in(session, follower_id, origin, asked, username, now)
            if origin.followup_id is not None:
                settle_task(session, origin.followup_id, row, username, self._desk(session, origin.followup_id), now)
        log.info("referral_sent", referral_id=row.id, rep_id=username)
        return row

    def accept(self, referral_id: int, person: BranchPerson) -> bool | None:
        """The branch takes it up, and the customer is told by whom and until when he is called; False when that takes a
        call, None when his number is what the branch shall find out. Raises NotFound, ReferralStateConflict. Safe to
        repeat.
        """
        now = self.clock.now()
        # Notices say the same in every region.
        content = self.contents.for_branch(now, None)
        with self.database.transaction() as session:
            row = _get_locked(session, referral_id, person.branch)
            if row.state is ReferralState.ACCEPTED and row.accepted_by == person.username:
                return True
            _check_in(row, ReferralState.SENT)
            row.accepted_by, row.accepted_name, row.accepted_at = person.username, person.name, now
            _step(session, row, ReferralState.ACCEPTED, now, due_at=rules.contact_by(now))
            delivery_id = tell_accepted(session, row, content, self.guard, now)
            is_reached = can_be_phoned(session, row)
        if delivery_id is None:
            return False if is_reached else None
        self.deliverer.send(delivery_id)
        return True

    def answer(self, referral_id: int, person: BranchPerson, answer: str) -> None:
        """What the branch did; a call that waited for it is due again. Raises as `accept`. Safe to repeat."""
        with self.database.transaction() as session:
            row = _get_locked(session, referral_id, person.branch)
            if row.state is ReferralState.ANSWERED and row.answer == answer:
                return
            _check_in(row, ReferralState.ACCEPTED)
            row.answer, row.answered_at = answer, self.clock.now()
            _step(session, row, ReferralState.ANSWERED, self.clock.now())
            if row.followup_id is not None:
                call_on(session, row, self._desk(session, row.followup_id), self.clock.now())

    def give_back(self, referral_id: int, person: BranchPerson, reason: str) -> None:
        """The branch cannot do it: whoever referred him has it again, as a task. Raises as `accept`. Safe to repeat."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_locked(session, referral_id, person.branch)
            if row.state is ReferralState.RETURNED:
                return
            _check_in(row, *RUNNING)
            row.return_reason, row.returned_by, row.returned_at = reason, person.username, now
            _step(session, row, ReferralState.RETURNED, now)
            words = f"转介{row.number}被{row.branch}退回：{reason}。请改派或办结"
            ask_centre(session, row, words, self.skills[DESK], now)

    def send_again(self, referral_id: int, branch: str, ask: str, username: str) -> None:
        """Refer what came back to this branch. Raises NotFound, ReferralStateConflict, InvalidInput. Safe to repeat."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_locked(session, referral_id, None)
            check_staffed(session, branch)
            if row.state is ReferralState.SENT and row.branch == branch:
                return
            _check_in(row, ReferralState.RETURNED)
            row.branch, row.ask, row.sent_by = branch, ask, username
            row.accepted_by = row.accepted_name = row.accepted_at = None
            _step(session, row, ReferralState.SENT, now, due_at=rules.due_after(now))

    def close(self, referral_id: int, username: str, branch: str | None) -> None:
        """Nothing is left to do: after an answer by either side, after a return by the centre alone (`branch` None).
        Raises NotFound, ReferralStateConflict. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_locked(session, referral_id, branch)
            if row.state is ReferralState.CLOSED:
                return
            may_end = (ReferralState.ANSWERED,) if branch else (ReferralState.ANSWERED, ReferralState.RETURNED)
            _check_in(row, *may_end)
            row.closed_by, row.closed_at = username, now
            _step(session, row, ReferralState.CLOSED, now)

    def _desk(self, session: Session, followup_id: int) -> Skill:
        """The desk of a call, with its hours; the general one for a desk that is no more."""
        skill = session.get_one(Followup, followup_id).skill
        return self.skills.get(skill) or self.skills[DESK]

    def raise_late(self) -> int:
        """Tell the supervisors of steps past their time; how many. Safe to repeat: each step is told once."""
        now = self.clock.now()
        with self.database.reading() as session:
            is_late = Referral.state.in_(RUNNING) & (Referral.due_at < now) & Referral.late_at.is_(None)
            ids = session.scalars(select(Referral.id).where(is_late)).all()
        return sum(self._escalate(referral_id, now) for referral_id in ids)

    def _escalate(self, referral_id: int, now: datetime) -> bool:
        with self.database.transaction() as session:
            row = _get_locked(session, referral_id, None)
            if row.state not in RUNNING or row.due_at >= now or row.late_at is not None:
                return False
            row.late_at = now
            about = About(conversation_id=row.conversation_id, figures={"number": row.number, "branch": row.branch})
            raise_alert(session, AlertKind.REFERRAL_LATE, str(row.id), now, about)
            tell_desk(session, row, EventType.REFERRAL_LATE, now)
        log.warning("referral_late", referral_id=referral_id)
        return True


def _step(
    session: Session, row: Referral, state: ReferralState, now: datetime, *, due_at: datetime | None = None
) -> None:
    """The next step begins, with its own time; what the last one was late for is over."""
    row.state, row.due_at, row.late_at = state, due_at or row.due_at, None
    close_alert(session, AlertKind.REFERRAL_LATE, str(row.id), now)
    tell_desk(session, row, EventType.REFERRAL_CHANGED, now)


def _get_locked(session: Session, referral_id: int, branch: str | None) -> Referral:
    """The referral and, before it, its follower, both locked. Raises NotFound, alike for another branch's."""
    follower_id = session.scalar(select(Referral.follower_id).where(Referral.id == referral_id))
    if follower_id is None:
        raise NotFound(referral_id=referral_id)
    _lock_follower(session, follower_id)
    row = session.get_one(Referral, referral_id, with_for_update=True)
    if branch is not None and row.branch != branch:
        raise NotFound(referral_id=referral_id)
    return row


def _lock_follower(session: Session, follower_id: int) -> None:
    session.execute(select(Follower.id).where(Follower.id == follower_id).with_for_update())


def _check_in(row: Referral, *states: ReferralState) -> None:
    if row.state not in states:
        raise ReferralStateConflict(state=row.state.value)
