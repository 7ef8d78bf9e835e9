"""Celery: ticks of due work, never a message. Each tick asks the database what is due; a lost tick is made good by
the next.

On Redis, Celery can lose and double what it carries when a process is killed, so it carries nothing (docs/adr/0005).
"""

import logging

import structlog
from celery import Celery, Task
from celery.signals import setup_logging, task_failure, worker_process_init, worker_ready

from bot.bootstrap import Bot, build
from config.settings import Settings

log = structlog.get_logger()

TICK_S = 1.0
LISTS_S = 2.0
BOARD_S = 5.0
WATCH_S = 15.0
CAMPAIGNS_S = 2.0
UPKEEP_S = 300.0
PURGE_S = 900.0
# A tick that waited longer than this is stale: the next one does its work.
EXPIRES_S = 3.0


class _Parts:
    """The product of this worker, built once, after the fork."""

    bot: Bot | None = None


def make_app(settings: Settings) -> Celery:
    """The Celery app over the settings' Redis."""
    broker = settings.redis_url.replace("unix://", "redis+socket://", 1)
    celery = Celery("xinqiao", broker=broker, include=["jobs.ticks"])
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "global_keyprefix": "xinqiao-jobs:",
            "socket_timeout": 5,
            "socket_connect_timeout": 1,
        },
        timezone="UTC",
        beat_schedule={
            # Each its own task: a sweep that fails or is slow must not hold up the other two.
            **{
                name: {"task": f"jobs.ticks.{name}", "schedule": TICK_S, "options": {"expires": EXPIRES_S}}
                for name in ("sweep_desk", "sweep_inbox", "sweep_deliveries")
            },
            "audience": {"task": "jobs.ticks.audience", "schedule": LISTS_S, "options": {"expires": EXPIRES_S}},
            "watch_promises": {
                "task": "jobs.ticks.watch_promises",
                "schedule": WATCH_S,
                "options": {"expires": WATCH_S},
            },
            **{
                name: {"task": f"jobs.ticks.{name}", "schedule": UPKEEP_S, "options": {"expires": UPKEEP_S}}
                for name in (
                    "upkeep",
                    "remind",
                    "pick_checks",
                    "roll_up",
                    "count_segments",
                    "take_figures",
                    "sync_followers",
                )
            },
            # What may be sent must follow a changed catalogue soon; a tick that finds nothing changed costs one look.
            "check_articles": {
                "task": "jobs.ticks.check_articles",
                "schedule": WATCH_S,
                "options": {"expires": WATCH_S},
            },
            # A campaign's own age says how often it is gathered; a tick that finds none due costs one look.
            "gather_results": {
                "task": "jobs.ticks.gather_results",
                "schedule": WATCH_S,
                "options": {"expires": WATCH_S},
            },
            "watch": {"task": "jobs.ticks.watch", "schedule": BOARD_S, "options": {"expires": BOARD_S}},
            # A tick is done within half a minute (bot/campaigns/sending.py); the next one goes on.
            "run_campaigns": {
                "task": "jobs.ticks.run_campaigns",
                "schedule": CAMPAIGNS_S,
                "options": {"expires": CAMPAIGNS_S},
            },
            "tidy_campaigns": {
                "task": "jobs.ticks.tidy_campaigns",
                "schedule": UPKEEP_S,
                "options": {"expires": UPKEEP_S},
            },
            # It works once a night; a tick that finds the night's work done costs one look.
            "purge": {"task": "jobs.ticks.purge", "schedule": PURGE_S, "options": {"expires": PURGE_S}},
        },
    )
    return celery


app = make_app(Settings.from_env())


def the_bot() -> Bot:
    """The product of this worker."""
    if _Parts.bot is None:
        _Parts.bot = build(Settings.from_env(), process="worker")
    return _Parts.bot


@setup_logging.connect
def _keep_our_logs(**_: object) -> None:
    """Celery would print task arguments and the words of errors; bot/logs.py decides what is logged."""
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)


@task_failure.connect
def _tell_failure(sender: Task, exception: BaseException, **_: object) -> None:
    log.error("tick_failed", call=sender.name, exc_info=exception)


@worker_ready.connect
@worker_process_init.connect
def _build_early(**_: object) -> None:
    the_bot()
