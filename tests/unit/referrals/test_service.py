"""A referral from the centre to a branch and back, late ones, and whose it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.alerts.model import Alert, AlertKind, AlertState
from bot.bootstrap import Bot
from bot.clock import FixedClock, local
from bot.customers.consents import Proof, keep_word
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.errors import InvalidInput, NotFound, ReferralStateConflict
from bot.followups.model import Followup
from bot.outbox import OutboxRow
from bot.referrals.model import Referral, ReferralReason, ReferralState
from bot.referrals.sending import Asked, Origin
from bot.referrals.service import BranchPerson
from bot.staff.model import Role
from bot.staff.service import NewStaff, add_missing
from config.settings import Settings
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.product import UnderTest, make

OURS, THEIRS = "鼓楼支行", "历下支行"
ZHANG = BranchPerson("zhang", "张经理", OURS)
ZHAO = BranchPerson("zhao", "赵经理", THEIRS)
ASKED = Asked(OURS, ReferralReason.SIGN_UP, "代发没有签约，请上门办理")


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    people = [NewStaff(one.username, one.name, Role.BRANCH, branch=one.branch) for one in (ZHANG, ZHAO)]
    with database.transaction() as session:
        add_missing(session, people, "x")
    return make(settings, database, clock)


@pytest.fixture
def bot(product: UnderTest) -> Bot:
    return product.bot


@pytest.fixture
def chat(database: Database) -> int:
    found = add_waiting(database)
    hear(database, found, "发工资失败了")
    return found


@pytest.fixture
def refer(bot: Bot, database: Database, chat: int) -> Callable[[], int]:
    def send(asked: Asked = ASKED) -> int:
        return bot.referrals.send(conversation_of(database, chat).follower_id, Origin(chat), asked, "rep").id

    return send


def found(database: Database, referral_id: int) -> Referral:
    with database.reading() as session:
        return session.get_one(Referral, referral_id)


def tasks(database: Database) -> list[Followup]:
    with database.reading() as session:
        return list(session.scalars(select(Followup)))


def test_it_has_one_working_day_and_is_sent_once(database: Database, refer: Callable[..., int]) -> None:
    one = refer()

    assert refer() == one
    row = found(database, one)
    assert (row.state, row.due_at, row.number) == (ReferralState.SENT, MORNING + timedelta(days=1), "ZJ20261124N00001")


def test_a_branch_where_nobody_would_read_it_is_refused(refer: Callable[..., int]) -> None:
    with pytest.raises(InvalidInput):
        refer(replace(ASKED, branch="月球支行"))


def test_another_branch_does_not_get_what_one_has(refer: Callable[..., int]) -> None:
    refer()

    with pytest.raises(ReferralStateConflict):
        refer(replace(ASKED, branch=THEIRS))


def test_the_customer_hears_who_took_it_up_and_until_when(
    product: UnderTest, database: Database, refer: Callable[..., int], chat: int
) -> None:
    with database.transaction() as session:
        session.get_one(Follower, conversation_of(database, chat).follower_id).branch = OURS
    one = refer()

    assert product.bot.referrals.accept(one, ZHANG)
    assert product.bot.referrals.accept(one, ZHANG)

    (sent,) = product.fakes.wechat.sent
    assert sent[1].text.startswith("您的事已由开户网点张经理跟进，今天17:00前联系您。")
    assert (found(database, one).state, tasks(database)) == (ReferralState.ACCEPTED, [])


def test_a_branch_that_is_not_his_own_is_named(product: UnderTest, refer: Callable[..., int]) -> None:
    product.bot.referrals.accept(refer(), ZHANG)

    assert "已由鼓楼支行张经理跟进" in product.fakes.wechat.sent[0][1].text


def test_with_the_window_shut_the_rep_has_to_phone(
    product: UnderTest, database: Database, clock: FixedClock, refer: Callable[..., int]
) -> None:
    one = refer()
    clock.advance(49 * 3600)

    assert not product.bot.referrals.accept(one, ZHANG)

    (task,) = tasks(database)
    assert (task.owner, product.fakes.wechat.sent) == ("rep", [])
    assert "请电话告知" in task.reason


def test_who_refused_notices_is_phoned(product: UnderTest, database: Database, refer: Callable[..., int]) -> None:
    one = refer()
    with database.transaction() as session:
        follower = session.get_one(Follower, found(database, one).follower_id)
        keep_word(session, follower, Purpose.SERVICE, MORNING, MORNING, Proof("chat", "v1", "p"), granted=False)

    assert not product.bot.referrals.accept(one, ZHANG)
    assert product.fakes.wechat.sent == []


def test_another_branch_does_not_know_of_it(bot: Bot, refer: Callable[..., int]) -> None:
    one = refer()

    for act in (
        lambda: bot.referrals.accept(one, ZHAO),
        lambda: bot.referrals.answer(one, ZHAO, "办了"),
        lambda: bot.referrals.give_back(one, ZHAO, "不归我们"),
        lambda: bot.referrals.close(one, ZHAO.username, ZHAO.branch),
    ):
        with pytest.raises(NotFound):
            act()


def test_it_is_answered_and_closed(bot: Bot, database: Database, refer: Callable[..., int]) -> None:
    one = refer()
    with pytest.raises(ReferralStateConflict):
        bot.referrals.answer(one, ZHANG, "太早")
    bot.referrals.accept(one, ZHANG)

    bot.referrals.answer(one, ZHANG, "已上门签约")
    bot.referrals.answer(one, ZHANG, "已上门签约")
    bot.referrals.close(one, ZHANG.username, OURS)
    bot.referrals.close(one, ZHANG.username, OURS)

    row = found(database, one)
    assert (row.state, row.answer, row.closed_by) == (ReferralState.CLOSED, "已上门签约", "zhang")


def test_what_comes_back_is_a_task_and_goes_to_another_branch(
    bot: Bot, database: Database, refer: Callable[..., int]
) -> None:
    one = refer()
    bot.referrals.give_back(one, ZHANG, "客户不在我行开户")
    bot.referrals.give_back(one, ZHANG, "客户不在我行开户")

    assert [(task.owner, "退回：客户不在我行开户" in task.reason) for task in tasks(database)] == [("rep", True)]
    with pytest.raises(ReferralStateConflict):
        bot.referrals.close(one, ZHANG.username, OURS)

    bot.referrals.send_again(one, THEIRS, "请接手", "rep2")
    bot.referrals.send_again(one, THEIRS, "请接手", "rep2")
    row = found(database, one)
    assert (row.state, row.branch, row.sent_by) == (ReferralState.SENT, THEIRS, "rep2")


def test_what_comes_back_in_the_evening_is_a_task_of_the_next_morning(
    bot: Bot, database: Database, clock: FixedClock, refer: Callable[..., int]
) -> None:
    one = refer()
    clock.advance(7 * 3600)

    bot.referrals.give_back(one, ZHANG, "客户不在我行开户")

    assert [local(task.due_at).isoformat() for task in tasks(database)] == ["2026-11-25T09:00:00+08:00"]


def test_the_centre_ends_what_came_back(bot: Bot, database: Database, refer: Callable[..., int]) -> None:
    one = refer()
    bot.referrals.give_back(one, ZHANG, "客户不需要了")

    bot.referrals.close(one, "rep", None)

    assert found(database, one).state is ReferralState.CLOSED


def test_a_step_past_its_time_is_told_once_and_the_alert_ends_with_it(
    bot: Bot, database: Database, clock: FixedClock, refer: Callable[..., int]
) -> None:
    one = refer()
    assert bot.referrals.raise_late() == 0
    clock.advance(24 * 3600 + 1)

    assert (bot.referrals.raise_late(), bot.referrals.raise_late()) == (1, 0)

    with database.reading() as session:
        (alert,) = session.scalars(select(Alert))
        events = list(session.scalars(select(OutboxRow.type)))
    assert (alert.kind, alert.key, alert.state) == (AlertKind.REFERRAL_LATE, str(one), AlertState.OPEN)
    assert "referral.late" in events
    bot.referrals.accept(one, ZHANG)
    with database.reading() as session:
        assert session.get_one(Alert, alert.id).state is AlertState.CLOSED
