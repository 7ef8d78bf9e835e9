"""Each figure of the desk against its definition (docs/glossary.md), and over HTTP."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.clock import FixedClock, local_day
from bot.customers.model import BankFact
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.reports.model import Ending, HandoffFact
from bot.reports.queries import DeskCounters, desk_counters
from bot.staff.model import RepStatus, Role, StaffMember
from tests.factories import MORNING, add_rep, add_waiting

YESTERDAY = MORNING - timedelta(days=1)


HEAD = StaffMember(username="head", role=Role.SUPERVISOR, skills=[])


def count(database: Database, now: datetime = MORNING, person: StaffMember = HEAD) -> DeskCounters:
    with database.reading() as session:
        return desk_counters(session, now, person)


def change(database: Database, chat: int, **values: object) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        for name, value in values.items():
            setattr(row, name, value)


def add_taken(database: Database, number: int, waited_s: float, at: datetime = MORNING) -> int:
    asked_at = at - timedelta(seconds=waited_s)
    chat = add_waiting(database, number, queued_at=asked_at)
    change(database, chat, owner=Owner.ACTIVE, rep="rep", accepted_at=at)
    with database.transaction() as session:
        fact = HandoffFact(conversation_id=chat, arrived_at=asked_at, arrived_on=local_day(asked_at), desk="loan")
        fact.hour, fact.accepted_at, fact.wait_ms, fact.rep = 10, at, round(waited_s * 1000), "rep"
        session.add(fact)
    return chat


def close_fact(database: Database, chat: int) -> None:
    with database.transaction() as session:
        for fact in session.scalars(select(HandoffFact).where(HandoffFact.conversation_id == chat)):
            fact.ended_at, fact.ending = MORNING, Ending.CLOSED


def add_fact(database: Database, number: int, firm: str | None, fen: int | None, kind: str = "drawdown_paid") -> None:
    with database.transaction() as session:
        fact = BankFact(event_id=f"e{number}", type=kind, firm_id=firm, amount_fen=fen, occurred_at=MORNING)
        fact.received_at = MORNING
        session.add(fact)


def test_an_empty_desk_is_all_zeros(database: Database) -> None:
    assert count(database) == DeskCounters(0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_waiting_counts_queued_and_offered_and_the_longest_wait(database: Database) -> None:
    add_waiting(database, 1, queued_at=MORNING - timedelta(seconds=90))
    change(database, add_waiting(database, 2), owner=Owner.OFFERED, rep="rep")
    change(database, add_waiting(database, 3, queued_at=YESTERDAY), owner=Owner.ACTIVE, rep="rep")

    found = count(database)

    assert (found.waiting, found.longest_wait_s, found.active) == (2, 90, 1)


def test_a_rep_counts_what_his_list_shows(database: Database) -> None:
    rep = StaffMember(username="rep", role=Role.REP, skills=["loan"])
    add_waiting(database, 1)
    add_waiting(database, 2, skill="ebank", queued_at=YESTERDAY)
    change(database, add_waiting(database, 3, skill="ebank"), owner=Owner.OFFERED, rep="rep")
    change(database, add_waiting(database, 4), owner=Owner.OFFERED, rep="rep2")
    change(database, add_waiting(database, 5), owner=Owner.ACTIVE, rep="rep2")
    change(database, add_waiting(database, 6, skill="ebank"), owner=Owner.ACTIVE, rep="rep3")

    found = count(database, person=rep)

    assert (found.waiting, found.longest_wait_s, found.active) == (2, 0, 1)
    assert (count(database).waiting, count(database).active) == (4, 2)


def test_ready_reps_are_those_who_serve_and_say_so(database: Database) -> None:
    add_rep(database, "rep01")
    for status in (RepStatus.BUSY, RepStatus.BREAK, RepStatus.OFFLINE):
        add_rep(database, status.value, status=status)

    assert count(database).reps_ready == 1


def test_accepted_today_counts_who_asked_from_the_banks_midnight_on(database: Database) -> None:
    midnight = datetime.fromisoformat("2026-11-24T00:00:00+08:00")
    add_taken(database, 1, 0, at=midnight)
    add_taken(database, 2, 2, at=midnight + timedelta(seconds=1))

    assert count(database).accepted_today == 1


def test_answered_in_twenty_seconds_counts_up_to_twenty(database: Database) -> None:
    for number, waited_s in enumerate((0, 20, 20.5, 300)):
        add_taken(database, number, waited_s)

    found = count(database)

    assert (found.accepted_today, found.answered_in_20s_today) == (4, 2)


def test_closed_today_counts_what_a_rep_had(database: Database) -> None:
    close_fact(database, add_taken(database, 1, 5))
    close_fact(database, add_taken(database, 2, 5, at=YESTERDAY))
    add_taken(database, 3, 5)

    assert count(database).closed_today == 1


def test_two_drawdowns_of_one_firm_are_one_firm_and_both_amounts(database: Database) -> None:
    add_fact(database, 1, "F1", 25_000_000)
    add_fact(database, 2, "F1", 5_000_000)
    add_fact(database, 3, "F2", 1)
    add_fact(database, 4, "F3", 99, kind="points_redeemed")

    found = count(database)

    assert (found.drawdown_firms, found.drawdown_fen) == (2, 30_000_001)


def test_a_drawdown_without_an_amount_is_still_a_firm(database: Database) -> None:
    add_fact(database, 1, "F1", None)

    found = count(database)

    assert (found.drawdown_firms, found.drawdown_fen) == (1, 0)


@pytest.mark.parametrize("who", ["rep", "supervisor"])
def test_the_desk_reads_its_figures(signed_in, database: Database, clock: FixedClock, who: str) -> None:
    browser = signed_in(who)
    add_waiting(database, 1)
    clock.advance(61)

    answer = browser.get("/api/counters")

    assert answer.status_code == 200
    assert (answer.json["waiting"], answer.json["longest_wait_s"]) == (1, 61)
    assert set(answer.json) == set(DeskCounters.__dataclass_fields__)
