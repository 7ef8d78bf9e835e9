"""Acts over HTTP beyond a rep's usual ones: assign, take over, return, close for somebody else, the wrap-up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.audit.model import AuditAct
from bot.clock import FixedClock
from bot.complaints.filing import file_complaint
from bot.customers.model import Follower
from bot.db import Database
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import get_locked, open_handoff, return_to_bot
from bot.messages import HandoffRequest
from bot.outbox import OutboxRow
from bot.reports.model import Ending, HandoffFact
from bot.staff.model import RepStatus, StaffMember
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.product import UnderTest
from tests.unit.api.conftest import Browser

ACTS = [
    ("assign", {"rep": "rep2"}),
    ("takeover", {}),
    ("return", {}),
    ("wrapped", {}),
]


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def boss(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


@pytest.fixture
def chat(database: Database, rep: Browser) -> int:
    """A chat the rep has, whose customer has just written."""
    found = add_waiting(database)
    hear(database, found)
    assert rep.post(f"/api/handoffs/{found}/accept").status_code == 200
    return found


@pytest.fixture
def present(database: Database, product: UnderTest) -> None:
    """A colleague who is on a break: he can be given a chat, not offered one."""
    assert product.bot.database is database
    with database.transaction() as session:
        session.get_one(StaffMember, "rep2").status = RepStatus.BREAK


def acts(database: Database) -> list[tuple[str, str, int | None, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(AuditAct).where(AuditAct.act != "conversation.read").order_by(AuditAct.id))
        return [(row.username, row.act.value, row.object_id, row.reason) for row in rows]


@pytest.mark.usefixtures("present")
def test_a_supervisor_gives_a_chat_to_somebody_else(boss: Browser, chat: int, database: Database) -> None:
    answer = boss.post(f"/api/handoffs/{chat}/assign", {"rep": "rep2", "note": "小周熟，电话13800138000"})

    row = conversation_of(database, chat)
    assert (answer.status_code, row.owner, row.rep) == (204, Owner.ACTIVE, "rep2")
    [(who, act, about, why)] = acts(database)
    assert (who, act, about) == ("supervisor", "conversation.assigned", chat)
    assert why is not None
    assert "13800138000" not in why


@pytest.mark.parametrize(
    ("to", "status", "code"),
    [("rep2", 409, "rep_absent"), ("marketer", 422, "invalid_input"), ("nobody", 422, "invalid_input")],
)
def test_a_chat_goes_to_nobody_who_is_not_there(
    boss: Browser, chat: int, database: Database, to: str, status: int, code: str
) -> None:
    answer = boss.post(f"/api/handoffs/{chat}/assign", {"rep": to})

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert (conversation_of(database, chat).rep, acts(database)) == ("rep", [])


def test_a_transfer_to_somebody_who_is_off_duty_is_refused(rep: Browser, chat: int, database: Database) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/transfer", {"rep": "rep2"})

    assert (answer.status_code, answer.json["code"]) == (409, "rep_absent")
    assert conversation_of(database, chat).rep == "rep"


def test_a_supervisor_takes_a_chat_over_within_his_room(boss: Browser, chat: int, database: Database) -> None:
    answer = boss.post(f"/api/handoffs/{chat}/takeover", {"note": "客户着急"})
    again = boss.post(f"/api/handoffs/{chat}/takeover", {"note": "客户着急"})

    assert (answer.status_code, answer.json["item"]["rep"]) == (200, "supervisor")
    assert again.status_code == 200
    assert acts(database) == [("supervisor", "conversation.taken_over", chat, "客户着急")]
    with database.transaction() as session:
        session.get_one(StaffMember, "supervisor").capacity = 1
    other = add_waiting(database, 2)
    full = boss.post(f"/api/handoffs/{other}/takeover", {})
    assert (full.status_code, full.json["code"]) == (409, "capacity_reached")


def test_a_rep_gives_his_chat_back_and_the_bot_goes_on_where_he_left(
    rep: Browser, chat: int, product: UnderTest, database: Database
) -> None:
    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": "key-00000001", "text": "您想贷多少额度？用多久？"})

    answer = rep.post(f"/api/handoffs/{chat}/return", {"note": "额度已查，卡号6222020200000000006"})

    row = conversation_of(database, chat)
    assert (answer.status_code, row.owner, row.rep, row.wished_rep) == (204, Owner.BOT, None, "rep")
    assert row.session["slots"] == {"returned": True, "skipped": ["amount", "term"]}
    assert "6222020200000000006" not in row.card["returned"]["note"]
    assert "智能客服" in product.fakes.wechat.sent[-1][1].text
    assert rep.post(f"/api/handoffs/{chat}/return", {}).status_code == 409


def test_a_rep_gives_back_only_his_own_and_a_supervisor_anybodys(
    boss: Browser, chat: int, signed_in: Callable[[str], Browser], database: Database
) -> None:
    stranger = signed_in("rep2").post(f"/api/handoffs/{chat}/return", {})
    assert (stranger.status_code, stranger.json["code"]) == (409, "case_not_yours")

    assert boss.post(f"/api/handoffs/{chat}/return", {"note": "误转"}).status_code == 204
    assert acts(database) == [("supervisor", "conversation.returned", chat, "误转")]


def close(browser: Browser, chat: int, **more: object) -> Any:
    return browser.post(f"/api/handoffs/{chat}/close", {"outcome": "unsolved", "note": "客户已在网点办完", **more})


def told(database: Database, kind: str) -> list[tuple[str, object, object]]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == kind).order_by(OutboxRow.id))
        return [(row.audience, row.payload["rep"], row.payload.get("by")) for row in rows]


def test_a_supervisor_closes_a_chat_of_somebody_else_with_a_reason(
    boss: Browser, rep: Browser, chat: int, product: UnderTest, database: Database
) -> None:
    answers = [close(boss, chat) for _ in range(2)]

    row = conversation_of(database, chat)
    assert [(one.status_code, one.json and one.json["code"]) for one in answers] == [
        (204, None),
        (409, "case_state_conflict"),
    ]
    assert (row.owner, row.rep, row.outcome, row.outcome_note) == (
        Owner.CLOSED,
        "rep",
        Outcome.UNSOLVED,
        "客户已在网点办完",
    )
    assert acts(database) == [("supervisor", "conversation.closed", chat, "客户已在网点办完")]
    assert told(database, "handoff.closed") == [("all", "rep", "supervisor")]
    [(_, asked)] = product.fakes.wechat.sent
    assert asked.choices[0].id == f"rate:{chat}:5"
    # What the supervisor said of it stands, and the rep has his room again at once.
    assert rep.write("PUT", f"/api/handoffs/{chat}/outcome", {"outcome": "solved"}).status_code == 409
    assert rep.get("/api/handoffs", state="wrapping").json["items"] == []


def test_a_supervisor_closes_a_chat_that_waits(boss: Browser, product: UnderTest, database: Database) -> None:
    waiting = add_waiting(database)
    hear(database, waiting)
    product.bot.desk.routing.wake(waiting)

    assert close(boss, waiting).status_code == 204

    row = conversation_of(database, waiting)
    assert (row.owner, row.rep, row.outcome) == (Owner.CLOSED, None, Outcome.UNSOLVED)
    assert acts(database) == [("supervisor", "conversation.closed", waiting, "客户已在网点办完")]
    assert product.fakes.queue.waiting("loan", 9) == []
    [(_, said)] = product.fakes.wechat.sent
    assert ("不用再排队" in said.text, said.choices) == (True, ()), "nobody served him, so there is nothing to rate"
    with database.reading() as session:
        assert session.scalars(select(HandoffFact.ending)).one() is Ending.DESK_CLOSED, "he did not give up"


def test_a_supervisor_closes_a_chat_that_is_offered_and_who_was_asked_is_told(
    boss: Browser, rep: Browser, product: UnderTest, database: Database
) -> None:
    offered = add_waiting(database)
    rep.write("PUT", "/api/me/status", {"status": "ready"})
    product.bot.desk.routing.wake(offered)
    assert conversation_of(database, offered).owner is Owner.OFFERED

    assert close(boss, offered).status_code == 204

    row = conversation_of(database, offered)
    assert (row.owner, row.rep, row.offer_expires_at) == (Owner.CLOSED, None, None)
    assert told(database, "handoff.offer_withdrawn") == [("rep", "rep", None)]
    assert told(database, "handoff.closed") == [("all", None, "supervisor")]


@pytest.mark.parametrize("note", ["", "  "])
def test_what_is_not_his_own_is_closed_only_with_a_reason(
    boss: Browser, chat: int, database: Database, note: str
) -> None:
    refused = close(boss, chat, note=note)

    assert (refused.status_code, refused.json["fields"]) == (422, {"places": ["note"]})
    assert (conversation_of(database, chat).owner, acts(database)) == (Owner.ACTIVE, [])
    boss.post(f"/api/handoffs/{chat}/takeover", {})
    assert close(boss, chat, note=note).status_code == 204


@pytest.mark.parametrize("is_served", [True, False])
def test_a_call_promised_so_is_the_reps_who_has_the_chat_or_the_desks(
    boss: Browser, rep: Browser, database: Database, is_served: bool
) -> None:
    chat = add_waiting(database)
    if is_served:
        rep.post(f"/api/handoffs/{chat}/accept")

    assert close(boss, chat, outcome="followup").status_code == 204

    with database.reading() as session:
        [promise] = session.scalars(select(Followup))
    assert (promise.owner, promise.reason) == ("rep" if is_served else None, "客户已在网点办完")


def test_a_complaint_about_the_supervisor_is_not_closed_by_him(boss: Browser, database: Database) -> None:
    waiting = add_waiting(database, skill="complaint")
    with database.transaction() as session:
        row = session.get_one(Conversation, waiting)
        file_complaint(
            session,
            follower_id=row.follower_id,
            conversation_id=row.id,
            text="主管态度差",
            about_rep="supervisor",
            now=MORNING,
        )

    refused = close(boss, waiting)

    assert (refused.status_code, refused.json["code"]) == (403, "not_allowed")
    assert (conversation_of(database, waiting).owner, acts(database)) == (Owner.QUEUED, [])


@pytest.mark.parametrize("how", ["transferred", "asked again"])
def test_what_a_rep_said_stays_readable_when_the_customer_stops_waiting_for_the_next_one(
    boss: Browser, rep: Browser, chat: int, clock: FixedClock, database: Database, how: str
) -> None:
    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": "key-00000001", "text": "我查一下"})
    clock.advance(60)
    if how == "transferred":
        rep.post(f"/api/handoffs/{chat}/transfer", {"skill": "ebank"})
    else:
        rep.post(f"/api/handoffs/{chat}/return", {})
        with database.transaction() as session:
            open_handoff(session, get_locked(session, chat), HandoffRequest("loan", "客户要人工"), {}, clock.now())

    clock.advance(60)
    with database.transaction() as session:
        return_to_bot(session, get_locked(session, chat), clock.now())

    shown = boss.get(f"/api/handoffs/{chat}")
    assert (shown.status_code, shown.json["item"]["owner"]) == (200, "bot")
    board = boss.get("/api/board").json["total"]
    assert (board["answered"], board["abandoned"]) == (1, 1)


def test_who_never_had_a_rep_leaves_nothing_to_the_desk(boss: Browser, clock: FixedClock, database: Database) -> None:
    waiting = add_waiting(database)

    with database.transaction() as session:
        return_to_bot(session, get_locked(session, waiting), clock.now())

    assert boss.get(f"/api/handoffs/{waiting}").status_code == 404


def test_a_closed_chat_is_wrapped_up_corrected_and_done_with(
    rep: Browser, chat: int, clock: FixedClock, database: Database
) -> None:
    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})
    assert [row["id"] for row in rep.get("/api/handoffs", state="wrapping", scope="mine").json["items"]] == [chat]

    for _ in range(2):
        changed = rep.write("PUT", f"/api/handoffs/{chat}/outcome", {"outcome": "followup", "note": "周五再联系"})
        assert changed.status_code == 204
    with database.reading() as session:
        assert [promise.owner for promise in session.scalars(select(Followup))] == ["rep"]
        row = session.get_one(Conversation, chat)
        assert (row.outcome, row.outcome_note) == (Outcome.FOLLOWUP, "周五再联系")

    assert [rep.post(f"/api/handoffs/{chat}/wrapped").status_code for _ in range(2)] == [204, 204]
    late = rep.write("PUT", f"/api/handoffs/{chat}/outcome", {"outcome": "solved"})
    assert (late.status_code, late.json["code"]) == (409, "case_state_conflict")
    assert rep.get("/api/handoffs", state="wrapping").json["items"] == []


def test_a_wrap_up_ends_by_itself_and_is_nobody_elses(
    rep: Browser, chat: int, clock: FixedClock, signed_in: Callable[[str], Browser], database: Database
) -> None:
    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})
    stranger = signed_in("rep2")

    assert stranger.post(f"/api/handoffs/{chat}/wrapped").status_code == 409
    assert stranger.write("PUT", f"/api/handoffs/{chat}/outcome", {"outcome": "solved"}).status_code == 409
    clock.advance(31)

    assert rep.get("/api/handoffs", state="wrapping").json["items"] == []
    assert rep.write("PUT", f"/api/handoffs/{chat}/outcome", {"outcome": "solved"}).status_code == 409


def test_by_when_a_word_is_due_is_shown_until_it_is_said(rep: Browser, chat: int, clock: FixedClock) -> None:
    def due() -> object:
        return rep.get(f"/api/handoffs/{chat}").json["item"]["reply_due_at"]

    assert due() == (clock.now() + timedelta(seconds=60)).isoformat().replace("+00:00", "Z")
    clock.advance(5)
    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": "key-00000001", "text": "您好"})
    assert due() is None


@pytest.mark.parametrize(("act", "body"), ACTS)
def test_what_never_came_to_the_desk_is_not_there(
    boss: Browser, database: Database, act: str, body: dict[str, str]
) -> None:
    with database.transaction() as session:
        follower = Follower(openid="o-bot", label="客户", first_seen_at=MORNING, last_seen_at=MORNING)
        session.add(follower)
        session.flush()
        row = Conversation(follower_id=follower.id, owner=Owner.BOT, opened_at=MORNING, card={}, session={})
        session.add(row)
        session.flush()
        bots = row.id

    assert boss.post(f"/api/handoffs/{bots}/{act}", body).status_code == 404
    assert boss.post(f"/api/handoffs/4242/{act}", body).status_code == 404
