"""The ticks. Each may run in two workers at once: what they call takes rows, not turns. Inside one worker each runs
once at a time, so that a slow one never takes the threads of the others.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps

import structlog
from celery import shared_task

from bot.handoff.routing import DESK_BELL
from bot.upkeep import close_stale, forget_events, keep_findable
from jobs.app import the_bot

log = structlog.get_logger()

COUNTED_FOR = timedelta(hours=1)


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


def run_each(*steps: Callable[[], object]) -> None:
    """Run every step, also after one that failed, and log each failure. Raises the first of them at the end, so that
    the tick counts as failed.
    """
    failures = []
    for step in steps:
        try:
            step()
        except Exception as error:
            # They have nothing to do with each other: whoever waits for the next one must not pay for this one.
            log.exception("tick_step_failed", exc_info=error)
            failures.append(error)
    if failures:
        raise failures[0]


@shared_task(name="jobs.ticks.sweep_desk")
@one_at_a_time
def sweep_desk() -> None:
    """Offer who waits, take back what was not accepted in time, promise a call to whom the desk closed upon, tell
    whom a rep left alone, and look after windows that end.
    """
    bot = the_bot()
    run_each(bot.desk.routing.sweep, bot.aftercare.end_waits, bot.handovers.tell_late, bot.rescues.sweep)


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


@shared_task(name="jobs.ticks.watch_promises")
@one_at_a_time
def watch_promises() -> None:
    """Set the alarm off for calls that were promised and not made."""
    the_bot().followups.watch()


@shared_task(name="jobs.ticks.remind")
@one_at_a_time
def remind() -> None:
    """Remind the desk of complaints whose clock runs out, and tell of referrals nobody takes up in time."""
    run_each(the_bot().complaints.remind_due, the_bot().referrals.raise_late)


@shared_task(name="jobs.ticks.watch")
@one_at_a_time
def watch() -> None:
    """Alert supervisors to what goes wrong on the desks, take back what is right again."""
    bot = the_bot()
    if bot.watch.sweep():
        bot.waker.ring(DESK_BELL)


@shared_task(name="jobs.ticks.check_articles")
@one_at_a_time
def check_articles() -> None:
    """Hold sealed articles against rules and a catalogue that changed since."""
    the_bot().articles.recheck()


@shared_task(name="jobs.ticks.gather_results")
@one_at_a_time
def gather_results() -> None:
    """Count new facts of the bank for campaigns, gather what came of them."""
    run_each(the_bot().crediting.run, the_bot().gather.run)


@shared_task(name="jobs.ticks.sync_followers")
@one_at_a_time
def sync_followers() -> None:
    """Write down followers the platform knows and we do not, once a day."""
    the_bot().following.sync()


@shared_task(name="jobs.ticks.take_figures")
@one_at_a_time
def take_figures() -> None:
    """Take the platform's figures of articles, once a day when they are ready."""
    the_bot().take_figures.run()


@shared_task(name="jobs.ticks.upkeep")
@one_at_a_time
def upkeep() -> None:
    """Close stale chats with the bot, delete events nobody will ask for, make customers findable."""
    bot = the_bot()
    run_each(
        partial(keep_findable, bot.database),
        partial(close_stale, bot.database, bot.clock.now()),
        partial(forget_events, bot.database, bot.clock.now()),
    )


@shared_task(name="jobs.ticks.pick_checks")
@one_at_a_time
def pick_checks() -> None:
    """Pick closed chats for the quality checks."""
    the_bot().picking.run()


@shared_task(name="jobs.ticks.run_campaigns")
@one_at_a_time
def run_campaigns() -> None:
    """Begin the campaigns that are due, settle and send their chunks, take down what is to be, tell who must decide."""
    runner = the_bot().campaign_runner
    run_each(runner.start, runner.settle, runner.send, runner.recall, runner.warn)


@shared_task(name="jobs.ticks.tidy_campaigns")
@one_at_a_time
def tidy_campaigns() -> None:
    """Give tags back, and find what was sent from the platform's own console."""
    runner = the_bot().campaign_runner
    run_each(runner.clear_tags, runner.look_outside)


@shared_task(name="jobs.ticks.roll_up")
@one_at_a_time
def roll_up() -> None:
    """Keep the sums of past days for the reports."""
    the_bot().rollup.run()


@shared_task(name="jobs.ticks.audience")
@one_at_a_time
def audience() -> None:
    """Look into and check lists that came, clear away what was given up, bring the release's segments."""
    bot = the_bot()
    run_each(bot.segments.ship, bot.list_work.run, bot.list_work.clear)


@shared_task(name="jobs.ticks.count_segments")
@one_at_a_time
def count_segments() -> None:
    """Count again the segments whose figures are old."""
    bot = the_bot()
    bot.segments.count_due(bot.clock.now() - COUNTED_FOR)


@shared_task(name="jobs.ticks.purge")
@one_at_a_time
def purge() -> None:
    """Remove what is past its keeping time, once a night."""
    the_bot().purge.run()
