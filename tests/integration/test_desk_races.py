"""Two hundred clicks for a hundred chats: each chat gets one owner, no rep more than he may have."""

import random
from collections import Counter
from functools import partial

from sqlalchemy import select

from bot.clock import FixedClock
from bot.handoff.model import Conversation, Owner
from bot.handoff.service import Desk
from bot.staff.model import RepStatus
from tests.at_once import verdicts
from tests.factories import add_rep, add_waiting

CHATS = 100
CLICKS = 200
REPS = 25
CAPACITY = 5


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
