"""What is kept, held, sealed, erased and written down: on SQLite and PostgreSQL alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.audit.model import Act, AuditAct
from bot.audit.service import Doer, Thing, note
from bot.clock import FixedClock
from bot.customers.consents import Proof, keep_word
from bot.customers.model import BankFact, Consent, Follower
from bot.customers.rules import Purpose
from bot.customers.service import follow, unfollow
from bot.db import Base, Database
from bot.delivery.model import Allowance, Trigger
from bot.delivery.service import grant
from bot.errors import NotFound, RequestStateConflict, SamePerson
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Owner
from bot.inbox import Inbox, InboxRow, RowState
from bot.learning.model import Lesson, LessonState, Parse
from bot.learning.service import Learning, Utterance
from bot.privacy.model import DataRequest, LegalHold, PurgeReport, RequestKind, RequestState, SealedRecord
from bot.privacy.purge import BATCH, Purge
from bot.privacy.queries import reports_of
from bot.privacy.service import DUE_AFTER, DataRequests, open_request
from bot.staff.model import ConsoleSession
from bot.transcripts.model import Line
from config.retention import load_retention
from tests.factories import MORNING, add_follower, add_parse, add_waiting, conversation_of
from tests.product import text_message
from tests.unit.privacy.people import BOSS, FIRM_NAME, NAME, PHONE, add_chat, add_customer, add_everything

A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=365)
ANOTHER = Doer("supervisor2", "request-2")
SECRETS = (PHONE, NAME, FIRM_NAME)


@pytest.fixture
def purge(both_databases: Database, clock: FixedClock) -> Purge:
    return Purge(both_databases, clock, load_retention(), machine=clock)


@pytest.fixture
def requests(both_databases: Database, clock: FixedClock) -> DataRequests:
    return DataRequests(both_databases, clock, load_retention())


@pytest.fixture
def ask(both_databases: Database) -> Callable[[int, RequestKind], int]:
    """A follower asks; the request's id."""

    def open_one(follower_id: int, kind: RequestKind) -> int:
        with both_databases.transaction() as session:
            return open_request(session, follower_id, kind, MORNING).id

    return open_one


def count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def run_at(purge: Purge, after: timedelta) -> dict[str, PurgeReport]:
    """One night's purge; its reports by class."""
    assert isinstance(purge.clock, FixedClock)
    purge.clock.at = MORNING + after
    purge.run()
    with purge.database.reading() as session:
        return {one.data_class: one for one in reports_of(session, (MORNING + after).date())}


def hold(database: Database, follower_id: int) -> None:
    with database.transaction() as session:
        session.add(LegalHold(follower_id=follower_id, reason="法院", set_by="boss", set_at=MORNING))


# ---- the purge -----------------------------------------------------------------------------------------------------


def test_answered_pushes_go_after_three_days_parked_after_thirty_and_unfinished_ones_stay(
    both_databases: Database, purge: Purge, clock: FixedClock
) -> None:
    inbox = Inbox(both_databases)
    for number in range(3):
        inbox.accept(text_message(clock, "你好", number=number, follower=f"o-{number}"), "plain", clock.now(), A_DAY)
    with both_databases.transaction() as session:
        rows = session.scalars(select(InboxRow).order_by(InboxRow.id))
        for row, state in zip(rows, (RowState.DONE, RowState.PARKED, RowState.NEW), strict=True):
            row.state = state

    left = []
    for days in (3, 4, 30, 31):
        run_at(purge, days * A_DAY)
        with both_databases.reading() as session:
            left.append(set(session.scalars(select(InboxRow.state))))

    assert left[0] == {RowState.DONE, RowState.PARKED, RowState.NEW}
    assert left[1] == left[2] == {RowState.PARKED, RowState.NEW}
    assert left[3] == {RowState.NEW}


