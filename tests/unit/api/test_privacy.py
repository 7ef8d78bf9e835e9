"""Who may see whose data over HTTP: the scope of reps, unmasking, acts, data requests, holds, keeping times."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.clock import FixedClock
from bot.customers.consents import standing_of
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.model import Trigger
from bot.delivery.service import grant
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Owner
from bot.privacy.model import RequestKind
from bot.privacy.service import open_request
from bot.staff.model import StaffMember
from tests.factories import MORNING, add_parse, add_waiting, conversation_of, hear
from tests.product import UnderTest
from tests.unit.api.conftest import Browser
from tests.unit.api.test_followups import add_promise
from tests.unit.privacy.people import FIRM_NAME, NAME, PHONE, add_everything

REASON = "核对回电号码"


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def colleague(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep2")


@pytest.fixture
def boss(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


def add_chat(database: Database, number: int, **columns: Any) -> int:
    """A chat of a customer whose phone and name are known; `columns` are of the conversation."""
    chat = add_waiting(database, number)
    hear(database, chat, "在吗")
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        for name, value in columns.items():
            setattr(row, name, value)
        follower = session.get_one(Follower, row.follower_id)
        follower.phone, follower.contact = PHONE, NAME
    return chat


def acts(database: Database) -> list[tuple[str, Act, str, int | None]]:
    with database.reading() as session:
        found = session.scalars(select(AuditAct).order_by(AuditAct.id))
        return [(act.username, act.act, act.object_kind, act.object_id) for act in found]


# ---- scope ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "may"),
    [
        pytest.param({"owner": Owner.ACTIVE, "rep": "rep"}, True, id="his"),
        pytest.param({"owner": Owner.OFFERED, "rep": "rep"}, True, id="offered_to_him"),
        pytest.param({"owner": Owner.CLOSED, "rep": "rep"}, True, id="he_closed_it"),
        pytest.param({"owner": Owner.QUEUED, "rep": None}, True, id="queued_on_his_desk"),
        pytest.param({"owner": Owner.QUEUED, "rep": None, "skill": "ebank"}, False, id="queued_elsewhere"),
        pytest.param({"owner": Owner.ACTIVE, "rep": "rep2"}, False, id="a_colleagues"),
        pytest.param({"owner": Owner.OFFERED, "rep": "rep2"}, False, id="offered_to_a_colleague"),
        pytest.param({"owner": Owner.CLOSED, "rep": "rep2"}, False, id="a_colleague_closed_it"),
        pytest.param({"owner": Owner.CLOSED, "rep": None}, False, id="nobody_ever_had_it"),
    ],
)
def test_a_rep_reads_only_what_is_his_or_waits_for_him(
    rep: Browser, boss: Browser, database: Database, columns: dict[str, Any], may: bool
) -> None:
    chat = add_chat(database, 1, **columns)

    wanted = 200 if may else 404
    assert rep.get(f"/api/handoffs/{chat}").status_code == wanted
    assert rep.get(f"/api/handoffs/{chat}/lines", before=99).status_code == wanted
    assert rep.post(f"/api/handoffs/{chat}/unmask", {"field": "phone", "reason": REASON}).status_code == wanted
    listed = rep.get("/api/handoffs", state=conversation_of(database, chat).owner.value).json["items"]
    assert [item["id"] for item in listed] == ([chat] if may else [])
    assert boss.get(f"/api/handoffs/{chat}").status_code == 200


def past_and_present(database: Database, present: Owner, rep: str | None) -> int:
    """A customer's old chat with rep2, and a new one; the id of the old one."""
    old = add_chat(database, 1, owner=Owner.CLOSED, rep="rep2")
    with database.transaction() as session:
        follower = session.get_one(Conversation, old).follower_id
        session.add(
            Conversation(
                follower_id=follower, owner=present, rep=rep, skill="loan", opened_at=MORNING, queued_at=MORNING,
                card={}, session={},
            )
        )  # fmt: skip
    return old


@pytest.mark.parametrize(
    ("present", "holder", "may"),
    [
        (Owner.ACTIVE, "rep", True),
        (Owner.ACTIVE, "rep2", False),
        (Owner.CLOSED, "rep", False),
        (Owner.QUEUED, None, False),
    ],
)
def test_past_chats_are_open_to_the_rep_who_has_the_customer_now(
    rep: Browser, database: Database, present: Owner, holder: str | None, may: bool
) -> None:
    old = past_and_present(database, present, holder)

    assert rep.get(f"/api/handoffs/{old}").status_code == (200 if may else 404)


