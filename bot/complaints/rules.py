"""The clock of complaints: 15 days, 30 when it is complex, 60 at the very most; reminders before each end. Pure.

银行业保险业消费投诉处理管理办法: every longer clock needs a manager's approval and a word to the customer before.
"""

from datetime import date, timedelta

from bot.errors import ComplaintStateConflict

CLOCKS = (15, 30, 60)
# Days left at which somebody is reminded: day 10, 13 and 14 of the first clock, and the first day it is late.
REMIND_AT = (5, 2, 1, -1)


def ticket_of(day: date, number: int) -> str:
    """TS202611240001: the day it was filed on and its number of that day."""
    return f"TS{day:%Y%m%d}{number:04d}"


def due_on(filed_on: date, limit_days: int) -> date:
    """The last day of a clock."""
    return filed_on + timedelta(days=limit_days)


def longer(limit_days: int) -> int:
    """The next clock. Raises ComplaintStateConflict at the last."""
    following = next((days for days in CLOCKS if days > limit_days), None)
    if following is None:
        raise ComplaintStateConflict(state="last_extension")
    return following


def reminder(days_left: int, reminded_at_days: int | None) -> int | None:
    """The reminder that is due now, or None; one that was missed counts as given with the next."""
    reached = [at for at in REMIND_AT if days_left <= at]
    if not reached or (reminded_at_days is not None and min(reached) >= reminded_at_days):
        return None
    return min(reached)