def test_a_class_goes_in_batches_however_many_there_are(both_databases: Database, purge: Purge) -> None:
    follower = add_follower(both_databases)
    with both_databases.transaction() as session:
        grant(session, follower, Trigger.MESSAGE, MORNING)
        for _ in range(2 * BATCH + 1):
            row = Allowance(
                follower_id=follower, trigger=Trigger.CLICK, granted_at=MORNING, expires_at=MORNING, total=3
            )
            session.add(row)
        session.add(
            ConsoleSession(
                token_hash="h", username="rep", csrf_token="c", created_at=MORNING, last_seen_at=MORNING + 4 * A_DAY
            )
        )

    report = run_at(purge, 4 * A_DAY)["allowances"]

    assert (report.counted, report.removed, report.held) == (2 * BATCH + 1, 2 * BATCH + 1, 0)
    assert report.finished_at is not None
    assert (count(both_databases, Allowance), count(both_databases, ConsoleSession)) == (1, 1)


def test_who_is_signed_in_stays_so_while_a_demo_moves_the_clock(both_databases: Database, purge: Purge) -> None:
    machine = FixedClock(MORNING + timedelta(hours=1))
    demo = replace(purge, machine=machine)
    with both_databases.transaction() as session:
        session.add(
            ConsoleSession(token_hash="h", username="rep", csrf_token="c", created_at=MORNING, last_seen_at=MORNING)
        )

    run_at(demo, 3 * A_DAY)
    assert count(both_databases, ConsoleSession) == 1

    machine.at = MORNING + 2 * A_DAY
    run_at(demo, 4 * A_DAY)
    assert count(both_databases, ConsoleSession) == 0


def test_a_night_is_worked_once_and_a_second_run_finds_nothing_to_do(both_databases: Database, purge: Purge) -> None:
    first = run_at(purge, 4 * A_DAY)
    again = purge.run()
    next_day = run_at(purge, 5 * A_DAY)

    assert again == 0
    assert len(first) == len(next_day) == len(purge.retention.classes)
    assert count(both_databases, PurgeReport) == 2 * len(purge.retention.classes)


def test_a_night_begins_at_two_in_the_morning(both_databases: Database, purge: Purge, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=15, minutes=59).total_seconds())
    purge.run()
    assert count(both_databases, PurgeReport) == 0

    clock.advance(60)
    purge.run()

    with both_databases.reading() as session:
        assert len(reports_of(session, date(2026, 11, 25))) == len(purge.retention.classes)


def test_a_purge_that_died_is_taken_up_after_an_hour_and_counts_nothing_twice(
    both_databases: Database, purge: Purge
) -> None:
    follower = add_customer(both_databases)
    with both_databases.transaction() as session:
        for _ in range(3):
            row = Allowance(
                follower_id=follower, trigger=Trigger.CLICK, granted_at=MORNING, expires_at=MORNING, total=3
            )
            session.add(row)
    night = MORNING + 10 * A_DAY
    with both_databases.transaction() as session:
        # Two rows went before it died.
        dead = PurgeReport(run_on=night.date(), data_class="allowances", started_at=night, removed=2)
        session.add(dead)

    early = run_at(purge, 10 * A_DAY + timedelta(minutes=59))["allowances"]
    late = run_at(purge, 10 * A_DAY + timedelta(minutes=61))["allowances"]

    assert (early.finished_at, early.removed) == (None, 2)
    assert (late.counted, late.removed) == (5, 5)
    assert late.finished_at is not None


def test_nothing_of_a_held_customer_is_removed_and_the_report_says_so(both_databases: Database, purge: Purge) -> None:
    held, free = add_customer(both_databases), add_customer(both_databases, "o-free")
    for follower in (held, free):
        add_chat(both_databases, follower, "你好", with_people=False)
    hold(both_databases, held)

    reports = run_at(purge, 5 * A_YEAR + 2 * A_DAY)

    chats = reports["chats_with_bot"]
    assert (chats.counted, chats.removed, chats.held) == (2, 1, 1)
    assert (reports["conversations_with_bot"].removed, reports["conversations_with_bot"].held) == (1, 1)
    with both_databases.transaction() as session:
        assert session.scalars(select(Conversation.follower_id)).all() == [held]
        session.execute(update(LegalHold).values(lifted_at=MORNING, lifted_by="boss"))
    assert run_at(purge, 5 * A_YEAR + 3 * A_DAY)["chats_with_bot"].removed == 1


