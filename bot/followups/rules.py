"""What follows from a call, and when to call again. Pure decisions over the desk's hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.clock import BANK_ZONE, local
from bot.followups.model import AttemptCode, FollowupOutcome
from bot.knowledge import hours
from bot.knowledge.content import Skill

# So many calls one after the other that nobody was there for: then it is closed and told to the supervisors.
MOST_TRIES = 3
# A promise kept within this time is kept; after it the alarm goes off.
GRACE = timedelta(minutes=30)
MORNING, AFTERNOON = time(10), time(15)
NOON = 12
ENGAGED_AGAIN = timedelta(minutes=30)


class Next(StrEnum):
    """What comes after a call."""

    TALK = "talk"
    AGAIN = "again"
    PUT_OFF = "put_off"
    DIAL_NEW = "dial_new"
    BRANCH = "branch"
    FINISH = "finish"
    GIVE_UP = "give_up"


@dataclass(frozen=True)
class Step:
    """What comes after a call, and with which outcome it closes, if it does."""

    next: Next
    outcome: FollowupOutcome | None = None


_AFTER = {
    AttemptCode.HIMSELF: Step(Next.TALK),
    AttemptCode.SETTLED: Step(Next.FINISH, FollowupOutcome.SOLVED),
    AttemptCode.SOMEBODY_ELSE: Step(Next.BRANCH, FollowupOutcome.NOT_HIMSELF),
    AttemptCode.NO_SUCH_NUMBER: Step(Next.BRANCH, FollowupOutcome.WRONG_NUMBER),
    AttemptCode.NUMBER_CHANGED: Step(Next.DIAL_NEW),
    AttemptCode.PUT_OFF: Step(Next.PUT_OFF),
}


def after(code: AttemptCode, tries: int) -> Step:
    """What comes after this call; `tries` as `tries_after` counts them, this one included."""
    known = _AFTER.get(code)
    if known is not None:
        return known
    return Step(Next.AGAIN) if tries < MOST_TRIES else Step(Next.GIVE_UP, FollowupOutcome.UNREACHABLE)


def is_in_vain(code: AttemptCode) -> bool:
    """True for a call that reached nobody: 无人接听, 占线, 拒接."""
    return code not in _AFTER


def tries_after(code: AttemptCode, tries: int) -> int:
    """How many calls in a row nobody was there for, after this one; a new time or a new number begins anew."""
    if code in (AttemptCode.PUT_OFF, AttemptCode.NUMBER_CHANGED):
        return 0
    return tries + is_in_vain(code)


def next_try(code: AttemptCode, now: datetime, desk: Skill) -> datetime:
    """When to call again: who is engaged soon, anybody else in the other half of a day."""
    if code is AttemptCode.ENGAGED:
        return in_hours(now + ENGAGED_AGAIN, desk)
    here = local(now)
    if here.hour < NOON and hours.is_duty_day(here.date(), desk):
        return _at(here.date(), AFTERNOON)
    return in_hours(_at(here.date() + timedelta(days=1), MORNING), desk)


def in_hours(moment: datetime, desk: Skill) -> datetime:
    """The same time of day on the first day the desk is open, not before it opens and in time before it closes. Raises
    ValueError if the desk never opens.
    """
    here = local(moment)
    day, minute = here.date(), here.hour * 60 + here.minute
    last_start = desk.closes - int(hours.SLOT.total_seconds()) // 60
    if minute > last_start and minute >= desk.closes:
        # After hours: the next morning, not the evening before.
        day, minute = day + timedelta(days=1), desk.opens
    minute = min(max(minute, desk.opens), last_start)
    duty = next((found for found in _days(day) if hours.is_duty_day(found, desk)), None)
    if duty is None:
        raise ValueError(f"desk {desk.id} does not open within {hours.LONGEST_REST.days} days")
    return _at(duty, time(minute // 60, minute % 60))


def due_in_hours(moment: datetime, now: datetime, desk: Skill) -> datetime:
    """As `in_hours`, but never behind us: what is wanted for the desk's last half hour in it is due at once."""
    return max(now, in_hours(moment, desk))


def suggestions(now: datetime, desk: Skill) -> list[datetime]:
    """Times to offer for the next call: the next working morning and afternoon, the morning after, a week from now."""
    today = local(now).date()
    first = in_hours(_at(today + timedelta(days=1), MORNING), desk)
    after_it = local(first).date() + timedelta(days=1)
    found = [
        first,
        in_hours(_at(local(first).date(), AFTERNOON), desk),
        in_hours(_at(after_it, MORNING), desk),
        in_hours(_at(today + timedelta(days=7), MORNING), desk),
    ]
    return sorted(set(found))


def first_duty_morning(day: date, desk: Skill) -> datetime:
    """When the desk opens on this day, or on the first one after it that it is open."""
    return in_hours(_at(day, time(desk.opens // 60, desk.opens % 60)), desk)


def is_on_time(at: datetime, due_at: datetime) -> bool:
    """True for a call within the grace of what was promised."""
    return at <= due_at + GRACE


def _days(first: date) -> list[date]:
    return [first + timedelta(days=number) for number in range(hours.LONGEST_REST.days + 1)]


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, BANK_ZONE)
