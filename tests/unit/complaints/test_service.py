"""From a ticket to its end: numbers, people, clocks, and what the customer is told."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.clock import FixedClock, local
from bot.complaints.filing import file_complaint, opinion_lines, take_opinion
from bot.complaints.model import Complaint, ComplaintState, Opinion, ToldBy
from bot.complaints.service import Complaints
from bot.db import Database
from bot.delivery.model import Delivery
from bot.errors import (
    ComplaintStateConflict,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    SamePerson,
    SendRefused,
    WordingBlocked,
)
from bot.followups.model import Followup
from bot.handoff.model import Conversation
from bot.knowledge.edition import Kind
from bot.outbox import read_after
from config.settings import Settings
from tests.factories import MORNING, add_approved, add_rep, add_waiting, conversation_of, hear
from tests.product import UnderTest, make

DAY_S = 24 * 3600


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    return make(settings, database, clock)


@pytest.fixture
def complaints(product: UnderTest) -> Complaints:
    return product.bot.complaints


def filed(database: Database, number: int = 1, *, about: str | None = "rep01", text: str = "你们踢皮球") -> int:
    chat = add_waiting(database, number, skill="complaint")
    hear(database, chat, text)
    follower = conversation_of(database, chat).follower_id
    with database.transaction() as session:
        row, _ = file_complaint(
            session, follower_id=follower, conversation_id=chat, text=text, about_rep=about, now=MORNING
        )
        session.flush()
        return row.id


def complaint(database: Database, complaint_id: int) -> Complaint:
    with database.reading() as session:
        return session.get_one(Complaint, complaint_id)


def reminders(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Followup.reason).order_by(Followup.id)))


def test_tickets_of_a_day_are_numbered(database: Database) -> None:
    tickets = [complaint(database, filed(database, number)).ticket for number in (1, 2, 3)]

    assert tickets == ["TS202611240001", "TS202611240002", "TS202611240003"]


def test_a_new_complaint_runs_on_fifteen_days(database: Database) -> None:
    row = complaint(database, filed(database))

    assert (row.state, row.limit_days, row.due_on) == (ComplaintState.OPEN, 15, date(2026, 12, 9))


def test_somebody_whose_complaint_is_open_adds_to_it(database: Database) -> None:
    first = complaint(database, filed(database))
    with database.transaction() as session:
        again, is_new = file_complaint(
            session,
            follower_id=first.follower_id,
            conversation_id=first.conversation_id,
            text="还是没人管",
            about_rep=None,
            now=MORNING,
        )

    assert not is_new
    assert again.ticket == first.ticket
    assert "还是没人管" in complaint(database, first.id).text


def test_the_rep_complained_of_never_handles_it(complaints: Complaints, database: Database) -> None:
    one = filed(database, about="rep01")

    for act in (
        lambda: complaints.take(one, "rep01"),
        lambda: complaints.ask_extension(one, "rep01", "要查录音"),
        lambda: complaints.close(one, "rep01", "已处理", ToldBy.PHONE),
    ):
        with pytest.raises(NotAllowed):
            act()
    complaints.take(one, "rep02")

    assert complaint(database, one).handler == "rep02"


def test_the_database_itself_refuses_the_rep_complained_of(database: Database) -> None:
    one = filed(database, about="rep01")

    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(Complaint, one).handler = "rep01"


def test_the_chat_of_a_complaint_is_not_offered_to_the_rep_complained_of(
    product: UnderTest, database: Database
) -> None:
    one = filed(database, about="rep01")
    for name in ("rep01", "rep02"):
        add_rep(database, name, skills=("complaint",))
        product.bot.desk.routing.beat(name)
    chat = complaint(database, one).conversation_id

    product.bot.desk.routing.sweep()

    assert conversation_of(database, chat).rep == "rep02"


def test_the_rep_complained_of_cannot_take_the_chat_by_hand(product: UnderTest, database: Database) -> None:
    one = filed(database, about="rep01")
    add_rep(database, "rep01", skills=("complaint",))

    with pytest.raises(NotAllowed):
        product.bot.desk.accept(complaint(database, one).conversation_id, "rep01")


def test_more_time_needs_a_second_person_and_is_told(
    complaints: Complaints, product: UnderTest, database: Database
) -> None:
    one = filed(database)
    complaints.ask_extension(one, "rep02", "要调通话录音")
    assert complaint(database, one).limit_days == 15
    with pytest.raises(SamePerson):
        complaints.approve_extension(one, "rep02")

    is_told = complaints.approve_extension(one, "boss")

    row = complaint(database, one)
    said = product.fakes.wechat.sent[-1][1].text
    assert is_told
    assert (row.limit_days, row.due_on, row.extended_by) == (30, date(2026, 12, 24), "boss")
    assert "延长到12月24日" in said
    assert "要调通话录音" in said


def test_the_notices_say_what_was_approved_last(complaints: Complaints, product: UnderTest, database: Database) -> None:
    one = filed(database)
    for key, text in (
        ("complaint_extended", "延到{day}：{reason}（{ticket}）"),
        ("complaint_result", "办好了：{result}（{ticket}）"),
    ):
        seed = product.bot.knowledge.seeds[Kind.ANSWER, key]
        add_approved(product.bot.knowledge, replace(seed, body={"text": text}, effective_from=date(2026, 11, 1)))

    complaints.ask_extension(one, "rep02", "要调通话录音")
    complaints.approve_extension(one, "boss")
    complaints.close(one, "rep02", "已向您致歉", ToldBy.WECHAT)

    assert [told.text for _, told in product.fakes.wechat.sent] == [
        "延到12月24日：要调通话录音（TS202611240001）",
        "办好了：已向您致歉（TS202611240001）",
    ]


def test_an_extension_nobody_asked_for_cannot_be_approved(complaints: Complaints, database: Database) -> None:
    one = filed(database)

    with pytest.raises(ComplaintStateConflict):
        complaints.approve_extension(one, "boss")
    complaints.ask_extension(one, "rep02", "要调通话录音")
    complaints.approve_extension(one, "boss")
    with pytest.raises(ComplaintStateConflict):
        complaints.approve_extension(one, "boss")


def test_an_extension_that_cannot_be_sent_puts_a_call_on_the_list(
    complaints: Complaints, database: Database, clock: FixedClock
) -> None:
    one = filed(database)
    clock.advance(3 * DAY_S)
    complaints.ask_extension(one, "rep02", "要调通话录音")

    assert complaints.approve_extension(one, "boss") is False

    assert reminders(database) == ["投诉TS202611240001延长到12月24日，请电话告知客户"]


def test_it_is_closed_with_a_result_the_customer_got(
    complaints: Complaints, product: UnderTest, database: Database
) -> None:
    one = filed(database)

    complaints.close(one, "rep02", "已向您致歉，并重新培训", ToldBy.WECHAT)

    row = complaint(database, one)
    sent = product.fakes.wechat.sent[-1][1]
    assert (row.state, row.told_by, row.handler, row.closed_by) == (ComplaintState.CLOSED, "wechat", "rep02", "rep02")
    assert "已向您致歉" in sent.text
    assert [choice.text for choice in sent.choices] == ["满意", "不满意"]
    with pytest.raises(ComplaintStateConflict):
        complaints.close(one, "rep02", "又一次", ToldBy.PHONE)


def test_a_result_that_cannot_be_sent_leaves_it_open_until_somebody_phoned(
    complaints: Complaints, database: Database, clock: FixedClock
) -> None:
    one = filed(database)
    clock.advance(3 * DAY_S)

    with pytest.raises(SendRefused):
        complaints.close(one, "rep02", "已退费", ToldBy.WECHAT)
    assert complaint(database, one).state is ComplaintState.OPEN
    complaints.close(one, "rep02", "已退费，电话告知", ToldBy.PHONE)

    assert complaint(database, one).state is ComplaintState.CLOSED


def test_a_result_that_may_not_have_arrived_is_not_told_and_not_sent_twice(
    complaints: Complaints, product: UnderTest, database: Database
) -> None:
    one = filed(database)
    product.fakes.wechat.failures = [OutcomeUnknown()]

    for _ in range(2):
        with pytest.raises(SendRefused):
            complaints.close(one, "rep02", "已退费", ToldBy.WECHAT)

    with database.reading() as session:
        assert len(session.scalars(select(Delivery)).all()) == 1


def test_a_result_or_a_reason_that_breaks_the_wording_is_refused(complaints: Complaints, database: Database) -> None:
    one = filed(database)

    with pytest.raises(WordingBlocked):
        complaints.close(one, "rep02", "给您办最低利率", ToldBy.WECHAT)
    with pytest.raises(WordingBlocked):
        complaints.ask_extension(one, "rep02", "在走内部渠道")


def test_the_desk_is_reminded_on_day_ten_thirteen_and_fourteen_and_when_it_is_late(
    complaints: Complaints, database: Database, clock: FixedClock
) -> None:
    filed(database)
    given: dict[int, int] = {}

    for day in range(1, 19):
        clock.advance(DAY_S)
        given[day] = complaints.remind_due() + complaints.remind_due()

    assert [day for day, count in given.items() if count] == [10, 13, 14, 16]
    assert max(given.values()) == 1
    assert reminders(database)[1] == "投诉TS202611240001还剩2天，请给客户处理结果"
    assert reminders(database)[-1] == "投诉TS202611240001已超期1天，请给客户处理结果"
    with database.reading() as session:
        due = [event for event in read_after(session, 0) if event.type == "complaint.due"]
    assert [event.payload["days_left"] for event in due] == [5, 2, 1, -1]


@pytest.mark.parametrize(
    ("days", "hours", "due"),
    [
        # Friday, five past midnight, as the timer finds it: when the desk opens, and not missed before anybody came.
        (9, 14 + 1 / 12, "2026-12-04T09:00:00+08:00"),
        (9, 22 + 1 / 12, "2026-12-04T09:00:00+08:00"),
        (10, 1, "2026-12-04T11:00:00+08:00"),
        # Half past seven in the evening: on Monday.
        (10, 9.5, "2026-12-07T09:00:00+08:00"),
    ],
)
def test_a_reminder_is_due_while_the_desk_is_open(
    complaints: Complaints, database: Database, clock: FixedClock, days: int, hours: float, due: str
) -> None:
    filed(database)
    clock.advance(days * DAY_S + hours * 3600)

    assert complaints.remind_due() == 1

    with database.reading() as session:
        [reminder] = session.scalars(select(Followup))
    assert local(reminder.due_at).isoformat() == due


def test_an_extension_granted_in_the_evening_is_told_when_the_desk_opens(
    complaints: Complaints, database: Database, clock: FixedClock
) -> None:
    one = filed(database)
    clock.advance(3 * DAY_S + 9 * 3600)
    complaints.ask_extension(one, "rep02", "要调通话录音")

    assert complaints.approve_extension(one, "boss") is False

    with database.reading() as session:
        [call] = session.scalars(select(Followup))
    # Friday at seven in the evening: on Monday.
    assert local(call.due_at).isoformat() == "2026-11-30T09:00:00+08:00"


def test_after_an_extension_the_reminders_follow_the_new_clock(
    complaints: Complaints, database: Database, clock: FixedClock
) -> None:
    one = filed(database)
    clock.advance(10 * DAY_S)
    complaints.remind_due()
    complaints.ask_extension(one, "rep02", "要调通话录音")
    complaints.approve_extension(one, "boss")

    clock.advance(4 * DAY_S)
    assert complaints.remind_due() == 0
    clock.advance(11 * DAY_S)

    assert complaints.remind_due() == 1


def test_a_closed_complaint_reminds_nobody(complaints: Complaints, database: Database, clock: FixedClock) -> None:
    one = filed(database)
    complaints.close(one, "rep02", "已退费", ToldBy.PHONE)

    clock.advance(20 * DAY_S)

    assert complaints.remind_due() == 0


def test_the_customers_opinion_is_kept_once_and_a_no_leads_on(
    complaints: Complaints, product: UnderTest, database: Database
) -> None:
    one = filed(database)
    complaints.close(one, "rep02", "已退费", ToldBy.PHONE)
    follower = complaint(database, one).follower_id
    pleased, displeased = opinion_lines(one)

    with database.transaction() as session:
        sorry = take_opinion(session, follower, displeased.id, product.bot.content)
        take_opinion(session, follower, pleased.id, product.bot.content)

    assert sorry is not None
    assert "12378" in sorry.text
    assert complaint(database, one).opinion is Opinion.DISPLEASED


@pytest.mark.parametrize(
    "choice", [None, "complaint:x:pleased", "complaint:1:great", "rate:1:5", "complaint:99:pleased"]
)
def test_other_taps_are_no_opinion(product: UnderTest, database: Database, choice: str | None) -> None:
    one = filed(database)

    with database.transaction() as session:
        assert take_opinion(session, complaint(database, one).follower_id, choice, product.bot.content) is None


def test_an_opinion_about_somebody_elses_complaint_is_none(
    complaints: Complaints, product: UnderTest, database: Database
) -> None:
    one = filed(database)
    complaints.close(one, "rep02", "已退费", ToldBy.PHONE)

    with database.transaction() as session:
        assert take_opinion(session, 4711, opinion_lines(one)[0].id, product.bot.content) is None


def test_an_unknown_complaint_is_not_found(complaints: Complaints) -> None:
    with pytest.raises(NotFound):
        complaints.take(99, "rep02")


def test_complaint_rows_hang_on_their_conversation(database: Database) -> None:
    one = complaint(database, filed(database))

    with database.reading() as session:
        assert session.get_one(Conversation, one.conversation_id).skill == "complaint"
