"""The clock of referrals: one working day of the branch for each step. Pure."""

from datetime import datetime, time, timedelta

from bot.clock import BANK_ZONE, local
from bot.knowledge.hours import LONGEST_REST, is_working_day

# The windows for firms are open then (config/branches.yml).
OPENS, CLOSES = time(9), time(17)
# Somebody who takes it up later than this calls on the next day.
CALLS_TODAY_UNTIL = time(15)
A_DAY = timedelta(days=1)


def due_after(now: datetime) -> datetime:
    """One working day later: the same time of the next working day, counted from when the branch is open."""
    starts = local(_working_from(now))
    return _next_working(starts + A_DAY)


def contact_by(now: datetime) -> datetime:
    """Until when whoever takes it up now promises to call: today at five, or within one working day."""
    here = local(now)
    if is_working_day(here.date()) and here.time() <= CALLS_TODAY_UNTIL:
        return datetime.combine(here.date(), CLOSES, BANK_ZONE)
    return min(due_after(now), _closing_of(_next_working(_start_of_next_day(here))))


def _working_from(now: datetime) -> datetime:
    """Now if the branch is open, else its next opening."""
    here = local(now)
    if is_working_day(here.date()) and here.time() < CLOSES:
        return max(here, datetime.combine(here.date(), OPENS, BANK_ZONE))
    return _next_working(_start_of_next_day(here))


def _start_of_next_day(here: datetime) -> datetime:
    return datetime.combine(here.date() + A_DAY, OPENS, BANK_ZONE)


def _closing_of(moment: datetime) -> datetime:
    return datetime.combine(local(moment).date(), CLOSES, BANK_ZONE)


def _next_working(moment: datetime) -> datetime:
    """The same time of the first working day from this one on."""
    last = moment + LONGEST_REST
    while moment <= last:
        if is_working_day(local(moment).date()):
            return moment
        moment += A_DAY
    raise ValueError(f"no working day within {LONGEST_REST.days} days")
