"""The desk's lists over both databases: no list reads a table whole, and pages meet without gap or repeat both ways."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.orm import Session

from bench.desk_seed import Size, fill
from bot.db import Database
from bot.delivery.model import Allowance
from bot.desks.model import Order
from bot.handoff.listing import AT_THE_DESK, Wanted, page_of
from bot.handoff.markers import unread_counts
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.orders import WAITING, Sort
from bot.handoff.queries import line
from bot.handoff.rules import WINDOW
from bot.staff.model import Role, StaffMember
from tests.factories import DESK_RULES, MORNING, add_rep, add_waiting, hear

SMALL = Size(conversations=400, lines_each=2, queued=60, active=90)
BIG_TABLES = "conversations|lines|followers|allowances|read_markers"
LISTS: dict[str, tuple[Wanted, Sort]] = {
    "newest": (Wanted(), Sort.NEWEST),
    "queue": (Wanted(owners=WAITING), Sort.WAITING),
    "active": (Wanted(owners=(Owner.ACTIVE,)), Sort.NEWEST),
    "closed": (Wanted(owners=(Owner.CLOSED,)), Sort.NEWEST),
    "mine": (Wanted(is_mine=True), Sort.NEWEST),
    "my active": (Wanted(owners=(Owner.ACTIVE,), is_mine=True), Sort.WAITING),
    "watching": (Wanted(is_watched=True), Sort.NEWEST),
    "unread": (Wanted(is_unread=True), Sort.NEWEST),
    "unanswered": (Wanted(is_unanswered=True), Sort.WAITING),
    "closing": (Wanted(is_closing=True), Sort.WINDOW),
    "urgent": (Wanted(is_urgent=True), Sort.NEWEST),
    "desk": (Wanted(skill="loan"), Sort.NEWEST),
    "rep": (Wanted(rep="bench003"), Sort.NEWEST),
    "outcome": (Wanted(outcome=Outcome.APPLIED), Sort.NEWEST),
    "day": (Wanted(since=MORNING - timedelta(days=1), until=MORNING), Sort.NEWEST),
    "longest waiting": (Wanted(), Sort.WAITING),
    "window": (Wanted(), Sort.WINDOW),
    "ids": (Wanted(ids=(1, 2, 399)), Sort.NEWEST),
    "search": (Wanted(words="陶记"), Sort.NEWEST),
    "number": (Wanted(words="#399"), Sort.NEWEST),
}


@pytest.fixture
def filled(both_databases: Database) -> Database:
    """A desk with every state in it, and two people to look at it."""
    add_rep(both_databases, "rep01", skills=("loan", "ebank"))
    fill(both_databases, MORNING, SMALL)
    with both_databases.transaction() as session:
        session.add(
            StaffMember(
                username="boss", display_name="主管", role=Role.SUPERVISOR, password_hash="x", skills=[], capacity=1
            )
        )
    return both_databases


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked meanwhile."""
    statements: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_more) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def plan_of(session: Session, statement: str, parameters: Any) -> str:
    connection = session.connection()
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{word} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def test_no_list_reads_a_table_whole(filled: Database) -> None:
    whole = re.compile(rf"\bSCAN ({BIG_TABLES})\b|Seq Scan on ({BIG_TABLES})\b")
    found = []
    with filled.reading() as session:
        if not filled.is_sqlite:
            # So small a table is read whole because that is cheaper; asked not to, the plan shows what has no index.
            session.execute(text("SET enable_seqscan = off"))
        for username in ("boss", "rep01"):
            person = session.get_one(StaffMember, username)
            for name, (wanted, sort) in LISTS.items():
                with asked(filled) as statements:
                    page = page_of(session, person, wanted, sort, MORNING, cursor=None, limit=10)
                    if page.next:
                        page_of(session, person, wanted, sort, MORNING, cursor=page.next, limit=10)
                    unread_counts(session, username, page.rows)
                found += [
                    (username, name, plan)
                    for plan in (plan_of(session, *one) for one in statements)
                    if whole.search(plan)
                ]

    assert found == []


