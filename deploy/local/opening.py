"""When the remote centre is open, for the demo: a run started at night should still find reps at their desks."""

from datetime import date, datetime, time, timedelta

from chinese_calendar import is_workday

from bot.clock import BANK_ZONE, local

OPENS = time(9, 0)
CLOSES = time(17, 30)
DEMO_STARTS = time(9, 30)


def seconds_to_opening(now: datetime) -> int:
    """0 within service hours, else the seconds from `now` (aware) to 09:30 on the next day the centre opens."""
    here = local(now)
    if _is_open_day(here.date()) and OPENS <= here.time() < CLOSES:
        return 0
    day = here.date() if here.time() < OPENS else here.date() + timedelta(days=1)
    while not _is_open_day(day):
        day += timedelta(days=1)
    return int((datetime.combine(day, DEMO_STARTS, BANK_ZONE) - here).total_seconds()) + 1


def _is_open_day(day: date) -> bool:
    try:
        return bool(is_workday(day))
    except (
        NotImplementedError
    ):  # the State Council publishes holidays one year at a time; the package knows no later ones
        return day.weekday() < 5
