"""Celery's part: ticks that ask what is due, and a configuration that lets nothing be carried."""

import io
import json
import logging
import threading
from datetime import timedelta

import pytest
from celery import Task
from sqlalchemy import select

import jobs.app
from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.inbox import InboxRow, RowState
from bot.staff.model import RepStatus
from config.settings import Settings
from jobs import ticks
from jobs.app import BOARD_S, CAMPAIGNS_S, EXPIRES_S, LISTS_S, PURGE_S, TICK_S, UPKEEP_S, WATCH_S, make_app
from tests.factories import add_rep, add_waiting, conversation_of, hear
from tests.product import UnderTest, make, text_message


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> UnderTest:
    found = make(settings, database, clock)
    monkeypatch.setattr(jobs.app._Parts, "bot", found.bot)
    return found


def sweep() -> None:
    """What one second brings."""
    for tick in (ticks.sweep_inbox, ticks.sweep_deliveries, ticks.sweep_desk):
        tick()


def test_a_sweep_finishes_turns_sends_what_is_due_and_offers_who_waits(
    product: UnderTest, database: Database, clock: FixedClock
) -> None:
    product.understands("回单怎么打", "e_receipt")
    product.bot.inbox.accept(text_message(clock, "回单怎么打"), "plain", clock.now(), timedelta(seconds=4))
    chat = add_waiting(database)
    add_rep(database, "rep01", status=RepStatus.READY)
    product.bot.desk.routing.beat("rep01")
    product.bot.desk.routing.sweep()
    clock.advance(7)

    sweep()

    assert "回单" in product.fakes.wechat.sent[0][1].text
    assert conversation_of(database, chat).rep == "rep01"


def test_every_tick_may_run_twice(product: UnderTest, database: Database, clock: FixedClock) -> None:
    chat = add_waiting(database)
    hear(database, chat)
    for _ in range(2):
        sweep()
        ticks.watch()
        ticks.check_articles()
        ticks.upkeep()
        ticks.remind()
        ticks.purge()

    row = conversation_of(database, chat)
    assert (row.owner, row.version) == (Owner.QUEUED, 1)
    assert product.fakes.wechat.sent == []


def test_upkeep_ends_stale_chats_and_the_purge_drops_old_rows(
    product: UnderTest, database: Database, clock: FixedClock
) -> None:
    product.bot.inbox.accept(text_message(clock, "你好"), "plain", clock.now(), timedelta(seconds=4))
    clock.advance(7)
    sweep()
    with database.reading() as session:
        assert session.scalars(select(InboxRow.state)).one() is RowState.DONE

    clock.advance(4 * 24 * 3600)
    ticks.upkeep()
    ticks.purge()

    with database.reading() as session:
        assert session.scalars(select(InboxRow)).all() == []
        assert session.scalars(select(Conversation.owner)).one() is Owner.CLOSED


@pytest.fixture
def conf(settings: Settings):
    return make_app(settings).conf


def test_a_tick_is_acknowledged_early_because_the_next_one_makes_it_good(conf) -> None:
    assert conf.task_acks_late is False
    assert conf.task_ignore_result is True
    assert conf.worker_prefetch_multiplier == 1


def test_only_json_is_taken(conf) -> None:
    assert conf.task_serializer == "json"
    assert list(conf.accept_content) == ["json"]


def test_every_scheduled_tick_exists_expires_and_carries_nothing(conf) -> None:
    each_second = (ticks.sweep_desk, ticks.sweep_inbox, ticks.sweep_deliveries)
    known = {tick.name: TICK_S for tick in each_second} | {
        ticks.watch.name: BOARD_S,
        ticks.check_articles.name: WATCH_S,
        ticks.upkeep.name: UPKEEP_S,
        ticks.remind.name: UPKEEP_S,
        ticks.watch_promises.name: WATCH_S,
        ticks.pick_checks.name: UPKEEP_S,
        ticks.roll_up.name: UPKEEP_S,
        ticks.take_figures.name: UPKEEP_S,
        ticks.sync_followers.name: UPKEEP_S,
        ticks.gather_results.name: WATCH_S,
        ticks.purge.name: PURGE_S,
        ticks.run_campaigns.name: CAMPAIGNS_S,
        ticks.tidy_campaigns.name: UPKEEP_S,
        ticks.audience.name: LISTS_S,
        ticks.count_segments.name: UPKEEP_S,
    }

    assert {entry["task"]: entry["schedule"] for entry in conf.beat_schedule.values()} == known
    for entry in conf.beat_schedule.values():
        assert 0 < entry["options"]["expires"] <= max(EXPIRES_S, entry["schedule"])
        assert not entry.get("args")
        assert not entry.get("kwargs")


def test_a_socket_of_redis_is_written_as_celery_wants_it(settings: Settings) -> None:
    assert make_app(settings).conf.broker_url.startswith("redis+socket:///")


