"""What time does to chats that reps hold, what is told to whom, and what is counted."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.handoff.model import Conversation, OfferEnd, Outcome, Owner
from bot.handoff.routing import Routing
from bot.handoff.service import Desk
from bot.handoff.serving import expect_answer
from bot.handoff.supervising import Supervision
from bot.handoff.transitions import close_by_bot
from bot.metrics import STUCK
from bot.outbox import OutboxRow
from bot.staff.model import RepStatus, StaffMember
from tests.factories import DESK_RULES, MORNING, add_rep, add_waiting, conversation_of, hear
from tests.fakes import FakeQueue, FakeWaker

LOAN = DESK_RULES["loan"]


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def desk(database: Database, queue: FakeQueue, clock: FixedClock) -> Desk:
    return Desk(database, Routing(database, queue, FakeWaker(), clock, DESK_RULES), clock)


@pytest.fixture
def chat(desk: Desk) -> int:
    """Accepted just now by rep01, whose customer may be written to."""
    add_rep(desk.database, "rep01", status=RepStatus.BUSY)
    found = add_waiting(desk.database)
    hear(desk.database, found)
    desk.accept(found, "rep01")
    return found


def speak(desk: Desk, chat: int) -> None:
    with desk.database.transaction() as session:
        session.get_one(Conversation, chat).last_rep_at = desk.clock.now()


def ask(desk: Desk, chat: int) -> None:
    with desk.database.transaction() as session:
        row = session.get_one(Conversation, chat)
        expect_answer(row, lambda: LOAN, desk.clock.now())
        row.last_customer_at = desk.clock.now()


def told(database: Database, kind: str) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == kind).order_by(OutboxRow.id))
        return [(row.audience, row.payload) for row in rows]


def ends(database: Database) -> list[tuple[str, str, str | None]]:
    with database.reading() as session:
        return [
            (row.rep, row.ended_as.value, row.reason) for row in session.scalars(select(OfferEnd).order_by(OfferEnd.id))
        ]


def test_a_rep_without_a_first_word_is_warned_at_half_time_and_loses_the_chat_at_full_time(
    desk: Desk, chat: int, clock: FixedClock
) -> None:
    for _ in range(2):
        clock.advance(29)
        desk.routing.sweep()
    assert [who for who, payload in told(desk.database, "handoff.reply_due") if payload["is_first"]] == ["rep01"]
    assert conversation_of(desk.database, chat).owner is Owner.ACTIVE

    clock.advance(2)
    desk.routing.sweep()

    row = conversation_of(desk.database, chat)
    assert (row.owner, row.rep, row.queued_at, row.lost_rep_at) == (Owner.QUEUED, None, MORNING, clock.now())
    assert ends(desk.database) == [("rep01", "no_first_reply", None)]
    assert told(desk.database, "handoff.requeued")[0][1]["cause"] == "no_first_reply"


def test_a_first_word_ends_the_matter(desk: Desk, chat: int, clock: FixedClock) -> None:
    clock.advance(10)
    speak(desk, chat)

    for _ in range(4):
        clock.advance(30)
        desk.routing.sweep()

    assert conversation_of(desk.database, chat).owner is Owner.ACTIVE
    assert told(desk.database, "handoff.reply_due") == []


def test_a_customer_nobody_can_write_to_stays_with_his_rep(desk: Desk, clock: FixedClock) -> None:
    add_rep(desk.database, "rep01", status=RepStatus.BUSY)
    silent = add_waiting(desk.database)
    desk.accept(silent, "rep01")

    clock.advance(61)
    desk.routing.sweep()

    row = conversation_of(desk.database, silent)
    assert (row.owner, row.reply_due_at) == (Owner.ACTIVE, None)


def test_a_later_question_warns_once_from_its_first_unanswered_word_and_takes_nothing_away(
    desk: Desk, chat: int, clock: FixedClock
) -> None:
    clock.advance(10)
    speak(desk, chat)
    clock.advance(20)
    ask(desk, chat)
    clock.advance(40)
    ask(desk, chat)

    clock.advance(19)
    desk.routing.sweep()
    assert told(desk.database, "handoff.reply_due") == []
    for _ in range(5):
        clock.advance(1)
        desk.routing.sweep()

    assert [payload["is_first"] for _, payload in told(desk.database, "handoff.reply_due")] == [False]
    assert conversation_of(desk.database, chat).owner is Owner.ACTIVE


def test_an_answer_in_between_starts_the_time_anew(desk: Desk, chat: int, clock: FixedClock) -> None:
    speak(desk, chat)
    clock.advance(1)
    ask(desk, chat)
    clock.advance(50)
    speak(desk, chat)
    clock.advance(5)
    ask(desk, chat)

    clock.advance(30)
    desk.routing.sweep()

    assert told(desk.database, "handoff.reply_due") == []
    assert conversation_of(desk.database, chat).reply_warn_at == clock.now() + timedelta(seconds=30)


@pytest.mark.parametrize("how", ["leaves", "declines", "misses"])
def test_only_an_offer_that_was_taken_away_is_told_as_withdrawn(desk: Desk, clock: FixedClock, how: str) -> None:
    desk.routing.beat(add_rep(desk.database, "rep01"))
    offered = add_waiting(desk.database)
    desk.routing.wake(offered)
    version = conversation_of(desk.database, offered).version

    if how == "leaves":
        with desk.database.transaction() as session:
            close_by_bot(session, session.get_one(Conversation, offered), Outcome.NO_REPLY, clock.now())
    elif how == "declines":
        desk.decline(offered, "rep01", "busy")
    else:
        clock.advance(21)
        desk.routing.sweep()

    with desk.database.reading() as session:
        mine = select(OutboxRow).where(OutboxRow.type == "handoff.offer_withdrawn")
        withdrawn = [(row.audience, row.version) for row in session.scalars(mine)]
    assert withdrawn == ([("rep01", version + 1)] if how == "leaves" else [])
    ended = {"leaves": ("withdrawn", None), "declines": ("declined", "busy"), "misses": ("missed", None)}[how]
    assert ends(desk.database) == [("rep01", *ended)]


def test_the_dedicated_rep_is_told_when_somebody_else_serves(desk: Desk) -> None:
    for name in ("rep01", "ded"):
        add_rep(desk.database, name, status=RepStatus.BUSY)
    for number, rep in enumerate(("rep01", "ded")):
        waiting = add_waiting(desk.database, number)
        with desk.database.transaction() as session:
            follower = session.get_one(Follower, session.get_one(Conversation, waiting).follower_id)
            follower.dedicated_rep = "ded"
        desk.accept(waiting, rep)

    assert told(desk.database, "handoff.dedicated_passed_over") == [("ded", {"rep": "rep01"})]


def test_a_closed_chat_weighs_on_its_rep_until_it_is_wrapped_up(desk: Desk, chat: int, clock: FixedClock) -> None:
    with desk.database.transaction() as session:
        session.get_one(StaffMember, "rep01").capacity = 1
    desk.close(chat, "rep01", Outcome.SOLVED, "")
    desk.set_status("rep01", RepStatus.READY)
    following = add_waiting(desk.database, 2)

    desk.routing.wake(following)
    assert conversation_of(desk.database, following).owner is Owner.QUEUED
    clock.advance(LOAN.wrap_up_s)
    desk.routing.beat("rep01")
    desk.routing.sweep()

    assert conversation_of(desk.database, following).owner is Owner.OFFERED


def test_more_than_a_line_full_of_people_nobody_can_serve_holds_up_nobody_behind_them(desk: Desk) -> None:
    """Forty wait for the one rep who declined them; the next one is his all the same."""
    desk.routing.beat(add_rep(desk.database, "rep01"))
    for number in range(40):
        declined = add_waiting(desk.database, number)
        with desk.database.transaction() as session:
            row = session.get_one(Conversation, declined)
            row.declined_by, row.offer_expires_at = ["rep01"], MORNING
    fresh = add_waiting(desk.database, 99, queued_at=MORNING + timedelta(seconds=1))

    desk.routing.wake(fresh)

    assert conversation_of(desk.database, fresh).owner is Owner.OFFERED


def test_who_waits_though_somebody_could_serve_him_is_counted_and_logged_once(
    desk: Desk, queue: FakeQueue, clock: FixedClock, log_lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.routing.beat(add_rep(desk.database, "rep01"))
    add_waiting(desk.database)
    clock.advance(301)
    # Something no rule knows of keeps the offer from being made.
    monkeypatch.setattr(FakeQueue, "hold", lambda *_: False)

    for _ in range(3):
        desk.routing.sweep()

    assert STUCK._value.get() == 1
    assert log_lines.getvalue().count("handoff_stuck") == 1
    monkeypatch.undo()
    desk.routing.sweep()
    assert STUCK._value.get() == 0


def test_a_rep_who_was_only_asked_keeps_his_place_when_the_chat_goes_to_another(
    desk: Desk, queue: FakeQueue, clock: FixedClock
) -> None:
    ann, ben = (add_rep(desk.database, name) for name in ("ann", "ben"))
    for name in (ann, ben):
        queue.beat(name)
    waiting = add_waiting(desk.database)
    desk.routing.wake(waiting)
    asked = conversation_of(desk.database, waiting).rep
    clock.advance(5)

    Supervision(desk.database, desk.routing, clock).assign(waiting, Doer("boss"), ben if asked == ann else ann, "")

    with desk.database.reading() as session:
        assert session.get_one(StaffMember, asked).idle_since == MORNING


def test_who_hands_a_chat_on_is_not_asked_for_it_at_once(desk: Desk, queue: FakeQueue, clock: FixedClock) -> None:
    add_rep(desk.database, "ann", skills=("loan", "ebank"))
    queue.beat("ann")
    waiting = add_waiting(desk.database)
    desk.accept(waiting, "ann")

    desk.transfer(waiting, "ann", skill="ebank", to=None, note="")

    assert conversation_of(desk.database, waiting).owner is Owner.QUEUED
    clock.advance(11)
    desk.routing.sweep()
    assert conversation_of(desk.database, waiting).rep == "ann"
