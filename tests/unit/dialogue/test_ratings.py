"""What a customer says of a chat: when he is asked, what a low rating sets off, and his own words about it."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.alerts.model import Alert, AlertKind
from bot.clock import FixedClock
from bot.complaints.filing import file_complaint
from bot.compliance.rules import check_outbound
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Allowance
from bot.delivery.service import Deliverer
from bot.dialogue.aftercare import Aftercare
from bot.dialogue.ratings import keep_words, take_rating, why_not_asked
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Outcome, Owner
from bot.knowledge.content import Content
from bot.staff.model import Role, StaffMember
from config.rules import load_wording
from tests.factories import MORNING, add_rep, add_waiting, conversation_of, hear
from tests.fakes import FakeWeChat, FixedContents

GUARD = OutboundGuard(partial(check_outbound, wording=load_wording()))


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def aftercare(database: Database, wechat: FakeWeChat, content: Content, clock: FixedClock) -> Aftercare:
    return Aftercare(database, Deliverer(database, wechat, clock), FixedContents(content), clock, GUARD)


@pytest.fixture
def closed(database: Database) -> int:
    chat = add_waiting(database)
    hear(database, chat)
    change(
        database, chat, owner=Owner.CLOSED, rep="rep01", accepted_at=MORNING, closed_at=MORNING, outcome=Outcome.SOLVED
    )
    return chat


def change(database: Database, chat: int, **values: object) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        for name, value in values.items():
            setattr(row, name, value)


def leave(database: Database, messages: int) -> None:
    with database.transaction() as session:
        row = session.scalars(select(Allowance)).one()
        row.used = row.total - messages


def supervisor(database: Database, username: str, *skills: str) -> None:
    add_rep(database, username, skills=skills)
    with database.transaction() as session:
        session.get_one(StaffMember, username).role = Role.SUPERVISOR


def rate(database: Database, content: Content, chat: int, stars: int, at: datetime = MORNING) -> None:
    with database.transaction() as session:
        take_rating(session, conversation_of(database, chat).follower_id, f"rate:{chat}:{stars}", content, at)


def words(database: Database, chat: int, text: str, at: datetime = MORNING) -> bool:
    with database.transaction() as session:
        return keep_words(session, conversation_of(database, chat).follower_id, text, at)


# ---- whether it is asked -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "reason"), [(5, None), (1, None), (0, "allowance_spent")])
def test_the_question_takes_even_the_last_message(
    database: Database, aftercare: Aftercare, wechat: FakeWeChat, closed: int, left: int, reason: str | None
) -> None:
    leave(database, left)

    aftercare.ask_rating(closed)

    row = conversation_of(database, closed)
    assert (row.rating_skipped, row.rating_asked_at) == (reason, None if reason else MORNING)
    assert len(wechat.sent) == (0 if reason else 1)


def test_who_complained_is_not_asked_beside_it(
    database: Database, aftercare: Aftercare, wechat: FakeWeChat, closed: int
) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, closed)
        file_complaint(
            session,
            follower_id=row.follower_id,
            conversation_id=closed,
            text="我要投诉",
            about_rep="rep01",
            now=MORNING,
        )

    aftercare.ask_rating(closed)

    assert wechat.sent == []
    assert conversation_of(database, closed).rating_skipped == "complained"


def test_who_was_cheated_is_asked_in_words_of_care(
    database: Database, aftercare: Aftercare, wechat: FakeWeChat, closed: int
) -> None:
    change(database, closed, skill="fraud")

    aftercare.ask_rating(closed)

    assert "让您受惊了" in wechat.sent[0][1].text


def test_what_was_once_kept_back_is_never_asked(
    database: Database, aftercare: Aftercare, wechat: FakeWeChat, closed: int, clock: FixedClock
) -> None:
    leave(database, 0)
    aftercare.ask_rating(closed)
    hear(database, closed, at=clock.now())
    with database.reading() as session:
        assert why_not_asked(session, session.get_one(Conversation, closed), clock.now()) is None

    aftercare.ask_rating(closed)

    assert wechat.sent == []


# ---- a low one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stars", "is_low"), [(5, False), (4, False), (3, True), (1, True)])
def test_a_low_rating_calls_a_supervisor(
    database: Database, content: Content, closed: int, stars: int, is_low: bool
) -> None:
    supervisor(database, "another", "ebank")
    supervisor(database, "boss", "loan")

    for _ in range(2):
        rate(database, content, closed, stars)

    with database.reading() as session:
        tasks = [(row.owner, row.skill, row.due_at) for row in session.scalars(select(Followup))]
        alerts = [(row.kind, row.rep, row.figures) for row in session.scalars(select(Alert))]
    assert tasks == ([("boss", "loan", MORNING + timedelta(days=1))] if is_low else [])
    assert alerts == ([(AlertKind.LOW_RATING, "rep01", {"rating": stars})] if is_low else [])
    assert conversation_of(database, closed).rated_at == MORNING


@pytest.mark.parametrize(
    ("rated_at", "due_at"),
    [
        # Friday afternoon, Saturday, a working day after hours; times of the bank are eight hours ahead.
        (datetime(2026, 11, 27, 7, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 28, 7, 0, tzinfo=UTC), datetime(2026, 12, 1, 1, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), datetime(2026, 11, 26, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_supervisor_has_one_working_day(
    database: Database, content: Content, closed: int, rated_at: datetime, due_at: datetime
) -> None:
    rate(database, content, closed, 2, rated_at)

    with database.reading() as session:
        row = session.scalars(select(Followup)).one()
    assert (row.due_at, row.owner) == (due_at, None)
    assert row.reason == "客户评价2星（不太满意），请主管回电了解原因"


# ---- his own words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stars", "minutes", "text", "is_kept"),
    [(2, 1, "等太久了", True), (2, 30, "等太久了", False), (5, 1, "等太久了", False), (2, 1, "", False)],
)
def test_words_after_a_low_rating_are_kept_with_it(
    database: Database, content: Content, closed: int, stars: int, minutes: int, text: str, is_kept: bool
) -> None:
    rate(database, content, closed, stars)

    kept = words(database, closed, text, MORNING + timedelta(minutes=minutes))

    assert kept is is_kept
    assert conversation_of(database, closed).rating_words == (text if is_kept else None)


def test_only_the_first_words_are_kept(database: Database, content: Content, closed: int) -> None:
    rate(database, content, closed, 1)
    words(database, closed, "等太久了")

    assert words(database, closed, "还有态度") is False
    assert conversation_of(database, closed).rating_words == "等太久了"