@pytest.mark.parametrize(
    ("owner", "skill", "may"),
    [("rep", "ebank", True), (None, "loan", True), (None, "ebank", False), ("rep2", "loan", False)],
)
def test_who_has_to_call_back_reads_what_it_is_about(
    rep: Browser, database: Database, owner: str | None, skill: str, may: bool
) -> None:
    chat = add_chat(database, 1, owner=Owner.CLOSED, rep="rep2")
    promise = add_promise(database, MORNING, chat=chat, phone=PHONE)
    with database.transaction() as session:
        row = session.get_one(Followup, promise)
        row.owner, row.skill = owner, skill

    wanted = 200 if may else 404
    assert rep.get(f"/api/handoffs/{chat}").status_code == wanted
    answer = rep.post(f"/api/followups/{promise}/unmask", {"reason": REASON})
    assert answer.status_code == wanted
    if may:
        assert answer.json == {"value": PHONE, "shown_s": 30}
        assert acts(database)[-1] == ("rep", Act.CUSTOMER_UNMASKED, "followup", promise)


def test_a_rep_takes_only_chats_of_his_own_desks(rep: Browser, boss: Browser, database: Database) -> None:
    chat = add_chat(database, 1, skill="ebank")

    answer = rep.post(f"/api/handoffs/{chat}/accept")

    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert conversation_of(database, chat).owner is Owner.QUEUED
    assert boss.post(f"/api/handoffs/{chat}/accept").status_code == 200


def test_a_rep_does_not_judge_lines_he_may_not_read(rep: Browser, database: Database) -> None:
    chat = add_chat(database, 1, owner=Owner.ACTIVE, rep="rep2")
    parse = add_parse(database, chat, "那个单子")

    assert rep.post(f"/api/learning/parses/{parse}/correct", {"intent": "e_receipt"}).status_code == 404


# ---- what is written down ------------------------------------------------------------------------------------------


def test_ones_own_chat_is_read_without_a_word(rep: Browser, database: Database) -> None:
    chat = add_chat(database, 1, owner=Owner.ACTIVE, rep="rep")

    rep.get(f"/api/handoffs/{chat}")

    assert acts(database) == []


def test_a_look_at_another_chat_is_written_down_once_in_ten_minutes(
    rep: Browser, boss: Browser, database: Database, clock: FixedClock
) -> None:
    chat = add_chat(database, 1)
    for _ in range(2):
        rep.get(f"/api/handoffs/{chat}")
        rep.get(f"/api/handoffs/{chat}/lines", before=99)
    boss.get(f"/api/handoffs/{chat}")
    clock.advance(11 * 60)
    rep.get(f"/api/handoffs/{chat}")

    look = (Act.CONVERSATION_READ, "conversation", chat)
    assert acts(database) == [("rep", *look), ("supervisor", *look), ("rep", *look)]


def test_an_act_carries_the_number_of_its_request(boss: Browser, database: Database) -> None:
    chat = add_chat(database, 1)

    answer = boss.client.get(f"/api/handoffs/{chat}", headers={"X-Request-Id": "proxy-number-1"})
    other = boss.client.get(f"/api/handoffs/{chat}", headers={"X-Request-Id": "<script>"})

    assert answer.headers["X-Request-Id"] == "proxy-number-1"
    assert len(other.headers["X-Request-Id"]) == 32
    assert boss.get("/api/audit").json["items"][0]["request_id"] == "proxy-number-1"


@pytest.mark.parametrize(("field", "value"), [("phone", PHONE), ("contact", NAME)])
def test_unmasking_shows_one_value_and_writes_down_who_and_why(
    rep: Browser, boss: Browser, database: Database, field: str, value: str
) -> None:
    chat = add_chat(database, 1, owner=Owner.ACTIVE, rep="rep")

    answer = rep.post(f"/api/handoffs/{chat}/unmask", {"field": field, "reason": f"{REASON}{PHONE}"})

    assert (answer.status_code, answer.json) == (200, {"value": value, "shown_s": 30})
    act = boss.get("/api/audit").json["items"][0]
    assert (act["username"], act["act"], act["object_id"]) == ("rep", "customer.unmasked", chat)
    assert act["reason"] == f"{field}: {REASON}[已屏蔽]"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"field": "phone"},
        {"field": "phone", "reason": "x"},
        {"field": "phone", "reason": "     "},
        {"field": "openid", "reason": REASON},
    ],
)
def test_without_a_reason_nothing_is_unmasked(rep: Browser, database: Database, body: dict[str, str]) -> None:
    chat = add_chat(database, 1, owner=Owner.ACTIVE, rep="rep")

    assert rep.post(f"/api/handoffs/{chat}/unmask", body).status_code == 422
    assert acts(database) == []