def test_what_a_younger_row_still_points_at_waits_for_it(both_databases: Database, purge: Purge) -> None:
    follower = add_customer(both_databases)
    chat = add_chat(both_databases, follower, "旧话", with_people=True)
    with both_databases.transaction() as session:
        session.add(
            Followup(
                follower_id=follower,
                conversation_id=chat,
                skill="loan",
                reason="回访",
                due_at=MORNING + A_YEAR,
                created_at=MORNING,
            )
        )

    five = run_at(purge, 5 * A_YEAR + 2 * A_DAY)["conversations_with_people"]
    six = run_at(purge, 6 * A_YEAR + 4 * A_DAY)["conversations_with_people"]

    assert (five.counted, five.removed, five.held) == (1, 0, 0)
    assert six.removed == 1
    assert count(both_databases, Conversation) == 0


def test_who_left_is_sealed_after_a_year_and_gone_after_ten(both_databases: Database, purge: Purge) -> None:
    left, stays = add_customer(both_databases), add_customer(both_databases, "o-stays")
    with both_databases.transaction() as session:
        session.get_one(Follower, left).is_following = False

    report = run_at(purge, A_YEAR + A_DAY)["identity"]

    assert (report.counted, report.removed) == (1, 1)
    with both_databases.reading() as session:
        row, kept = session.get_one(Follower, left), session.scalars(select(SealedRecord)).one()
        assert (row.phone, row.contact, row.firm_name, row.identity_level) == (None, None, None, 1)
        assert (kept.follower_id, kept.content["contact"], kept.content["phone"]) == (left, NAME, PHONE)
        assert kept.until == MORNING + timedelta(days=3650)
        assert session.get_one(Follower, stays).contact == NAME
    assert run_at(purge, A_YEAR + 2 * A_DAY)["identity"].counted == 0

    run_at(purge, timedelta(days=3651))
    assert count(both_databases, SealedRecord) == 0


def test_a_stranger_who_left_loses_his_phone_after_a_year(both_databases: Database, purge: Purge) -> None:
    follower = add_follower(both_databases)
    with both_databases.transaction() as session:
        row = session.get_one(Follower, follower)
        row.phone, row.is_following = PHONE, False

    assert run_at(purge, A_YEAR + A_DAY)["contact"].removed == 1
    assert run_at(purge, A_YEAR + 2 * A_DAY)["contact"].counted == 0
    with both_databases.reading() as session:
        assert session.get_one(Follower, follower).phone is None


def test_proofs_of_consent_are_kept_three_years_from_the_day_he_left(both_databases: Database, purge: Purge) -> None:
    left, back = add_follower(both_databases), add_follower(both_databases, "o-back")
    ended = MORNING + 4 * A_YEAR
    with both_databases.transaction() as session:
        for follower_id in (left, back):
            follower = session.get_one(Follower, follower_id)
            proof = Proof("bank_page", "2026-11", f"evt{follower_id}")
            keep_word(session, follower, Purpose.MARKETING, MORNING, MORNING, proof, granted=True)
            unfollow(follower, ended)
        follow(session.get_one(Follower, back), None)

    reports = [run_at(purge, 4 * A_YEAR + days * A_DAY)["consents"] for days in (0, 1095, 1096)]

    assert [(one.counted, one.removed) for one in reports] == [(0, 0), (0, 0), (1, 1)]
    with both_databases.reading() as session:
        assert session.scalars(select(Consent.follower_id)).all() == [back]


def test_a_word_after_he_left_is_kept_three_years_from_that_word(both_databases: Database, purge: Purge) -> None:
    follower_id = add_follower(both_databases)
    later = MORNING + 2 * A_YEAR
    with both_databases.transaction() as session:
        follower = session.get_one(Follower, follower_id)
        unfollow(follower, MORNING)
        proof = Proof("bank_page", "2026-11", "evt1")
        keep_word(session, follower, Purpose.MARKETING, later, later, proof, granted=False)

    assert [run_at(purge, years * A_YEAR + A_DAY)["consents"].removed for years in (3, 4, 5)] == [0, 0, 1]


