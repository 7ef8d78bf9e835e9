"""Windows that end: told once, settled by whatever happens, and a call promised when nothing did."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.alerts.model import Alert, AlertKind, AlertState
from bot.clock import FixedClock
from bot.compliance.rules import check_outbound
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.model import Allowance, Trigger
from bot.delivery.service import Deliverer, grant
from bot.errors import CaseNotYours, SendRefused
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Owner
from bot.knowledge.content import Content
from bot.outbox import OutboxRow
from bot.rescue.model import Rescue, RescueState, Why
from bot.rescue.service import Rescues
from config.content import load_content
from config.rules import load_wording
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.fakes import FakeWeChat, FixedContents

HOUR_S = 3600
GUARD = OutboundGuard(partial(check_outbound, wording=load_wording()))


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def rescues(database: Database, wechat: FakeWeChat, content: Content, clock: FixedClock) -> Rescues:
    return Rescues(database, Deliverer(database, wechat, clock), FixedContents(content), GUARD, clock)


@pytest.fixture
def chat(database: Database) -> int:
    """A chat rep01 has not answered; its customer has a phone."""
    found = add_waiting(database)
    hear(database, found)
    change(database, found, owner=Owner.ACTIVE, rep="rep01", accepted_at=MORNING, reason="问贷款进度")
    with database.transaction() as session:
        session.get_one(Follower, conversation_of(database, found).follower_id).phone = "13812345678"
    return found


def change(database: Database, chat: int, **values: object) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        for name, value in values.items():
            setattr(row, name, value)


def found(database: Database) -> list[tuple[Why, RescueState]]:
    with database.reading() as session:
        return [(row.why, row.state) for row in session.scalars(select(Rescue).order_by(Rescue.id))]


def promised(database: Database) -> list[Followup]:
    with database.reading() as session:
        return list(session.scalars(select(Followup)))


def alerts(database: Database) -> list[tuple[AlertKind, AlertState]]:
    with database.reading() as session:
        return [(row.kind, row.state) for row in session.scalars(select(Alert))]


def told(database: Database) -> list[tuple[str, int | None]]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == "allowance.closing"))
        return [(row.audience, row.conversation_id) for row in rows]


def test_nothing_is_said_while_there_is_time(rescues: Rescues, database: Database, chat: int, clock) -> None:
    clock.advance(46 * HOUR_S - 1)

    assert rescues.sweep() == 0
    assert found(database) == []


def test_whom_the_chat_concerns_and_the_supervisors_are_told_once(
    rescues: Rescues, database: Database, chat: int, clock
) -> None:
    clock.advance(46 * HOUR_S)

    for _ in range(3):
        rescues.sweep()

    assert found(database) == [(Why.UNANSWERED, RescueState.OPEN)]
    assert told(database) == [("all", chat)]
    assert alerts(database) == [(AlertKind.WINDOW_CLOSING, AlertState.OPEN)]
    assert promised(database) == []


def test_a_chat_nobody_has_is_told_to_the_whole_desk(rescues: Rescues, database: Database, clock) -> None:
    waiting = add_waiting(database)
    hear(database, waiting)
    clock.advance(47 * HOUR_S)

    rescues.sweep()

    assert told(database) == [("all", waiting)]


def test_a_call_is_promised_by_itself_and_once_when_nobody_did_anything(
    rescues: Rescues, database: Database, chat: int, clock
) -> None:
    clock.advance(47 * HOUR_S)
    rescues.sweep()
    clock.advance(HOUR_S)

    for _ in range(3):
        rescues.sweep()

    assert found(database) == [(Why.UNANSWERED, RescueState.LAPSED)]
    [call] = promised(database)
    assert (call.owner, call.phone, call.conversation_id) == ("rep01", "13812345678", chat)
    assert call.reason == "问贷款进度（48小时内没回上客户的话，微信已不能再发）"
    assert call.slot_at is not None
    assert alerts(database) == [(AlertKind.WINDOW_CLOSING, AlertState.CLOSED)]


def test_a_window_that_ended_while_nothing_ran_is_found_all_the_same(
    rescues: Rescues, database: Database, chat: int, clock
) -> None:
    clock.advance(60 * HOUR_S)

    rescues.sweep()

    assert found(database) == [(Why.UNANSWERED, RescueState.LAPSED)]
    assert len(promised(database)) == 1


def test_a_promise_that_stands_is_left_as_it_is(rescues: Rescues, database: Database, chat: int, clock) -> None:
    clock.advance(60 * HOUR_S)
    rescues.sweep()
    before = promised(database)[0].due_at
    clock.advance(HOUR_S)
    hear(database, chat, at=clock.now())
    clock.advance(48 * HOUR_S)

    rescues.sweep()

    assert [row.due_at for row in promised(database)] == [before]
    assert found(database)[-1] == (Why.UNANSWERED, RescueState.PROMISED)


@pytest.mark.parametrize("what", ["customer", "rep", "close"])
def test_whatever_happens_in_the_chat_settles_it(
    rescues: Rescues, database: Database, chat: int, clock: FixedClock, what: str
) -> None:
    clock.advance(47 * HOUR_S)
    rescues.sweep()
    clock.advance(60)
    if what == "customer":
        hear(database, chat, at=clock.now())
    elif what == "rep":
        change(database, chat, last_rep_at=clock.now())
    else:
        change(database, chat, owner=Owner.CLOSED)

    rescues.sweep()

    assert found(database)[0][1] is (RescueState.OVER if what == "close" else RescueState.SPOKEN)
    assert alerts(database) == [(AlertKind.WINDOW_CLOSING, AlertState.CLOSED)]
    assert promised(database) == []


def test_an_invitation_may_take_the_last_message_and_goes_once(
    rescues: Rescues, database: Database, wechat: FakeWeChat, chat: int, clock
) -> None:
    with database.transaction() as session:
        session.scalars(select(Allowance)).one().used = 4
    clock.advance(47 * HOUR_S)
    rescues.sweep()

    for _ in range(2):
        rescues.invite(chat, "rep01")

    assert len(wechat.sent) == 1
    assert "回复任意一个字" in wechat.sent[0][1].text
    assert found(database) == [(Why.UNANSWERED, RescueState.INVITED)]


def test_who_was_invited_and_stays_silent_is_called_if_he_was_never_answered(
    rescues: Rescues, database: Database, chat: int, clock
) -> None:
    clock.advance(47 * HOUR_S)
    rescues.sweep()
    rescues.invite(chat, "rep01")
    clock.advance(HOUR_S)

    rescues.sweep()

    assert found(database) == [(Why.UNANSWERED, RescueState.LAPSED)]
    assert len(promised(database)) == 1


def test_with_nothing_left_nobody_is_invited(rescues: Rescues, database: Database, chat: int, clock) -> None:
    with database.transaction() as session:
        session.scalars(select(Allowance)).one().used = 5
    clock.advance(47 * HOUR_S)
    rescues.sweep()

    with pytest.raises(SendRefused):
        rescues.invite(chat, "rep01")

    assert found(database) == [(Why.UNANSWERED, RescueState.OPEN)]


def test_only_whose_chat_it_is_invites(rescues: Rescues, chat: int, clock) -> None:
    clock.advance(47 * HOUR_S)
    rescues.sweep()

    with pytest.raises(CaseNotYours):
        rescues.invite(chat, "rep02")


def test_a_tap_on_a_line_opens_no_window(rescues: Rescues, database: Database, chat: int, clock) -> None:
    clock.advance(45 * HOUR_S)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.last_customer_at = clock.now()
        grant(session, row.follower_id, Trigger.CLICK, clock.now())

    clock.advance(2 * HOUR_S)
    rescues.sweep()
    assert found(database) == [(Why.UNANSWERED, RescueState.OPEN)]

    clock.advance(HOUR_S)
    rescues.sweep()
    assert found(database) == [(Why.UNANSWERED, RescueState.LAPSED)]
    with database.reading() as session:
        assert session.scalars(select(Rescue.ends_at)).one() == MORNING + timedelta(hours=48)


def test_a_tap_in_the_last_hours_does_not_put_the_end_off(
    rescues: Rescues, database: Database, chat: int, clock
) -> None:
    clock.advance(47 * HOUR_S)
    rescues.sweep()
    change(database, chat, last_customer_at=clock.now())
    rescues.sweep()
    assert alerts(database) == [(AlertKind.WINDOW_CLOSING, AlertState.OPEN)]
    clock.advance(HOUR_S)

    rescues.sweep()

    assert found(database) == [(Why.UNANSWERED, RescueState.SPOKEN), (Why.UNANSWERED, RescueState.LAPSED)]
    assert alerts(database) == [(AlertKind.WINDOW_CLOSING, AlertState.CLOSED)]
    assert len(promised(database)) == 1