def test_what_is_not_known_is_not_found(rep: Browser, database: Database) -> None:
    chat = add_chat(database, 1, owner=Owner.ACTIVE, rep="rep")
    with database.transaction() as session:
        session.get_one(Follower, session.get_one(Conversation, chat).follower_id).phone = None

    assert rep.post(f"/api/handoffs/{chat}/unmask", {"field": "phone", "reason": REASON}).status_code == 404
    assert acts(database) == []


def test_acts_come_page_by_page_and_by_who_what_and_whom(boss: Browser, rep: Browser, database: Database) -> None:
    chats = [add_chat(database, number) for number in range(3)]
    for chat in chats:
        boss.get(f"/api/handoffs/{chat}")
    rep.post(f"/api/handoffs/{chats[0]}/unmask", {"field": "phone", "reason": REASON})

    first = boss.get("/api/audit", limit=3).json
    second = boss.get("/api/audit", limit=3, before=first["next"]).json

    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 1, None]
    assert len(boss.get("/api/audit", username="rep").json["items"]) == 1
    assert len(boss.get("/api/audit", act="conversation.read").json["items"]) == 3
    follower = conversation_of(database, chats[0]).follower_id
    assert len(boss.get("/api/audit", follower_id=follower).json["items"]) == 2


# ---- requests, holds, keeping times --------------------------------------------------------------------------------


@pytest.fixture
def customer(database: Database) -> int:
    """Somebody with data in every table, to whom a message may be sent."""
    follower = add_everything(database)
    with database.transaction() as session:
        grant(session, follower, Trigger.MESSAGE, MORNING)
    return follower


def ask(database: Database, follower: int, kind: RequestKind) -> int:
    with database.transaction() as session:
        return open_request(session, follower, kind, MORNING).id


def test_requests_are_listed_with_their_time_and_page_by_page(
    boss: Browser, database: Database, customer: int, clock: FixedClock
) -> None:
    kinds = (RequestKind.SHOW, RequestKind.EXPORT, RequestKind.DELETE)
    ids = [ask(database, customer, kind) for kind in kinds]
    clock.advance(15 * 24 * 3600 + 1)

    first = boss.get("/api/data-requests", limit=2).json
    second = boss.get("/api/data-requests", limit=2, before=first["next"]).json

    assert [item["id"] for item in first["items"] + second["items"]] == ids
    assert {item["is_overdue"] for item in first["items"]} == {True}
    assert boss.get("/api/data-requests", state="done").json["items"] == []


def chat_of(database: Database, follower: int) -> int:
    with database.reading() as session:
        return session.scalars(select(Conversation.id).where(Conversation.follower_id == follower)).all()[0]


def test_a_supervisor_registers_for_whoever_proved_himself_outside_the_chat(
    boss: Browser, database: Database, customer: int
) -> None:
    body = {
        "conversation_id": chat_of(database, customer),
        "kind": "export",
        "proved_by": f"网点核对身份证，电话{PHONE}",
    }

    first, again = (boss.post("/api/data-requests", body) for _ in range(2))

    assert (first.status_code, again.json["id"]) == (201, first.json["id"])
    assert (first.json["kind"], first.json["state"], first.json["note"]) == (
        "export",
        "open",
        "网点核对身份证，电话[已屏蔽]",
    )
    assert acts(database) == [("supervisor", Act.REQUEST_REGISTERED, "data_request", first.json["id"])] * 2
    assert boss.get("/api/audit").json["items"][0]["reason"] == "网点核对身份证，电话[已屏蔽]"
    assert [item["id"] for item in boss.get("/api/data-requests").json["items"]] == [first.json["id"]]


def test_a_wish_to_delete_ends_all_marketing_when_it_is_registered(
    boss: Browser, database: Database, customer: int
) -> None:
    body = {"conversation_id": chat_of(database, customer), "kind": "delete", "proved_by": "网点核对身份证"}

    boss.post("/api/data-requests", body)

    with database.reading() as session:
        assert session.get_one(Follower, customer).opted_out_at == MORNING
        assert not any(word.granted for word in standing_of(session, customer).values())


def test_for_an_unknown_chat_nothing_is_registered(boss: Browser, database: Database) -> None:
    body = {"conversation_id": 4242, "kind": "show", "proved_by": "网点核对身份证"}

    assert boss.post("/api/data-requests", body).status_code == 404
    assert acts(database) == []


