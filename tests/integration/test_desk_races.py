"""Clicks, supervisors and timers at once: each chat gets one owner, no rep more than he may have."""

import random
from collections import Counter
from datetime import date, timedelta
from functools import partial

from sqlalchemy import func, select

from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.db import Database
from bot.desks.model import Absence, AwayFor
from bot.desks.rosters import NewAbsence, Rosters
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.service import Desk
from bot.handoff.supervising import Supervision
from bot.notes.service import NewNote, Notes
from bot.staff.model import RepStatus, StaffMember
from config.shifts import load_shift_templates
from tests.at_once import at_once, verdicts
from tests.factories import add_rep, add_waiting, conversation_of

CHATS = 100
CLICKS = 200
REPS = 25
CAPACITY = 5
MONDAY, WEEK = date(2026, 11, 23), timedelta(days=7)


def test_two_hundred_racing_clicks_give_each_chat_one_owner_and_no_rep_too_many(desk: Desk) -> None:
    database = desk.database
    reps = [add_rep(database, f"rep{number:02d}", capacity=CAPACITY, status=RepStatus.BUSY) for number in range(REPS)]
    chats = [add_waiting(database, number) for number in range(CHATS)]
    clicks = [(chats[number % CHATS], reps[random.Random(number).randrange(REPS)]) for number in range(CLICKS)]

    results = verdicts(*[partial(desk.accept, *click) for click in clicks])

    won = [click for click, result in zip(clicks, results, strict=True) if result == "done"]
    with database.reading() as session:
        taken = session.execute(
            select(Conversation.id, Conversation.rep).where(Conversation.owner == Owner.ACTIVE)
        ).all()
    assert set(results) <= {"done", "case_already_taken", "capacity_reached"}
    # Who clicks his own chat again is told that it is his.
    assert {(row.id, row.rep) for row in taken} == set(won)
    assert max(Counter(row.rep for row in taken).values()) <= CAPACITY
    assert len(taken) > CHATS // 2


def test_an_offer_is_accepted_declined_and_timed_out_at_once_by_exactly_one_of_them(
    desk: Desk, clock: FixedClock
) -> None:
    database = desk.database
    for number in range(20):
        rep = add_rep(database, f"only{number}", skills=(f"desk{number}",), capacity=1)
        chat = add_waiting(database, number, skill=f"desk{number}")
        desk.routing.beat(rep)
        desk.routing.wake(chat)
        clock.advance(20.5)

        accepted, _, _ = verdicts(
            partial(desk.accept, chat, rep), partial(desk.decline, chat, rep, "busy"), desk.routing.sweep
        )

        with database.reading() as session:
            row = session.get_one(Conversation, chat)
        if row.owner is Owner.ACTIVE:
            assert row.rep == rep
            assert accepted == "done"
        else:
            assert row.owner in (Owner.QUEUED, Owner.OFFERED)
            assert accepted != "done"


def test_accept_assignment_timeout_and_transfer_at_once_leave_one_owner_within_his_room(
    desk: Desk, clock: FixedClock
) -> None:
    database = desk.database
    supervision = Supervision(database, desk.routing, clock)
    for number in range(12):
        skill = f"desk{number}"
        asked, other = (
            add_rep(database, f"{name}{number}", skills=(skill,), capacity=1) for name in ("asked", "other")
        )
        first, second = add_waiting(database, number, skill=skill), add_waiting(database, 100 + number, skill=skill)
        desk.routing.beat(asked)
        desk.routing.wake(first)
        clock.advance(20.5)

        outcomes = verdicts(
            partial(desk.accept, first, asked),
            partial(supervision.assign, first, Doer("boss"), other, ""),
            partial(supervision.assign, second, Doer("boss"), asked, ""),
            partial(desk.transfer, first, asked, skill=skill, to=other, note=""),
            desk.routing.sweep,
        )

        assert set(outcomes) <= {
            "done", "case_already_taken", "case_state_conflict", "case_not_yours", "capacity_reached", "rep_absent"
        }  # fmt: skip
        assert all(weight <= 1 for weight in _held(database).values())
        with database.reading() as session:
            rows = [session.get_one(Conversation, chat) for chat in (first, second)]
        assert all((row.rep is None) == (row.owner is Owner.QUEUED) for row in rows)


