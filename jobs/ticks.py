"""The ticks. Each may run in two workers at once: what they call takes rows, not turns. Inside one worker each runs
once at a time, so that a slow one never takes the threads of the others.
"""

import threading
from collections.abc import Callable
from functools import wraps

from celery import shared_task

from bot.handoff.routing import DESK_BELL
from bot.upkeep import close_stale, forget_events
from jobs.app import the_bot


def one_at_a_time(tick: Callable[[], None]) -> Callable[[], None]:
    """The tick, skipped while the one before it still runs in this worker."""
    running = threading.Lock()

    @wraps(tick)
    def guarded() -> None:
        if not running.acquire(blocking=False):
            return
        try:
            tick()
        finally:
            running.release()

    return guarded


@shared_task(name="jobs.ticks.sweep_desk")
@one_at_a_time
def sweep_desk() -> None:
    """Offer who waits, take back what was not accepted in time, promise a call to whom the desk closed upon, tell whom
    a rep left alone.
    """
    bot = the_bot()
    bot.desk.routing.sweep()
    bot.aftercare.end_waits()
    bot.handovers.tell_late()


@shared_task(name="jobs.ticks.sweep_inbox")
@one_at_a_time
def sweep_inbox() -> None:
    """Finish the turns of dead processes."""
    the_bot().inbound.sweep()


@shared_task(name="jobs.ticks.sweep_deliveries")
@one_at_a_time
def sweep_deliveries() -> None:
    """Send what is due."""
    the_bot().deliverer.sweep()


@shared_task(name="jobs.ticks.remind")
@one_at_a_time
def remind() -> None:
    """Remind the desk of complaints whose clock runs out."""
    the_bot().complaints.remind_due()


@shared_task(name="jobs.ticks.watch")
@one_at_a_time
def watch() -> None:
    """Alert supervisors to what goes wrong on the desks, take back what is right again."""
    bot = the_bot()
    if bot.watch.sweep():
        bot.waker.ring(DESK_BELL)


@shared_task(name="jobs.ticks.upkeep")
@one_at_a_time
def upkeep() -> None:
    """Close stale chats with the bot, delete events nobody will ask for."""
    bot = the_bot()
    close_stale(bot.database, bot.clock.now())
    forget_events(bot.database, bot.clock.now())


@shared_task(name="jobs.ticks.purge")
@one_at_a_time
def purge() -> None:
    """Remove what is past its keeping time, once a night."""
    the_bot().purge.run()
