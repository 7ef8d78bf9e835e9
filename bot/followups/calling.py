"""A call is reported: the attempt becomes a row, and what it came to decides what is next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.model import AlertKind
from bot.errors import InvalidInput
from bot.events import EventType
from bot.followups import rules
from bot.followups.branching import AskBranch, task_reason
from bot.followups.checklists import Checklist
from bot.followups.closing import alarm, check_complete, close, end_alarm, end_without_customer, tell
from bot.followups.lifecycle import SEGMENTS
from bot.followups.model import AttemptCode, Followup, FollowupAttempt, FollowupKind
from bot.followups.rules import Next
from bot.followups.service import NewFollowup, make
from bot.knowledge.content import Skill

BRANCH_WITHIN = timedelta(days=1)
BRANCH_REASONS = {
    AttemptCode.SOMEBODY_ELSE: "电话不是本人接听，请核实联系电话",
    AttemptCode.NO_SUCH_NUMBER: "预留号码是空号，请核实联系电话",
}


@dataclass(frozen=True)
class Report:
    """What a rep says of a call. `client_key` makes a repeat the same report; `phone` is the new number of 改号,
    `due_at` the new time of 改约.
    """

    client_key: str
    code: AttemptCode
    duration_s: int
    note: str | None = None
    phone: str | None = None
    due_at: datetime | None = None


def is_known(session: Session, row: Followup, client_key: str) -> bool:
    """True when this very call was reported already."""
    mine = (FollowupAttempt.followup_id == row.id) & (FollowupAttempt.client_key == client_key)
    return session.scalars(select(FollowupAttempt.id).where(mine)).first() is not None


def report(
    session: Session,
    row: Followup,
    username: str,
    said: Report,
    checklist: Checklist,
    desk: Skill,
    ask_branch: AskBranch,
    now: datetime,
) -> None:
    """Write the call down and take the step that follows. Raises InvalidInput, ChecklistIncomplete."""
    _check(said, now)
    tries = rules.tries_after(said.code, row.tries)
    step = rules.after(said.code, tries)
    if step.next is Next.FINISH:
        check_complete(session, row, checklist)
    session.add(
        FollowupAttempt(
            followup_id=row.id,
            client_key=said.client_key,
            at=now,
            username=username,
            code=said.code,
            duration_s=said.duration_s,
            note=said.note or None,
        )
    )
    row.owner, row.tries = username, tries
    note_call(row, now)
    end_alarm(session, row, now)
    if step.outcome is not None and step.next is Next.FINISH:
        close(session, row, username, step.outcome, said.note or "已办成", desk, now)
        return
    if step.outcome is not None:
        end_without_customer(session, row, step.outcome, said.note, now)
    if step.next is Next.BRANCH:
        _refer(session, row, said.code, username, desk, ask_branch, now)
    else:
        _go_on(session, row, said, step.next, desk, now)
    tell(session, row, EventType.FOLLOWUP_CHANGED, now)


def note_call(row: Followup, now: datetime) -> None:
    """The promise was kept or not, decided at this moment; what was missed once stays missed."""
    if row.called_at is None and row.kept_on_time is not False:
        row.kept_on_time = rules.is_on_time(now, row.due_at)
    row.called_at = row.called_at or now


def put_off(row: Followup, due_at: datetime) -> None:
    """A new time, for which nobody has called yet; the half hour it had is free again. Who answers then may be
    somebody else: he is to be known anew.
    """
    row.due_at, row.slot_at, row.slot_place = due_at, None, None
    row.called_at = row.missed_at = row.proved_at = None


def _check(said: Report, now: datetime) -> None:
    if said.code is AttemptCode.NUMBER_CHANGED and not said.phone:
        raise InvalidInput(places=["phone"])
    if said.code is AttemptCode.PUT_OFF and (said.due_at is None or said.due_at <= now):
        raise InvalidInput(places=["due_at"])


def _go_on(session: Session, row: Followup, said: Report, then: Next, desk: Skill, now: datetime) -> None:
    if then is Next.TALK:
        row.proved_at = row.proved_at or now
    elif then is Next.DIAL_NEW:
        row.phone = said.phone
    elif then is Next.PUT_OFF and said.due_at is not None:
        put_off(row, rules.due_in_hours(said.due_at, now, desk))
    elif then is Next.AGAIN:
        put_off(row, rules.next_try(said.code, now, desk))
    elif then is Next.GIVE_UP:
        alarm(session, row, AlertKind.CUSTOMER_UNREACHABLE, now)
        tell(session, row, EventType.FOLLOWUP_UNREACHABLE, now)


def _refer(
    session: Session,
    row: Followup,
    code: AttemptCode,
    username: str,
    desk: Skill,
    ask_branch: AskBranch,
    now: datetime,
) -> None:
    """Only the branch can find out the right number; where it cannot be asked now, asking it is a task of the desk."""
    asked = ask_branch(session, row, BRANCH_REASONS[code], username, now)
    more = {"referral_id": asked.referral_id}
    if asked.referral_id is None:
        wanted = NewFollowup(
            kind=FollowupKind.BRANCH,
            segment=SEGMENTS[FollowupKind.BRANCH],
            follower_id=row.follower_id,
            skill=row.skill,
            reason=task_reason(BRANCH_REASONS[code], asked.lacks or ""),
            due_at=rules.in_hours(now + BRANCH_WITHIN, desk),
            conversation_id=row.conversation_id,
            root_id=row.root_id or row.id,
            made_once=f"branch:{row.id}",
        )
        more = {"ticket_id": make(session, wanted, now).id}
    tell(session, row, EventType.FOLLOWUP_BRANCH_WANTED, now, code=code.value, **more)