def add_lesson(database: Database, follower_id: int, state: LessonState) -> int:
    """A sentence of his in this state, whose parse is gone; its id."""
    chat = add_chat(database, follower_id, "你好", with_people=False)
    parse = add_parse(database, chat, f"那个单子{state}")
    learning = Learning(database, FixedClock(MORNING), lambda _: True)
    lesson_id = learning.propose("ann", "e_receipt", [Utterance(parse, "那个单子")])[0].id
    with database.transaction() as session:
        lesson = session.get_one(Lesson, lesson_id)
        lesson.state, lesson.reviewed_by, lesson.reviewed_at, lesson.settled_at = state, "ben", MORNING, MORNING
        session.execute(delete(Parse).where(Parse.id == parse))
    return lesson_id


@pytest.mark.parametrize("state", LessonState)
def test_a_sentence_to_learn_goes_after_half_a_year_in_whatever_state(
    both_databases: Database, purge: Purge, state: LessonState
) -> None:
    add_lesson(both_databases, add_customer(both_databases), state)

    left = []
    for days in (180, 181):
        run_at(purge, days * A_DAY)
        left.append(count(both_databases, Lesson))

    assert left == [1, 0]


@pytest.mark.parametrize("state", LessonState)
def test_a_sentence_to_learn_is_his_when_its_parse_is_gone_and_goes_with_the_rest(
    both_databases: Database, requests: DataRequests, ask, state: LessonState
) -> None:
    follower, other = add_customer(both_databases), add_customer(both_databases, "o-other")
    add_lesson(both_databases, follower, state)
    others = add_lesson(both_databases, other, LessonState.WITHDRAWN)

    _, held = requests.finish(ask(follower, RequestKind.DELETE), BOSS)

    assert [row["说法"] for one in held if one.label == "学习项" for row in one.rows] == ["那个单子"]
    with both_databases.reading() as session:
        assert session.scalars(select(Lesson.id)).all() == [others]


# ---- requests ------------------------------------------------------------------------------------------------------


def test_a_request_is_due_in_fifteen_days_and_a_repeat_is_the_same(both_databases: Database, ask) -> None:
    follower = add_customer(both_databases)

    first, again = ask(follower, RequestKind.EXPORT), ask(follower, RequestKind.EXPORT)

    assert first == again != ask(follower, RequestKind.DELETE)
    with both_databases.reading() as session:
        row = session.get_one(DataRequest, first)
        assert (row.due_at, row.number) == (MORNING + DUE_AFTER, f"SQ20261124N{first:05d}")


def test_the_table_itself_keeps_one_open_request_of_a_kind(both_databases: Database, ask) -> None:
    follower = add_customer(both_databases)
    ask(follower, RequestKind.SHOW)

    twin = DataRequest(follower_id=follower, kind=RequestKind.SHOW, created_at=MORNING, due_at=MORNING)
    with pytest.raises(IntegrityError), both_databases.transaction() as session:
        session.add(twin)


def test_an_export_holds_every_table_of_his_and_nothing_of_others_and_is_written_down(
    both_databases: Database, requests: DataRequests, ask
) -> None:
    follower = add_everything(both_databases)
    add_chat(both_databases, add_customer(both_databases, "o-other"), "别人的话", with_people=False)
    asked = ask(follower, RequestKind.EXPORT)

    row, held = requests.export(asked, BOSS, "客户申请导出")

    assert row.state is RequestState.OPEN
    found = {one.label: one for one in held}
    assert {"客户资料", "会话", "聊天记录", "发给您的消息", "收到的微信推送", "回访", "办理结果", "识别记录"} <= set(
        found
    )
    assert found["客户资料"].rows[0]["联系人"] == NAME
    assert found["客户资料"].rows[0]["首次关注"] == "2026-11-24 10:00:00"
    assert [line["内容"] for line in found["聊天记录"].rows] == [f"我叫{NAME}", f"电话{PHONE}", "回单在哪"]
    assert "别人的话" not in str(held)
    with both_databases.reading() as session:
        act = session.scalars(select(AuditAct)).one()
        assert (act.username, act.act, act.object_kind, act.object_id) == (
            "supervisor",
            Act.DATA_EXPORTED,
            "data_request",
            asked,
        )
        assert (act.follower_id, act.reason, act.request_id) == (follower, "客户申请导出", "request-1")


