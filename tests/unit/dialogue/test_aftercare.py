"""After a chat: the rating, asked once and taken once, and the bank's news."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.compliance.rules import check_outbound
from bot.customers.model import BankFact, Follower
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Delivery, Sender
from bot.delivery.service import Deliverer
from bot.dialogue.aftercare import Aftercare
from bot.dialogue.bank_work import BankNews
from bot.dialogue.ratings import take_rating, typed_rating
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Outcome, Owner
from bot.knowledge.content import Content
from bot.transcripts.model import Line, Speaker
from config.rules import load_wording
from tests.factories import MORNING, add_follower, add_waiting, conversation_of, hear
from tests.fakes import FakeWeChat, FixedContents

GUARD = OutboundGuard(partial(check_outbound, wording=load_wording()))
OPENID = "o-loan-1"
NEWS = BankNews("e1", "drawdown_paid", OPENID, None, 25_000_000, "2026-12-20", MORNING)


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def aftercare(database: Database, wechat: FakeWeChat, content: Content, clock: FixedClock) -> Aftercare:
    return Aftercare(database, Deliverer(database, wechat, clock), FixedContents(content), clock, GUARD)


@pytest.fixture
def closed(database: Database) -> int:
    """A chat a rep had and closed; its customer may still be written to."""
    chat = add_waiting(database)
    hear(database, chat)
    change(
        database, chat, owner=Owner.CLOSED, rep="rep01", accepted_at=MORNING, closed_at=MORNING, outcome=Outcome.APPLIED
    )
    return chat


def change(database: Database, chat: int, **values: object) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        for name, value in values.items():
            setattr(row, name, value)


def follower_of(database: Database, chat: int) -> int:
    return conversation_of(database, chat).follower_id


def rate(database: Database, content: Content, chat: int, choice: str | None, *, by: int | None = None) -> str | None:
    with database.transaction() as session:
        reply = take_rating(session, by or follower_of(database, chat), choice, content, MORNING)
    return reply.source.split("@")[0] if reply and reply.source else None


def notices(database: Database) -> list[Line]:
    with database.reading() as session:
        return list(session.scalars(select(Line).where(Line.speaker == Speaker.SYSTEM)))


# ---- the rating ----------------------------------------------------------------------------------------------------


def test_a_rating_is_asked_once(aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int) -> None:
    for _ in range(2):
        aftercare.ask_rating(closed)

    [(openid, asked)] = wechat.sent
    assert (openid, asked.choices[0].id) == (OPENID, f"rate:{closed}:5")
    assert [line.kind for line in notices(database)] == ["notice"]
    with database.reading() as session:
        assert session.scalars(select(Delivery.sender)).all() == [Sender.NOTICE]


def test_a_chat_no_rep_had_is_not_rated(aftercare: Aftercare, wechat: FakeWeChat, database: Database) -> None:
    chat = add_waiting(database)
    hear(database, chat)

    aftercare.ask_rating(chat)

    assert wechat.sent == []
    assert conversation_of(database, chat).rating_asked_at is None


def test_a_shut_window_keeps_the_question_back_for_good(
    aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int, clock: FixedClock
) -> None:
    clock.advance(49 * 3600)
    aftercare.ask_rating(closed)
    hear(database, closed, at=clock.now())
    aftercare.ask_rating(closed)

    assert wechat.sent == []
    assert notices(database)[0].detail["not_sent"] == "window_closed"


@pytest.mark.parametrize(
    ("stars", "said"), [(5, "rating_thanks"), (4, "rating_thanks"), (3, "rating_sorry"), (1, "rating_sorry")]
)
def test_a_tapped_rating_is_kept_and_answered(
    database: Database, content: Content, closed: int, stars: int, said: str
) -> None:
    assert rate(database, content, closed, f"rate:{closed}:{stars}") == said
    assert conversation_of(database, closed).rating == stars


@pytest.mark.parametrize(
    ("words", "hours_later", "stars"),
    [("非常满意", 1, 5), ("不满意。", 1, 1), ("非常满意", 25, None), ("我很满意你们的服务", 1, None), ("", 1, None)],
)
def test_a_typed_rating_counts_while_one_is_asked_for(
    aftercare: Aftercare, database: Database, closed: int, words: str, hours_later: int, stars: int | None
) -> None:
    aftercare.ask_rating(closed)

    with database.reading() as session:
        choice = typed_rating(session, follower_of(database, closed), words, MORNING + timedelta(hours=hours_later))

    assert choice == (None if stars is None else f"rate:{closed}:{stars}")


def test_the_first_rating_stays(database: Database, content: Content, closed: int) -> None:
    rate(database, content, closed, f"rate:{closed}:1")

    assert rate(database, content, closed, f"rate:{closed}:5") == "rating_again"
    assert conversation_of(database, closed).rating == 1


@pytest.mark.parametrize(
    "choice", [None, "", "rate", "rate:", "rate:x:5", "rate:1:6", "rate:1:0", "rate:1", "loan:1:5", "rate:999:5"]
)
def test_a_tap_that_is_no_rating_rates_nothing(
    database: Database, content: Content, closed: int, choice: str | None
) -> None:
    assert rate(database, content, closed, choice) is None
    assert conversation_of(database, closed).rating is None


def test_nobody_rates_somebody_elses_chat(database: Database, content: Content, closed: int) -> None:
    stranger = add_follower(database, "o-stranger")

    assert rate(database, content, closed, f"rate:{closed}:1", by=stranger) is None
    assert conversation_of(database, closed).rating is None


# ---- the bank's news -----------------------------------------------------------------------------------------------


def test_a_paid_drawdown_closes_the_matter_and_tells_the_customer(
    aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int
) -> None:
    assert aftercare.take_news(NEWS)

    assert conversation_of(database, closed).outcome is Outcome.DRAWN
    [(openid, told)] = wechat.sent
    assert openid == OPENID
    assert "25万" in told.text
    assert "12月20日" in told.text


def test_the_same_fact_twice_is_one_fact_and_one_message(
    aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int
) -> None:
    assert [aftercare.take_news(NEWS), aftercare.take_news(NEWS)] == [True, False]

    assert len(wechat.sent) == 1
    with database.reading() as session:
        assert len(session.scalars(select(BankFact)).all()) == 1


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("points_redeemed", Outcome.REDEEMED), ("certificate_activated", Outcome.LOGGED_IN)],
)
def test_other_good_news_name_their_own_end(
    aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int, kind: str, outcome: Outcome
) -> None:
    aftercare.take_news(replace(NEWS, type=kind, amount_fen=None, due_on=None))

    assert conversation_of(database, closed).outcome is outcome
    assert len(wechat.sent) == 1


def test_a_matter_still_in_hand_keeps_its_outcome_open(
    aftercare: Aftercare, database: Database, wechat: FakeWeChat
) -> None:
    chat = add_waiting(database)
    hear(database, chat)

    aftercare.take_news(NEWS)

    assert (conversation_of(database, chat).owner, conversation_of(database, chat).outcome) == (Owner.QUEUED, None)
    assert len(wechat.sent) == 1


def test_news_of_a_firm_reach_whoever_acts_for_it(
    aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int
) -> None:
    with database.transaction() as session:
        session.get_one(Follower, follower_of(database, closed)).firm_id = "F1"

    aftercare.take_news(replace(NEWS, openid=None, firm_id="F1"))

    assert [openid for openid, _ in wechat.sent] == [OPENID]


@pytest.mark.parametrize(
    "news",
    [
        replace(NEWS, openid="o-unknown"),
        replace(NEWS, openid=None, firm_id="F9"),
        replace(NEWS, openid=None),
        replace(NEWS, type="account_opened"),
    ],
    ids=["unknown_follower", "unknown_firm", "nobody", "unused_fact"],
)
def test_a_fact_about_nobody_we_know_is_kept_in_silence(
    aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int, news: BankNews
) -> None:
    assert aftercare.take_news(news)

    assert wechat.sent == []
    with database.reading() as session:
        assert session.scalars(select(BankFact.event_id)).all() == ["e1"]
    assert conversation_of(database, closed).outcome is Outcome.APPLIED


def test_who_left_the_account_hears_nothing(
    aftercare: Aftercare, wechat: FakeWeChat, database: Database, closed: int
) -> None:
    with database.transaction() as session:
        session.get_one(Follower, follower_of(database, closed)).is_following = False

    assert aftercare.take_news(NEWS)
    assert wechat.sent == []


# ---- the call to make ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("note", "reason"), [("明早看授权", "明早看授权"), ("", "结束时约定回访")])
def test_a_promised_call_is_due_after_the_desk_opens_next(
    aftercare: Aftercare, database: Database, closed: int, note: str, reason: str
) -> None:
    with database.transaction() as session:
        aftercare.promise_followup(session, session.get_one(Conversation, closed), MORNING, note=note)

    with database.reading() as session:
        row = session.scalars(select(Followup)).one()
    assert (row.owner, row.reason, row.skill) == ("rep01", reason, "loan")
    assert row.due_at.isoformat() == "2026-11-25T02:00:00+00:00", "Wednesday, ten at the bank"


@pytest.mark.parametrize("choice", ["rate:²:5", "rate:٣:5", "rate:1:6", f"rate:{'9' * 30}:5", "rate::5", "rate"])
def test_an_odd_rating_tap_is_no_rating_and_no_error(database: Database, content: Content, choice: str) -> None:
    with database.transaction() as session:
        assert take_rating(session, 1, choice, content, MORNING) is None