def test_two_supervisors_who_swap_chats_of_two_reps_neither_deadlock_nor_overload(
    desk: Desk, clock: FixedClock
) -> None:
    database = desk.database
    supervision = Supervision(database, desk.routing, clock)
    ann, ben = (add_rep(database, name, capacity=2, status=RepStatus.BUSY) for name in ("ann", "ben"))
    hers, his = add_waiting(database, 1), add_waiting(database, 2)
    desk.accept(hers, ann)
    desk.accept(his, ben)

    for _ in range(10):
        swapped = verdicts(
            partial(supervision.assign, hers, Doer("boss"), ben, ""),
            partial(supervision.assign, his, Doer("chief"), ann, ""),
        )
        back = verdicts(
            partial(supervision.assign, hers, Doer("boss"), ann, ""),
            partial(supervision.assign, his, Doer("chief"), ben, ""),
        )

        assert {*swapped, *back} == {"done"}
    assert _held(database) == {ann: 1, ben: 1}


def test_an_early_end_of_the_wrap_up_and_a_new_chat_at_once_never_overload(desk: Desk, clock: FixedClock) -> None:
    database = desk.database
    rep = add_rep(database, "rep01", capacity=1, status=RepStatus.BUSY)
    for number in range(10):
        done, following = add_waiting(database, 2 * number), add_waiting(database, 2 * number + 1)
        desk.accept(done, rep)
        desk.close(done, rep, Outcome.SOLVED, "")

        verdicts(partial(desk.wrap_up, done, rep), *[partial(desk.accept, following, rep)] * 3)

        assert _held(database).get(rep, 0) <= 1
        desk.accept(following, rep)
        desk.close(following, rep, Outcome.SOLVED, "")
        desk.wrap_up(following, rep)


def _held(database: Database) -> dict[str | None, int]:
    """The weight each rep has or is asked about."""
    is_held = Conversation.owner.in_([Owner.OFFERED, Owner.ACTIVE])
    sums = select(Conversation.rep, func.sum(Conversation.weight)).where(is_held).group_by(Conversation.rep)
    with database.reading() as session:
        return {row[0]: int(row[1]) for row in session.execute(sums)}


def test_who_goes_on_a_break_while_he_is_asked_is_left_with_no_offer(desk: Desk) -> None:
    for number in range(40):
        rep = add_rep(desk.database, f"rep{number}", skills=(f"desk{number}",))
        desk.routing.beat(rep)
        chat = add_waiting(desk.database, number, skill=f"desk{number}")

        at_once(desk.routing.route, partial(desk.set_status, rep, RepStatus.BREAK))

        row = conversation_of(desk.database, chat)
        assert (row.owner, row.rep) == (Owner.QUEUED, None)


def test_two_supervisors_who_copy_a_week_at_once_give_everybody_one_copy(
    both_databases: Database, clock: FixedClock
) -> None:
    rosters = Rosters(both_databases, clock, load_shift_templates())
    for number in range(8):
        rep = add_rep(both_databases, f"rep{number}")
        rosters.set_week(rep, 1, MONDAY, [(MONDAY, "day")], Doer("boss"))

    for week in range(1, 6):
        copied = at_once(*[partial(rosters.copy_week, MONDAY, MONDAY + WEEK * week, Doer("boss"))] * 2)

        assert sum(copied) == 8


def test_two_supervisors_who_take_back_an_absence_at_once_take_it_back_once(
    both_databases: Database, clock: FixedClock
) -> None:
    rosters = Rosters(both_databases, clock, {})
    rep = add_rep(both_databases, "rep01")
    tomorrow = clock.now() + timedelta(days=1)
    wanted = NewAbsence(AwayFor.LEAVE, tomorrow, tomorrow + timedelta(hours=8), None, "")
    for _ in range(20):
        with both_databases.reading() as session:
            seen = session.get_one(StaffMember, rep).version
        rosters.set_absence(rep, seen, wanted, Doer("boss"))
        with both_databases.reading() as session:
            [absence] = session.scalars(select(Absence.id))

        ended = verdicts(*[partial(rosters.end_absence, absence, Doer("boss"))] * 2)

        assert set(ended) <= {"done", "not_found"}
        assert "done" in ended


def test_a_note_that_comes_twice_at_once_is_one_note(both_databases: Database, clock: FixedClock) -> None:
    notes, chat = Notes(both_databases, clock), add_waiting(both_databases)
    for number in range(20):
        new = NewNote(chat, "ann", "客户下午有空", f"key-{number:08d}")

        first, second = at_once(*[partial(notes.write, new, lambda _session: None)] * 2)

        assert first.id == second.id
