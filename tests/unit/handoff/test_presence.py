"""Reps whose screens go silent, and what Redis may lose of them: no customer waits on an empty chair."""

import pytest

from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.model import Owner
from bot.handoff.routing import Routing
from bot.handoff.rules import NO_OFFERS_AFTER_S, REQUEUE_AFTER_S, WITHDRAW_OFFER_AFTER_S
from bot.handoff.service import Desk
from bot.staff.model import RepStatus
from tests.factories import DESK_RULES, add_rep, add_waiting, conversation_of, hear
from tests.fakes import FakeQueue, FakeWaker


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def desk(database: Database, queue: FakeQueue, clock: FixedClock) -> Desk:
    return Desk(database, Routing(database, queue, FakeWaker(), clock, DESK_RULES), clock)


def active_chat(desk: Desk, *, status: RepStatus = RepStatus.BUSY) -> int:
    rep = add_rep(desk.database, "rep01", status=status)
    chat = add_waiting(desk.database)
    desk.accept(chat, rep)
    return chat


def owner_of(desk: Desk, chat: int) -> Owner:
    return conversation_of(desk.database, chat).owner


def test_a_silent_rep_loses_a_chat_whose_customer_waits_for_a_word(desk: Desk, queue: FakeQueue) -> None:
    chat = active_chat(desk)

    queue.silent["rep01"] = REQUEUE_AFTER_S
    desk.routing.sweep()
    assert owner_of(desk, chat) is Owner.ACTIVE
    queue.silent["rep01"] = REQUEUE_AFTER_S + 1
    desk.routing.sweep()

    assert owner_of(desk, chat) is Owner.QUEUED


def test_a_silent_rep_keeps_a_chat_he_has_answered(desk: Desk, queue: FakeQueue, clock: FixedClock) -> None:
    chat = active_chat(desk)
    clock.advance(5)
    with desk.database.transaction() as session:
        session.merge(conversation_of(desk.database, chat)).last_rep_at = clock.now()

    queue.silent["rep01"] = 3600.0
    desk.routing.sweep()

    assert owner_of(desk, chat) is Owner.ACTIVE


def test_a_silent_screen_gets_no_offers_and_then_loses_its_own(desk: Desk, queue: FakeQueue) -> None:
    rep = add_rep(desk.database, "rep01")
    desk.routing.beat(rep)
    chat = add_waiting(desk.database)
    queue.silent[rep] = NO_OFFERS_AFTER_S
    desk.routing.wake(chat)
    assert owner_of(desk, chat) is Owner.QUEUED
    desk.routing.beat(rep)
    desk.routing.sweep()
    assert owner_of(desk, chat) is Owner.OFFERED

    queue.silent[rep] = WITHDRAW_OFFER_AFTER_S + 1
    desk.routing.sweep()

    assert owner_of(desk, chat) is Owner.QUEUED


def test_going_off_duty_with_a_chat_in_hand_does_not_hide_a_silent_screen(desk: Desk, queue: FakeQueue) -> None:
    chat = active_chat(desk)
    desk.set_status("rep01", RepStatus.OFFLINE)
    hear(desk.database, chat)

    assert "rep01" in queue.silences()
    queue.silent["rep01"] = REQUEUE_AFTER_S + 1
    desk.routing.sweep()

    assert owner_of(desk, chat) is Owner.QUEUED


def test_going_off_duty_with_empty_hands_takes_the_screen_from_the_list(desk: Desk, queue: FakeQueue) -> None:
    rep = add_rep(desk.database, "rep01")
    desk.routing.beat(rep)

    desk.set_status(rep, RepStatus.OFFLINE)

    assert queue.silences() == {}


def test_who_accepts_is_watched_from_then_on(desk: Desk, queue: FakeQueue) -> None:
    active_chat(desk, status=RepStatus.OFFLINE)

    assert queue.silences() == {"rep01": 0.0}


def test_a_flushed_redis_still_watches_who_holds_a_chat(desk: Desk, queue: FakeQueue) -> None:
    active_chat(desk, status=RepStatus.OFFLINE)
    add_rep(desk.database, "rep02", status=RepStatus.OFFLINE)
    queue.lose()

    desk.routing.sweep()

    assert queue.silences().keys() == {"rep01"}


def test_a_chat_lost_to_redis_is_offered_by_the_very_next_sweep(desk: Desk) -> None:
    desk.routing.beat(add_rep(desk.database, "rep01"))
    chat = add_waiting(desk.database)

    desk.routing.sweep()

    assert owner_of(desk, chat) is Owner.OFFERED


def test_without_redis_reps_still_accept_and_close_by_hand(desk: Desk, queue: FakeQueue) -> None:
    queue.is_down = True
    chat = active_chat(desk)
    desk.routing.sweep()

    assert owner_of(desk, chat) is Owner.ACTIVE
