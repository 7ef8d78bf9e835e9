"""Waiting for a turn: woken at once, never longer than the deadline, and not for a dead process either."""

import threading
import time
from concurrent.futures import Executor, Future
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from bot.db import Database
from bot.inbox import LEASE, Answered, AnswerMode, Inbox
from bot.turns import Doorbell, Turns
from config.settings import Settings
from tests.product import UnderTest, make, text_message

WAIT = timedelta(seconds=4)


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    found = make(settings, database, clock)
    found.understands("回单怎么打", "e_receipt")
    return found


class NoThreads(Executor):
    """A pool that takes work and never does it."""

    def __init__(self) -> None:
        self.taken = 0

    def submit(self, *_args, **_more) -> Future:
        self.taken += 1
        return Future()


def accept(product: UnderTest, number: int = 1):
    message = text_message(product.fakes.clock, "回单怎么打", number=number)
    return product.bot.inbox.accept(message, "plain", product.fakes.clock.now(), WAIT)


def test_a_bell_wakes_everybody_who_waits_for_the_row_and_nobody_else() -> None:
    bell = Doorbell()
    mine, too, other = bell.wait(1), bell.wait(1), bell.wait(2)

    bell.ring(1, Answered(AnswerMode.PASSIVE, "好"))
    bell.ring(3, None)

    assert [waiter.is_set() for waiter in (mine, too, other)] == [True, True, False]
    assert mine.answered == too.answered == Answered(AnswerMode.PASSIVE, "好")


def test_a_bell_forgets_who_left() -> None:
    bell = Doorbell()
    waiters = [bell.wait(1), bell.wait(1)]

    for waiter in waiters:
        bell.leave(1, waiter)
    bell.ring(1, None)

    assert bell._waiting == {}
    assert not any(waiter.is_set() for waiter in waiters)


def test_an_answer_is_given_as_soon_as_it_is_there(product: UnderTest) -> None:
    started = time.monotonic()

    answer = product.bot.turns.answer("o-tao", accept(product), started + 5)

    assert "回单" in answer
    assert time.monotonic() - started < 3


def test_after_the_deadline_the_answer_is_silence_and_stays_so(product: UnderTest, database: Database) -> None:
    inbox, pool = Inbox(database), NoThreads()
    accepted = accept(product)
    started = time.monotonic()

    answer = Turns(inbox, product.bot.inbound, pool, Doorbell()).answer("o-tao", accepted, started + 0.05)

    found = inbox.find_answer(accepted.row_id)
    assert (answer, pool.taken) == ("", 1)
    assert found is not None
    assert (found.mode, found.body) == (AnswerMode.LATER, "")
    assert time.monotonic() - started < 2


def test_no_time_at_all_is_silence_at_once(product: UnderTest, database: Database) -> None:
    turns = Turns(Inbox(database), product.bot.inbound, NoThreads(), Doorbell())

    assert turns.answer("o-tao", accept(product), time.monotonic() - 1) == ""


def test_an_answer_another_process_wrote_is_found_without_a_bell(product: UnderTest, database: Database) -> None:
    accepted = accept(product)
    elsewhere = threading.Timer(0.1, lambda: product.bot.inbound.drive("o-tao", accepted.claim))
    elsewhere.start()

    answer = Turns(Inbox(database), product.bot.inbound, NoThreads(), Doorbell()).answer(
        "o-tao", accepted, time.monotonic() + 5
    )

    elsewhere.join()
    assert "回单" in answer


def test_a_repeat_takes_over_when_the_first_process_died(product: UnderTest, clock: FixedClock) -> None:
    accept(product)  # the process that got this one dies here, its claim with it
    clock.advance(LEASE.total_seconds() + 1)
    repeat = accept(product)

    answer = product.bot.turns.answer("o-tao", repeat, time.monotonic() + 5)

    assert repeat.claim is None
    assert "回单" in answer
    assert product.fakes.wechat.sent == []
