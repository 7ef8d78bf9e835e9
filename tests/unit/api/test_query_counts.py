"""A list costs as many SQL statements for fifty rows as for five."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.alerts.model import AlertKind
from bot.alerts.service import raise_alert
from bot.articles.model import ArticleState, ArticleTester
from bot.complaints.filing import file_complaint
from bot.customers.model import Follower
from bot.customers.remarks import write_note as write_remark
from bot.db import Database
from bot.desks.model import Absence, AwayFor, Shift, StoredRules
from bot.followups.service import remind
from bot.handoff.model import Conversation, Owner
from bot.notes.service import NewNote, write_note
from bot.referrals.model import Referral, ReferralReason
from tests.factories import MORNING, add_follower, add_rep, add_waiting, hear
from tests.unit.api.conftest import Browser
from tests.unit.api.test_followups import add_promise
from tests.unit.api.test_leads import add_lead
from tests.unit.articles.rows import add_article, add_version

FEW, MANY = 5, 50
LISTS = {
    "/api/handoffs?state=queued&limit=100": "items",
    "/api/handoffs?state=active&limit=100": "items",
    "/api/handoffs?state=closed&limit=100": "items",
    "/api/handoffs?state=wrapping&limit=100": "items",
    "/api/handoffs?limit=100": "items",
    "/api/handoffs?state=active&scope=mine&limit=100": "items",
    "/api/handoffs?scope=queue&sort=window&limit=100": "items",
    "/api/handoffs?unread=true&limit=100": "items",
    "/api/handoffs?q=客户&limit=100": "items",
    "/api/handoffs/1": "lines",
    "/api/handoffs/1/lines?before=9007199254740992": "lines",
    "/api/handoffs/1/notes": "notes",
    "/api/handoffs/1/suggestions": None,
    "/api/handoffs/1/knowledge?kind=product": None,
    "/api/handoffs/1/guide": None,
    "/api/mentions": "items",
    "/api/followups": "items",
    "/api/followups?scope=desk&q=客户": "items",
    "/api/leads": "items",
    "/api/customers?limit=100": "items",
    # Of what is open the most urgent twenty are told.
    "/api/customers/1": "tasks",
    "/api/customers/1/timeline?limit=100": "items",
    "/api/complaints?limit=100": "items",
    "/api/referrals?limit=100": "items",
    "/api/reps": "items",
    "/api/counters": "waiting",
}


SUPERVISOR_LISTS = {
    "/api/articles?limit=100": "items",
    "/api/articles/1": "versions",
    "/api/articles/desk": "templates",
    "/api/article-testers": "items",
    "/api/board": "reps",
    "/api/rosters": "reps",
    "/api/alerts?limit=100": "items",
    "/api/desks/loan/history?limit=100": "items",
    "/api/reps/rep/customers?limit=100": "items",
}


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        # Whether something was published is asked by the second, not by the list.
        if not statement.startswith(("BEGIN", "PRAGMA")) and "knowledge_" not in statement:
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def fill(database: Database, start: int, end: int) -> None:
    """For each number: a waiting, an active and a closed chat with words, a line of the first chat, a promise, a rep."""
    for number in range(start, end):
        add_rep(database, f"rep{number:03d}")
        for offset, owner in ((0, Owner.ACTIVE), (1000, Owner.QUEUED), (2000, Owner.CLOSED)):
            chat = add_waiting(database, number + offset)
            hear(database, chat)
            with database.transaction() as session:
                row = session.get_one(Conversation, chat)
                row.owner = owner
                row.wrap_up_until = MORNING + timedelta(minutes=5) if owner is Owner.CLOSED else None
                row.rep = None if owner is Owner.QUEUED else ("rep", f"rep{number:03d}")[number % 2]
        hear(database, 1, f"第{number}句")
        add_promise(database, MORNING + timedelta(minutes=number), number=number)
        add_lead(database, number)
        with database.transaction() as session:
            write_note(session, NewNote(1, f"rep{number:03d}", "请看一下", f"key-{number:08d}", ("rep",)), MORNING)
        add_matters(database, number)


def fill_supervision(database: Database, start: int, end: int) -> None:
    """For each number: an alert, a version of a desk's rules, a shift, an absence, a dedicated customer."""
    with database.transaction() as session:
        for number in range(start, end):
            raise_alert(session, AlertKind.PROMISE_MISSED, str(number), MORNING)
            session.add(
                StoredRules(desk="loan", number=number + 1, reason="试一试", changed_by="boss", changed_at=MORNING)
            )
            hours = {"rep": f"rep{number:03d}", "starts_at": MORNING, "ends_at": MORNING + timedelta(hours=8)}
            session.add(Shift(template="day", **hours))
            session.add(Absence(away_for=AwayFor.LEAVE, note="", created_by="boss", **hours))
    for number in range(start, end):
        follower_id = add_follower(database, f"o-own-{number}")
        with database.transaction() as session:
            session.get_one(Follower, follower_id).dedicated_rep = "rep"
            session.add(ArticleTester(follower_id=follower_id, label="同事", added_by="rep", added_at=MORNING))
    for number in range(start, end):
        add_articles(database, number)


def add_articles(database: Database, number: int) -> None:
    """An article, a template, and a sealed version of the first article, each by somebody else."""
    with database.transaction() as session:
        made = [add_article(session, f"rep{number:03d}", is_template=is_one) for is_one in (False, True)]
        if made[0].id > 1:
            add_version(session, 1, number + 2, f"rep{number:03d}", ArticleState.SEALED)


def add_matters(database: Database, number: int) -> None:
    """A promise and a note of the first chat's customer, a complaint and a referral of another's."""
    with database.transaction() as session:
        newest = session.scalars(select(func.max(Conversation.id))).one()
        first, other = session.get_one(Conversation, 1), session.get_one(Conversation, newest)
        first.rep = other.rep = "rep"
        remind(
            session,
            follower_id=first.follower_id,
            conversation_id=1,
            skill="loan",
            owner="rep",
            reason=f"第{number}次",
            phone=None,
            due_at=MORNING,
            now=MORNING,
        )
        write_remark(session, first.follower_id, "备注", "rep", MORNING)
        file_complaint(
            session, follower_id=other.follower_id, conversation_id=other.id, text="慢", about_rep=None, now=MORNING
        )
        asked = {"branch": "鼓楼支行", "reason": ReferralReason.CASH, "ask": "上门", "sent_by": "rep"}
        at = {"sent_at": MORNING, "due_at": MORNING}
        session.add(Referral(**asked, **at, follower_id=other.follower_id, conversation_id=other.id))


# Sessions are touched now and then by the machine's own time; on a slow one that would be counted.
@pytest.mark.usefixtures("wall")
@pytest.mark.parametrize("path", [*LISTS, *SUPERVISOR_LISTS])
def test_a_list_of_fifty_costs_what_a_list_of_five_costs(signed_in, database: Database, path: str) -> None:
    browser: Browser = signed_in("supervisor" if path in SUPERVISOR_LISTS else "rep")
    names: dict[str, str | None] = {**LISTS, **SUPERVISOR_LISTS}

    def cost() -> tuple[int, int]:
        with counted(database) as statements:
            answer: Any = browser.client.get(path)
        assert answer.status_code == 200
        name = names[path]
        found = answer.json[name] if name else len(statements)
        return len(statements), found if isinstance(found, int) else len(found)

    fill(database, 0, FEW)
    fill_supervision(database, 0, FEW)
    cheap, few = cost()
    fill(database, FEW, MANY)
    fill_supervision(database, FEW, MANY)
    dear, many = cost()

    assert many > few > 0 or names[path] is None
    assert dear == cheap
