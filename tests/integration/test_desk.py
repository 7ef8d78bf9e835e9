"""Offers, presence and rebuilding over a real Redis and both databases."""

import pytest
import redis
from sqlalchemy import select

from bot.adapters.redis_handoff_queue import RedisHandoffQueue
from bot.clock import FixedClock
from bot.errors import CapacityReached, CaseAlreadyTaken, CaseNotYours, CaseStateConflict
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.service import Desk
from bot.handoff.transitions import close_by_bot
from bot.outbox import read_after
from bot.staff.model import RepStatus, StaffMember
from tests.factories import add_rep, add_waiting


def _row(desk: Desk, conversation_id: int) -> Conversation:
    with desk.database.reading() as session:
        return session.get_one(Conversation, conversation_id)


def test_a_waiting_chat_is_offered_to_the_rep_who_has_been_idle_longest(desk: Desk, clock: FixedClock) -> None:
    early = add_rep(desk.database, "early")
    late = add_rep(desk.database, "late", status=RepStatus.BUSY)
    clock.advance(60)
    desk.set_status(late, RepStatus.READY)
    desk.routing.beat(early)

    chat = add_waiting(desk.database)
    desk.routing.wake(chat)

    row = _row(desk, chat)
    assert (row.owner, row.rep) == (Owner.OFFERED, early)


def test_a_rep_gets_one_offer_at_a_time(desk: Desk) -> None:
    rep = add_rep(desk.database, "rep01")
    desk.routing.beat(rep)
    first, second = add_waiting(desk.database, 1), add_waiting(desk.database, 2)

    desk.routing.wake(first)
    desk.routing.wake(second)

    assert _row(desk, first).owner is Owner.OFFERED
    assert _row(desk, second).owner is Owner.QUEUED


def test_only_the_desk_with_the_skill_is_asked(desk: Desk) -> None:
    rep = add_rep(desk.database, "rep01", skills=("ebank",))
    desk.routing.beat(rep)
    chat = add_waiting(desk.database, skill="loan")

    desk.routing.wake(chat)

    assert _row(desk, chat).owner is Owner.QUEUED


def test_an_unanswered_offer_goes_to_the_next_rep_and_keeps_its_place(desk: Desk, clock: FixedClock) -> None:
    reps = [add_rep(desk.database, name) for name in ("rep01", "rep02")]
    for rep in reps:
        desk.routing.beat(rep)
    chat = add_waiting(desk.database)
    desk.routing.wake(chat)
    first, queued_at = _row(desk, chat).rep, _row(desk, chat).queued_at

    clock.advance(21)
    desk.routing.sweep()

    row = _row(desk, chat)
    assert row.owner is Owner.OFFERED
    assert row.rep != first
    assert row.queued_at == queued_at


def test_two_missed_offers_put_a_rep_on_a_break(desk: Desk, clock: FixedClock) -> None:
    rep = add_rep(desk.database, "rep01")
    desk.routing.beat(rep)
    chat = add_waiting(desk.database)
    desk.routing.wake(chat)

    for _ in range(4):
        clock.advance(21)
        desk.routing.sweep()

    with desk.database.reading() as session:
        assert session.get_one(StaffMember, rep).status is RepStatus.BREAK
    assert _row(desk, chat).owner is Owner.QUEUED


def test_declining_hands_the_chat_to_a_colleague(desk: Desk) -> None:
    for name in ("rep01", "rep02"):
        desk.routing.beat(add_rep(desk.database, name))
    chat = add_waiting(desk.database)
    desk.routing.wake(chat)
    first = _row(desk, chat).rep
    assert first is not None

    desk.decline(chat, first, "busy")

    row = _row(desk, chat)
    assert (row.owner, row.declined_by) == (Owner.OFFERED, [first])
    assert row.rep != first


def test_second_rep_cannot_accept_a_taken_chat_and_learns_who_has_it(desk: Desk) -> None:
    add_rep(desk.database, "rep01")
    add_rep(desk.database, "rep02")
    chat = add_waiting(desk.database)
    desk.accept(chat, "rep01")

    with pytest.raises(CaseAlreadyTaken) as refused:
        desk.accept(chat, "rep02")

    assert refused.value.fields["owner"] == "REP01"


def test_accepting_twice_is_one_accept(desk: Desk) -> None:
    add_rep(desk.database, "rep01")
    chat = add_waiting(desk.database)

    desk.accept(chat, "rep01")
    version = _row(desk, chat).version
    desk.accept(chat, "rep01")

    assert _row(desk, chat).version == version


def test_a_full_rep_cannot_accept(desk: Desk) -> None:
    add_rep(desk.database, "rep01", capacity=1)
    desk.accept(add_waiting(desk.database, 1), "rep01")

    with pytest.raises(CapacityReached):
        desk.accept(add_waiting(desk.database, 2), "rep01")