@pytest.mark.parametrize("name", [name for name in LISTS if name not in ("ids", "number")])
def test_pages_meet_without_gap_or_repeat_both_ways(filled: Database, name: str) -> None:
    wanted, sort = LISTS[name]
    with filled.reading() as session:
        boss = session.get_one(StaffMember, "boss")
        everything = page_of(session, boss, wanted, sort, MORNING, cursor=None, limit=1000)

        pages, cursor = [], None
        while True:
            page = page_of(session, boss, wanted, sort, MORNING, cursor=cursor, limit=7)
            pages.append([row.id for row in page.rows])
            if (cursor := page.next) is None:
                break
        back, cursor = [pages[-1]], page.previous
        while cursor is not None and not wanted.words:
            page = page_of(session, boss, wanted, sort, MORNING, cursor=cursor, limit=7)
            back.insert(0, [row.id for row in page.rows])
            cursor = page.previous

    ids = [row.id for row in everything.rows]
    assert list(chain(*pages)) == ids
    assert wanted.words or list(chain(*back)) == ids


def test_lists_stand_in_the_order_they_name(filled: Database) -> None:
    def rows(name: str) -> list[Conversation]:
        with filled.reading() as session:
            boss = session.get_one(StaffMember, "boss")
            return list(page_of(session, boss, *LISTS[name], MORNING, cursor=None, limit=1000).rows)

    assert all(one.last_word_at >= two.last_word_at for one, two in pairwise(rows("newest")))
    assert all(one.rank <= two.rank for one, two in pairwise(rows("queue")))
    said = [row.last_customer_at for row in rows("window") if row.last_customer_at]
    assert said == sorted(said)
    assert {row.owner for row in rows("newest")} == set(AT_THE_DESK) - {Owner.OFFERED}
    assert {row.owner for row in rows("queue")} == {Owner.QUEUED}
    assert {row.skill for row in rows("desk")} == {"loan"}
    assert {row.outcome for row in rows("outcome")} == {Outcome.APPLIED}


@pytest.fixture
def hurried(both_databases: Database) -> Database:
    """Lines with every kind of place: windows that end within hours, one that ended, one without messages left."""
    add_rep(both_databases, "rep01", skills=("loan", "ebank"))
    for number in range(40):
        waited, left = timedelta(minutes=number * 7 % 150), timedelta(minutes=number * 37 % 600 - 30)
        skill = ("loan", "ebank")[number % 2]
        chat = add_waiting(both_databases, number, skill=skill, priority=number % 3 * 40, queued_at=MORNING - waited)
        hear(both_databases, chat, at=MORNING + left - WINDOW)
        if number % 10 == 3:
            with both_databases.transaction() as session:
                row = session.get_one(Conversation, chat)
                session.execute(update(Allowance).where(Allowance.follower_id == row.follower_id).values(used=5))
    return both_databases


def test_who_stands_next_in_the_list_is_served_next(hurried: Database) -> None:
    desks = {**DESK_RULES, "loan": replace(DESK_RULES["loan"], order=Order.WINDOW)}
    wanted = Wanted(owners=WAITING)
    with hurried.reading() as session:
        rep = session.get_one(StaffMember, "rep01")
        served = [chat.id for chat in line(session, desks, MORNING)]
        usual = [chat.id for chat in line(session, DESK_RULES, MORNING)]

        shown, back = list[int](), list[int]()
        cursor, now = None, MORNING
        while True:
            page = page_of(session, rep, wanted, Sort.WAITING, now, by_window={"loan"}, cursor=cursor, limit=7)
            shown += [row.id for row in page.rows]
            # Time goes on while somebody reads; his pages still meet.
            now += timedelta(minutes=20)
            if (cursor := page.next) is None:
                break
        cursor = page.previous
        while cursor is not None:
            page = page_of(session, rep, wanted, Sort.WAITING, now, by_window={"loan"}, cursor=cursor, limit=7)
            back = [row.id for row in page.rows] + back
            cursor = page.previous

    assert shown == served
    assert shown[: len(back)] == back
    assert len(back) >= 28
    assert served != usual


def test_a_line_by_the_window_is_read_by_indexes(filled: Database) -> None:
    whole = re.compile(rf"\bSCAN ({BIG_TABLES})\b|Seq Scan on ({BIG_TABLES})\b")
    with filled.reading() as session:
        if not filled.is_sqlite:
            session.execute(text("SET enable_seqscan = off"))
        for username in ("boss", "rep01"):
            person = session.get_one(StaffMember, username)
            wanted, sort = LISTS["queue"]
            with asked(filled) as statements:
                page = page_of(session, person, wanted, sort, MORNING, by_window={"loan"}, cursor=None, limit=10)
                page_of(session, person, wanted, sort, MORNING, by_window={"loan"}, cursor=page.next, limit=10)
            assert not [plan for plan in (plan_of(session, *one) for one in statements) if whole.search(plan)]