def test_a_deletion_erases_what_may_go_seals_what_must_stay_and_keeps_a_proof(
    both_databases: Database, requests: DataRequests, ask
) -> None:
    follower = add_everything(both_databases)
    other = add_customer(both_databases, "o-other")
    add_chat(both_databases, other, "别人的话", with_people=True)

    row, held = requests.finish(ask(follower, RequestKind.DELETE), BOSS)

    assert row.state is RequestState.DONE
    assert row.proof is not None
    assert row.proof["held"] == {one.label: one.count for one in held}
    classes = row.proof["classes"]
    assert classes["chats_with_bot"] == {"erased": 2, "sealed": 0}
    assert classes["chats_with_people"] == {"erased": 0, "sealed": 1}
    assert classes["identity"] == {"erased": 0, "sealed": 1}
    assert classes["loan_and_account_facts"] == {"erased": 0, "sealed": 1}
    assert set(classes) >= {"parses", "pushes", "followups", "deliveries", "conversations_with_bot"}
    with both_databases.reading() as session:
        he = session.get_one(Follower, follower)
        assert (he.phone, he.contact, he.firm_name, he.firm_id, he.identity_level) == (None, None, None, None, 1)
        assert he.erased_at == he.opted_out_at == MORNING
        assert [line.text for line in session.scalars(select(Line))] == ["别人的话"]
        mine = Conversation.follower_id == follower
        assert [(c.card, c.session, c.outcome_note) for c in session.scalars(select(Conversation).where(mine))] == [
            ({}, {}, None)
        ] * 2
        assert session.scalars(select(Parse)).all() == []
        assert session.scalars(select(InboxRow)).all() == []
        # The figure of drawdowns counts on; whose it was is sealed.
        assert session.scalars(select(BankFact)).one().follower_id is None
        sealed = {one.data_class: one for one in session.scalars(select(SealedRecord))}
        assert sealed["identity"].content["contact"] == NAME
        assert sealed["chats_with_people"].content["text"] == f"电话{PHONE}"
        assert sealed["chats_with_people"].until == MORNING + 5 * A_YEAR
        assert session.get_one(Follower, other).contact == NAME
        assert Act.DATA_ERASED in session.scalars(select(AuditAct.act)).all()


def test_a_second_deletion_seals_no_empty_rows(both_databases: Database, requests: DataRequests, ask) -> None:
    follower = add_everything(both_databases)
    requests.finish(ask(follower, RequestKind.DELETE), BOSS)
    before = count(both_databases, SealedRecord)

    row, _ = requests.finish(ask(follower, RequestKind.DELETE), BOSS)

    assert row.proof is not None
    assert row.proof["classes"] == {}
    assert count(both_databases, SealedRecord) == before


def test_a_chat_with_the_bot_ends_with_the_deletion(both_databases: Database, requests: DataRequests, ask) -> None:
    chat = add_waiting(both_databases)
    with both_databases.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.queued_at, row.session = Owner.BOT, None, {"slots": {"phone": PHONE}}
        follower = row.follower_id

    requests.finish(ask(follower, RequestKind.DELETE), BOSS)

    row = conversation_of(both_databases, chat)
    assert (row.owner, row.session, row.closed_at) == (Owner.CLOSED, {}, MORNING)


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE])
def test_nothing_is_erased_under_a_chat_with_people(
    both_databases: Database, requests: DataRequests, ask, owner: Owner
) -> None:
    chat = add_waiting(both_databases)
    with both_databases.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, follower = owner, row.follower_id

    with pytest.raises(RequestStateConflict) as refused:
        requests.finish(ask(follower, RequestKind.DELETE), BOSS)

    assert refused.value.fields == {"state": "in_chat"}