def test_an_export_is_readable_and_says_in_words_what_is_held(boss: Browser, database: Database, customer: int) -> None:
    asked = ask(database, customer, RequestKind.EXPORT)

    found = boss.post(f"/api/data-requests/{asked}/export", {"reason": "客户申请导出"}).json

    assert found["number"] == f"SQ20261124N{asked:05d}"
    assert any(line.startswith("客户资料：1条，包括") and "联系人" in line for line in found["summary"])
    tables = {table["label"]: table for table in found["tables"]}
    assert tables["客户资料"]["rows"][0]["企业名称"] == FIRM_NAME
    assert acts(database) == [("supervisor", Act.DATA_EXPORTED, "data_request", asked)]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (RequestKind.SHOW, "我们这里留有您的：客户资料1条、会话2条"),
        (RequestKind.EXPORT, "信息副本已经备好"),
        (RequestKind.DELETE, "能删的都删了"),
    ],
)
def test_the_customer_is_told_when_his_request_is_done(
    boss: Browser, product: UnderTest, database: Database, customer: int, kind: RequestKind, says: str
) -> None:
    asked = ask(database, customer, kind)

    answer = boss.post(f"/api/data-requests/{asked}/finish")

    assert (answer.status_code, answer.json["state"], answer.json["told"]) == (200, "done", True)
    [(_, told)] = product.fakes.wechat.sent
    assert says in told.text
    assert f"SQ20261124N{asked:05d}" in told.text
    for personal in (NAME, PHONE, FIRM_NAME):
        assert personal not in told.text
    done = boss.get("/api/data-requests", state="done").json["items"]
    assert [(item["id"], item["handled_by"]) for item in done] == [(asked, "supervisor")]


def test_with_the_window_shut_the_supervisor_learns_that_he_was_not_told(
    boss: Browser, database: Database, customer: int, clock: FixedClock
) -> None:
    asked = ask(database, customer, RequestKind.SHOW)
    clock.advance(49 * 3600)

    assert boss.post(f"/api/data-requests/{asked}/finish").json["told"] is False


def test_a_refusal_keeps_its_reason_and_offers_a_person(
    boss: Browser, product: UnderTest, database: Database, customer: int
) -> None:
    asked = ask(database, customer, RequestKind.DELETE)

    answer = boss.post(f"/api/data-requests/{asked}/refuse", {"reason": "不是本人提出"})

    assert (answer.json["state"], answer.json["note"]) == ("refused", "不是本人提出")
    assert product.fakes.wechat.sent[0][1].choices[0].id == "human:start"
    assert boss.post(f"/api/data-requests/{asked}/finish").json["fields"] == {"state": "refused"}


def test_a_hold_keeps_a_deletion_out_until_another_person_lifts_it(
    boss: Browser, signed_in: Callable[[str], Browser], database: Database, customer: int
) -> None:
    with database.reading() as session:
        chat = session.scalars(select(Conversation.id).where(Conversation.follower_id == customer)).first()
    asked = ask(database, customer, RequestKind.DELETE)

    held = boss.post("/api/legal-holds", {"conversation_id": chat, "reason": "法院调取证据"})
    refused = boss.post(f"/api/data-requests/{asked}/finish")

    assert (held.status_code, refused.status_code, refused.json["fields"]) == (201, 409, {"state": "held"})
    assert [item["reason"] for item in boss.get("/api/legal-holds").json["items"]] == ["法院调取证据"]
    lift = f"/api/legal-holds/{held.json['id']}/lift"
    assert boss.post(lift, {"reason": "案件已结"}).json["code"] == "same_person"
    assert signed_in("admin").post(lift, {"reason": "案件已结"}).status_code == 204
    assert boss.post(f"/api/data-requests/{asked}/finish").status_code == 200
    assert boss.get("/api/legal-holds").json["items"] == []


def test_keeping_times_are_shown_with_the_last_purge(boss: Browser, product: UnderTest, customer: int) -> None:
    before = boss.get("/api/retention").json
    product.bot.purge.run()
    after = boss.get("/api/retention").json

    assert (before["run_on"], after["run_on"]) == (None, "2026-11-24")
    pushes = next(item for item in after["items"] if item["id"] == "pushes")
    assert (pushes["keep_max_days"], pushes["action"], pushes["removed"], pushes["is_finished"]) == (
        3,
        "delete",
        0,
        True,
    )
    assert before["items"][0]["removed"] is None


def test_a_disabled_persons_desk_reads_nothing(signed_in: Callable[[str], Browser], database: Database) -> None:
    chat = add_chat(database, 1, owner=Owner.ACTIVE, rep="rep")
    browser = signed_in("rep")
    with database.transaction() as session:
        session.get_one(StaffMember, "rep").is_enabled = False

    assert browser.get(f"/api/handoffs/{chat}").status_code == 401