def test_the_product_is_built_once_per_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def build(_settings: Settings, *, process: str) -> str:
        built.append(process)
        return "the product"

    monkeypatch.setattr(jobs.app._Parts, "bot", None)
    monkeypatch.setattr(jobs.app, "build", build)
    jobs.app._build_early()
    jobs.app._build_early()

    assert built == ["worker"]
    assert str(jobs.app.the_bot()) == "the product"


def test_a_failing_sweep_does_not_stop_the_others_and_its_words_stay_here(
    product: UnderTest, database: Database, log_lines: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    def explode(*_: object) -> int:
        raise ValueError("张三的手机13912345678")

    chat = add_waiting(database)
    add_rep(database, "rep01", status=RepStatus.READY)
    product.bot.desk.routing.beat("rep01")
    product.bot.inbox.followers_left_behind = explode  # type: ignore[method-assign, assignment]
    jobs.app._keep_our_logs()

    for tick in (ticks.sweep_inbox, ticks.sweep_desk):
        tick.apply(throw=False)

    assert conversation_of(database, chat).rep == "rep01"
    failed = [line for line in map(json.loads, log_lines.getvalue().splitlines()) if line["event"] == "tick_failed"]
    assert [(line["call"], line["error"]) for line in failed] == [("jobs.ticks.sweep_inbox", "ValueError")]
    assert any(place.startswith("test_jobs.py:") for place in failed[0]["places"])
    assert "13912345678" not in log_lines.getvalue() + "".join(capfd.readouterr())
    assert not logging.getLogger("celery.app.trace").isEnabledFor(logging.ERROR)


@pytest.mark.parametrize(
    ("tick", "failing", "others"),
    [
        (
            ticks.sweep_desk,
            "bot.handoff.routing.Routing.sweep",
            [
                "bot.dialogue.aftercare.Aftercare.end_waits",
                "bot.dialogue.handovers.Handovers.tell_late",
                "bot.rescue.service.Rescues.sweep",
            ],
        ),
        (
            ticks.remind,
            "bot.complaints.service.Complaints.remind_due",
            ["bot.referrals.service.Referrals.raise_late"],
        ),
        (ticks.upkeep, "jobs.ticks.keep_findable", ["jobs.ticks.close_stale", "jobs.ticks.forget_events"]),
    ],
)
def test_a_step_that_fails_does_not_stop_the_steps_after_it_and_the_tick_counts_as_failed(
    product: UnderTest,
    log_lines: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    tick: Task,
    failing: str,
    others: list[str],
) -> None:
    done: list[str] = []

    def explode(*_: object) -> int:
        raise ValueError("张三的手机13912345678")

    monkeypatch.setattr(failing, explode)
    for other in others:
        monkeypatch.setattr(other, lambda *_, name=other: done.append(name))

    ended = tick.apply(throw=False)

    assert done == others
    assert ended.failed()
    logged = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    assert [(one["event"], one.get("call"), one["error"]) for one in logged] == [
        ("tick_step_failed", None, "ValueError"),
        ("tick_failed", tick.name, "ValueError"),
    ]
    assert "13912345678" not in log_lines.getvalue()


def test_each_step_that_fails_is_logged(log_lines: io.StringIO) -> None:
    def first() -> None:
        raise ZeroDivisionError

    def second() -> None:
        raise LookupError

    with pytest.raises(ZeroDivisionError):
        ticks.run_each(first, second)

    logged = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    assert [(one["event"], one["error"]) for one in logged] == [
        ("tick_step_failed", "ZeroDivisionError"),
        ("tick_step_failed", "LookupError"),
    ]


def test_a_tick_that_still_runs_is_not_begun_again_in_the_same_worker() -> None:
    begun: list[int] = []
    may_end = threading.Event()
    has_begun = threading.Event()

    @ticks.one_at_a_time
    def slow() -> None:
        begun.append(len(begun))
        has_begun.set()
        may_end.wait(10)

    first = threading.Thread(target=slow)
    first.start()
    assert has_begun.wait(10)
    slow()
    assert begun == [0]
    may_end.set()
    first.join(10)
    slow()

    assert begun == [0, 1]


def test_a_tick_that_failed_may_run_again() -> None:
    begun: list[int] = []

    @ticks.one_at_a_time
    def failing() -> None:
        begun.append(len(begun))
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            failing()

    assert begun == [0, 1]


def test_campaigns_run_every_two_seconds_and_are_tidied_up_now_and_then(product: UnderTest) -> None:
    schedule = jobs.app.make_app(product.bot.settings).conf.beat_schedule

    ticks.run_campaigns()
    ticks.tidy_campaigns()

    assert (schedule["run_campaigns"]["schedule"], schedule["tidy_campaigns"]["schedule"]) == (2.0, UPKEEP_S)
