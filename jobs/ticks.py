"""The ticks. Each may run twice, at once, in two workers: what they call takes rows, not turns."""

from celery import shared_task

from bot.upkeep import close_stale, forget_old
from jobs.app import the_bot


@shared_task(name="jobs.ticks.sweep")
def sweep() -> None:
    """Finish what dead processes left, send what is due, offer who waits."""
    bot = the_bot()
    bot.inbound.sweep()
    bot.deliverer.sweep()
    bot.desk.routing.sweep()


@shared_task(name="jobs.ticks.upkeep")
def upkeep() -> None:
    """Close stale chats with the bot, delete what is past its keeping time."""
    bot = the_bot()
    close_stale(bot.database, bot.clock.now())
    forget_old(bot.database, bot.clock.now())
