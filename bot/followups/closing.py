"""A follow-up ends: only when all that must be said was said, with the next call agreed on if there is one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.model import AlertKind
from bot.alerts.service import About, close_alert, raise_alert
from bot.errors import ChecklistIncomplete
from bot.events import Event, EventType
from bot.followups import rules
from bot.followups.checklists import VERIFY, Checklist
from bot.followups.lifecycle import SEGMENTS, call_after_a_week
from bot.followups.model import Followup, FollowupKind, FollowupOutcome, FollowupState, FollowupTick
from bot.followups.service import NewFollowup, make
from bot.knowledge.content import Skill
from bot.outbox import publish

VERIFY_LABEL = "确认是本人"
ENDED_TEXTS = {
    FollowupOutcome.NOT_HIMSELF: "非本人接听，由网点核实电话",
    FollowupOutcome.WRONG_NUMBER: "空号，由网点核实电话",
    FollowupOutcome.UNREACHABLE: "多次未接通，已告知主管",
}


@dataclass(frozen=True)
class NextCall:
    """What was agreed on: when to call again, and why."""

    at: datetime
    reason: str


def check_complete(session: Session, row: Followup, checklist: Checklist) -> None:
    """Raises ChecklistIncomplete with the labels of what is missing."""
    missing = checklist.missing(ticked_in(session, row.id), is_proved=row.proved_at is not None)
    if missing:
        raise ChecklistIncomplete(missing=[label_of(checklist, one) for one in missing])


def close(
    session: Session,
    row: Followup,
    username: str,
    outcome: FollowupOutcome | None,
    result: str,
    desk: Skill,
    now: datetime,
    following: NextCall | None = None,
) -> None:
    """Record what came of it; the next call, or the account's next clock, is made in the same transaction."""
    row.state, row.owner, row.outcome, row.result, row.done_at = FollowupState.DONE, username, outcome, result, now
    if following is not None:
        _call_again(session, row, username, following, desk, now)
    else:
        call_after_a_week(session, row, desk, now)
    end_alarm(session, row, now)
    tell(session, row, EventType.FOLLOWUP_CLOSED, now, rep=username, moved=True)


def end_without_customer(
    session: Session, row: Followup, outcome: FollowupOutcome, note: str | None, now: datetime
) -> None:
    """It cannot be done: the wrong person, the wrong number, nobody there."""
    row.state, row.outcome, row.done_at = FollowupState.CANCELLED, outcome, now
    row.result = note or ENDED_TEXTS[outcome]
    end_alarm(session, row, now)
    tell(session, row, EventType.FOLLOWUP_CLOSED, now, moved=True)


def alarm(session: Session, row: Followup, kind: AlertKind, now: datetime) -> None:
    """Tell the supervisors about this one."""
    about = About(row.skill, row.owner, row.conversation_id, {"followup_id": row.id, "tries": row.tries})
    raise_alert(session, kind, f"followup:{row.id}", now, about)


def end_alarm(session: Session, row: Followup, now: datetime) -> None:
    """Somebody called, late or not: the alarm is over."""
    close_alert(session, AlertKind.PROMISE_MISSED, f"followup:{row.id}", now)


def ticked_in(session: Session, followup_id: int) -> set[str]:
    """The items ticked on this call."""
    return set(session.scalars(select(FollowupTick.item).where(FollowupTick.followup_id == followup_id)))


def label_of(checklist: Checklist, item_id: str) -> str:
    """An item as people read it; where one of several is missing, the step's title."""
    step, item = checklist.step_of(item_id), checklist.find_item(item_id)
    if step is None or item is None:
        return VERIFY_LABEL if item_id == VERIFY else item_id
    return step.title if step.picks_one else item.label


def tell(session: Session, row: Followup, type_: EventType, now: datetime, **more: Any) -> None:
    """Publish a change of a follow-up with its transaction. `moved`: it came to the desk's free ones or left them, so
    that the whole desk hears of it and not its owner alone.
    """
    facts = {"followup_id": row.id, "rep": row.owner, "skill": row.skill, **more}
    publish(session, now, Event(type_, row.conversation_id, payload=facts))


def _call_again(
    session: Session, row: Followup, username: str, following: NextCall, desk: Skill, now: datetime
) -> None:
    kind = FollowupKind.PROMISED_CALL
    wanted = NewFollowup(
        kind=kind,
        segment=SEGMENTS[kind],
        follower_id=row.follower_id,
        conversation_id=row.conversation_id,
        skill=row.skill,
        owner=username,
        reason=following.reason,
        phone=row.phone,
        due_at=rules.due_in_hours(following.at, now, desk),
        priority=row.priority,
        is_elder=row.is_elder,
        root_id=row.root_id or row.id,
    )
    make(session, wanted, now)
