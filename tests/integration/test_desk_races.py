"""Two hundred clicks for a hundred chats: each chat gets one owner, no rep more than he may have."""

import random
import threading
from collections import Counter

from sqlalchemy import select

from bot.clock import FixedClock
from bot.errors import BotError
from bot.handoff.model import Conversation, Owner
from bot.handoff.service import Desk
from bot.staff.model import RepStatus
from tests.factories import add_rep, add_waiting

CHATS = 100
CLICKS = 200
REPS = 25
CAPACITY = 5


def _race(acts: list[threading.Thread]) -> None:
    for act in acts:
        act.start()
    for act in acts:
        act.join()


def test_two_hundred_racing_clicks_give_each_chat_one_owner_and_no_rep_too_many(desk: Desk) -> None:
    database = desk.database
    reps = [add_rep(database, f"rep{number:02d}", capacity=CAPACITY, status=RepStatus.BUSY) for number in range(REPS)]
    chats = [add_waiting(database, number) for number in range(CHATS)]
    start = threading.Barrier(CLICKS)
    won: list[tuple[int, str]] = []
    lost: Counter[str] = Counter()

    def click(number: int) -> None:
        chat, rep = chats[number % CHATS], reps[random.Random(number).randrange(REPS)]
        start.wait()
        try:
            desk.accept(chat, rep)
            won.append((chat, rep))
        except BotError as error:
            lost[error.code] += 1

    _race([threading.Thread(target=click, args=(number,)) for number in range(CLICKS)])

    with database.reading() as session:
        taken = session.execute(
            select(Conversation.id, Conversation.rep).where(Conversation.owner == Owner.ACTIVE)
        ).all()
    assert len(won) + sum(lost.values()) == CLICKS
    assert set(lost) <= {"case_already_taken", "capacity_reached"}
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
        outcomes: list[str] = []

        def accept(chat: int = chat, rep: str = rep, outcomes: list[str] = outcomes) -> None:
            try:
                desk.accept(chat, rep)
                outcomes.append("accepted")
            except BotError as error:
                outcomes.append(error.code)

        def decline(chat: int = chat, rep: str = rep, outcomes: list[str] = outcomes) -> None:
            try:
                desk.decline(chat, rep, "busy")
                outcomes.append("declined")
            except BotError as error:
                outcomes.append(error.code)

        _race(
            [
                threading.Thread(target=accept),
                threading.Thread(target=decline),
                threading.Thread(target=desk.routing.sweep),
            ]
        )

        with database.reading() as session:
            row = session.get_one(Conversation, chat)
        if row.owner is Owner.ACTIVE:
            assert row.rep == rep
            assert "accepted" in outcomes
        else:
            assert row.owner in (Owner.QUEUED, Owner.OFFERED)
            assert "accepted" not in outcomes