def test_a_closed_chat_cannot_be_accepted_or_closed_again(desk: Desk) -> None:
    add_rep(desk.database, "rep01")
    chat = add_waiting(desk.database)
    desk.accept(chat, "rep01")
    desk.close(chat, "rep01", Outcome.SOLVED, "")

    with pytest.raises(CaseStateConflict):
        desk.accept(chat, "rep01")
    with pytest.raises(CaseNotYours):
        desk.close(chat, "rep01", Outcome.SOLVED, "")


def test_transfer_puts_the_chat_on_the_other_desk_with_its_note_and_prefers_the_wished_rep(desk: Desk) -> None:
    add_rep(desk.database, "rep01")
    desk.routing.beat(add_rep(desk.database, "rep02", skills=("ebank",)))
    desk.routing.beat(add_rep(desk.database, "rep03", skills=("ebank",)))
    chat = add_waiting(desk.database)
    desk.accept(chat, "rep01")

    desk.transfer(chat, "rep01", skill="ebank", to="rep03", note="U盾登不上")

    row = _row(desk, chat)
    assert (row.owner, row.rep, row.skill) == (Owner.OFFERED, "rep03", "ebank")
    assert row.card["transfer"] == {"from": "rep01", "to": "rep03", "note": "U盾登不上"}


def test_ready_drains_the_line(desk: Desk) -> None:
    rep = add_rep(desk.database, "rep01", status=RepStatus.OFFLINE)
    chat = add_waiting(desk.database)
    desk.routing.wake(chat)
    assert _row(desk, chat).owner is Owner.QUEUED

    desk.set_status(rep, RepStatus.READY)

    assert _row(desk, chat).owner is Owner.OFFERED


def test_going_on_a_break_gives_the_open_offer_back(desk: Desk) -> None:
    rep = add_rep(desk.database, "rep01")
    desk.routing.beat(rep)
    chat = add_waiting(desk.database)
    desk.routing.wake(chat)

    desk.set_status(rep, RepStatus.BREAK)

    assert _row(desk, chat).owner is Owner.QUEUED


def test_urgent_chats_come_first_but_waiting_outweighs_in_the_end(desk: Desk, clock: FixedClock) -> None:
    long_waiting = add_waiting(desk.database, 1, queued_at=clock.now())
    clock.advance(50 * 60)
    urgent = add_waiting(desk.database, 2, priority=90, queued_at=clock.now())
    clock.advance(60 * 60)
    fresh_urgent = add_waiting(desk.database, 3, priority=90, queued_at=clock.now())

    desk.routing.rebuild()

    assert desk.routing.queue.waiting("loan", 10) == [urgent, long_waiting, fresh_urgent]


def test_a_flushed_redis_is_rebuilt_in_order_with_offers_and_presence(
    desk: Desk, queue: RedisHandoffQueue, clock: FixedClock, redis_url: str
) -> None:
    desk.routing.beat(add_rep(desk.database, "rep01"))
    chats = []
    for number in range(50):
        clock.advance(0.1)
        chats.append(add_waiting(desk.database, number, queued_at=clock.now()))
        desk.routing.wake(chats[-1])
    before = queue.waiting("loan", 100)
    assert before == chats[1:]

    redis.Redis.from_url(redis_url).flushall()
    desk.routing.sweep()

    assert queue.waiting("loan", 100) == before
    assert _row(desk, chats[0]).owner is Owner.OFFERED
    assert queue.silences().keys() == {"rep01"}
    desk.accept(chats[0], "rep01")
    desk.routing.sweep()
    assert _row(desk, chats[1]).owner is Owner.OFFERED


def test_every_change_of_owner_raises_the_version_and_leaves_an_event(desk: Desk) -> None:
    desk.routing.beat(add_rep(desk.database, "rep01"))
    chat = add_waiting(desk.database)

    desk.routing.wake(chat)
    desk.accept(chat, "rep01")
    desk.close(chat, "rep01", Outcome.SOLVED, "好了")

    with desk.database.reading() as session:
        events = [(row.type, row.version) for row in read_after(session, 0) if row.conversation_id == chat]
        assert session.scalars(select(Conversation.version)).one() == events[-1][1]
    assert events == [("handoff.offered", 2), ("handoff.accepted", 3), ("handoff.closed", 4)]


def test_a_rep_whose_offered_customer_left_is_asked_about_the_next_one(desk: Desk, clock: FixedClock) -> None:
    desk.routing.beat(add_rep(desk.database, "rep01"))
    gone = add_waiting(desk.database, 1)
    desk.routing.wake(gone)
    with desk.database.transaction() as session:
        close_by_bot(session, session.get_one(Conversation, gone), Outcome.NO_REPLY, clock.now())

    after = add_waiting(desk.database, 2)
    desk.routing.wake(after)

    assert _row(desk, after).owner is Owner.OFFERED


def test_a_chat_that_never_reached_redis_is_put_in_line_by_the_sweep(desk: Desk, queue: RedisHandoffQueue) -> None:
    chat = add_waiting(desk.database)
    assert queue.waiting("loan", 9) == []

    desk.routing.sweep()

    assert queue.waiting("loan", 9) == [chat]