def test_nothing_of_a_held_customer_is_erased_until_the_hold_is_lifted(
    both_databases: Database, requests: DataRequests, ask
) -> None:
    follower = add_everything(both_databases)
    with both_databases.reading() as session:
        chat = session.scalars(select(Conversation.id)).first()
    assert chat is not None
    held = requests.hold(chat, BOSS, f"法院调取{PHONE}")
    asked = ask(follower, RequestKind.DELETE)

    with pytest.raises(RequestStateConflict) as refused:
        requests.finish(asked, BOSS)
    with pytest.raises(RequestStateConflict):
        requests.hold(chat, BOSS, "再留一次")
    with pytest.raises(SamePerson):
        requests.lift(held.id, BOSS, "案件已结")
    requests.lift(held.id, ANOTHER, "案件已结")
    requests.lift(held.id, ANOTHER, "案件已结")
    requests.finish(asked, BOSS)

    assert refused.value.fields == {"state": "held"}
    with both_databases.reading() as session:
        assert session.get_one(LegalHold, held.id).reason == "法院调取[已屏蔽]"
        acts = session.scalars(select(AuditAct.act).order_by(AuditAct.id)).all()
        assert acts == [Act.HOLD_SET, Act.HOLD_LIFTED, Act.DATA_ERASED]


def test_what_is_handled_is_not_handled_again(both_databases: Database, requests: DataRequests, ask) -> None:
    asked = ask(add_customer(both_databases), RequestKind.SHOW)
    requests.refuse(asked, BOSS, f"不是本人，电话{PHONE}")

    for act in (
        lambda: requests.finish(asked, BOSS),
        lambda: requests.refuse(asked, BOSS, "再来一次"),
        lambda: requests.export(asked, BOSS, "再来一次"),
    ):
        with pytest.raises(RequestStateConflict):
            act()

    with both_databases.reading() as session:
        assert session.get_one(DataRequest, asked).note == "不是本人，电话[已屏蔽]"


def test_unknown_requests_chats_and_holds_are_not_found(requests: DataRequests) -> None:
    for act in (
        lambda: requests.finish(4242, BOSS),
        lambda: requests.hold(4242, BOSS, "法院调取"),
        lambda: requests.lift(4242, BOSS, "案件已结"),
    ):
        with pytest.raises(NotFound):
            act()


# ---- acts ----------------------------------------------------------------------------------------------------------


def test_acts_are_neither_changed_nor_deleted(both_databases: Database) -> None:
    with both_databases.transaction() as session:
        note(session, MORNING, BOSS, Act.DATA_EXPORTED, Thing("data_request", 1, 2), "原因写在这里")

    with pytest.raises(IntegrityError), both_databases.transaction() as session:
        session.execute(update(AuditAct).values(username="nobody"))
    with pytest.raises(IntegrityError), both_databases.transaction() as session:
        session.execute(delete(AuditAct))

    assert count(both_databases, AuditAct) == 1


def test_acts_may_be_sealed_anew_and_go_when_their_time_is_over(both_databases: Database, purge: Purge) -> None:
    with both_databases.transaction() as session:
        note(session, MORNING - timedelta(days=5000), BOSS, Act.DATA_EXPORTED, Thing("data_request", 1, 2), "老的原因")
        note(session, MORNING, BOSS, Act.DATA_EXPORTED, Thing("data_request", 1, 2), "新的原因")
    with both_databases.transaction() as session:
        for row in session.scalars(select(AuditAct)):
            row.reason = f"{row.reason}！"

    assert run_at(purge, A_DAY)["audit"].removed == 1

    with both_databases.reading() as session:
        assert session.scalars(select(AuditAct.reason)).all() == ["新的原因！"]
        assert "新的" not in str(session.scalar(text("SELECT reason FROM audit_acts")))
