"""Story A3 as the console plays it: an account is opened, the owner is called the next day, helped, called again as
promised, taught, and called once more after a week. Then what can go otherwise.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.alerts.model import Alert, AlertState
from bot.clock import BANK_ZONE, FixedClock, local
from bot.customers.consents import Proof, keep_word
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.dialogue.bank_work import BankNews
from bot.followups.model import Followup, FollowupState
from bot.handoff.model import Conversation, Owner
from bot.leads.recording import note_need
from bot.outbox import OutboxRow
from bot.referrals.model import ReferralReason
from bot.referrals.sending import Asked, Origin, send_in
from bot.staff.model import StaffMember
from jobs import ticks
from tests.factories import MORNING
from tests.product import UnderTest
from tests.unit.api.conftest import OTHER_BRANCH, OUR_BRANCH, Browser

OPENED = BankNews(
    "evt-opened", "account_opened", None, "F777", None, None, MORNING,
    firm_name="合肥王记五金有限公司", contact="王大勇", phone="13855551234",
)  # fmt: skip
TIP, ASKED, AGREED = "tip_lend", "ask_use", "agree_next"


@pytest.fixture
def rep(signed_in: Callable[[str], Browser], product: UnderTest) -> Browser:
    """Who serves the desk of new accounts."""
    with product.bot.database.transaction() as session:
        session.get_one(StaffMember, "rep").skills = ["ebank", "loan"]
    return signed_in("rep")


@pytest.fixture
def task(rep: Browser, product: UnderTest, clock: FixedClock) -> int:
    """The call of the day after, at nine on Wednesday."""
    product.bot.aftercare.take_news(OPENED)
    clock.at = at(2026, 11, 25, 9)
    [first] = listed(rep)
    return int(first["id"])


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BANK_ZONE).astimezone(UTC)


def listed(browser: Browser, **query: object) -> list[dict[str, Any]]:
    answer = browser.get("/api/followups", **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


class Call:
    """One rep on the phone for one follow-up."""

    def __init__(self, browser: Browser, followup_id: int) -> None:
        self.browser, self.path, self.number = browser, f"/api/followups/{followup_id}", 0

    def sheet(self) -> dict[str, Any]:
        return dict(self.browser.get(self.path).json)

    def comes_to(self, code: str, **more: object) -> Any:
        self.number += 1
        body = {"client_key": f"call-number-{self.number}", "code": code, "duration_s": 60, **more}
        return self.browser.post(f"{self.path}/attempts", body)

    def tick(self, *items: str) -> Any:
        return [self.browser.post(f"{self.path}/ticks", {"item": item}) for item in items][-1]

    def done(self, result: str = "已办成", **more: object) -> Any:
        return self.browser.post(f"{self.path}/done", {"result": result, **more})


def test_the_whole_story(rep: Browser, task: int, clock: FixedClock, database: Database) -> None:
    [first] = listed(rep)
    assert (first["kind"], local(datetime.fromisoformat(first["due_at"])).hour) == ("new_account_d1", 9)
    call = Call(rep, task)

    # Before 本人 is set nobody is told more than how to ask for him.
    before = call.sheet()
    assert before["customer"]["ask_for"] == "王总"
    assert before["customer"]["firm_name"] == "合肥**有限公司"
    assert "王大勇" not in str(before)
    assert "王记" not in str(before)
    assert "13855551234" not in str(before)
    refused = call.tick(TIP)
    assert (refused.status_code, refused.json["code"]) == (409, "checklist_incomplete")

    assert call.comes_to("himself").json["customer"]["firm_name"] == "合肥王记五金有限公司"

    # The tip comes before everything else, and nothing closes without it.
    assert call.tick(ASKED).json["fields"]["missing"] == ["出租出借账户、刷流水都是骗局"]
    refused = call.done()
    assert (refused.status_code, refused.json["code"]) == (409, "checklist_incomplete")
    assert "出租出借账户、刷流水都是骗局" in refused.json["fields"]["missing"]
    call.tick(TIP, ASKED)

    # 我都不会登: plain words, three questions, the cause.
    plain = rep.post(f"{call.path}/elder", {"is_elder": True}).json
    assert "谁要都别给" in plain["steps"][1]["items"][0]["say"]
    found = rep.post(f"{call.path}/diagnosis", {"tree": "ukey", "answers": ["刚领的", "没成功过", "灯亮"]}).json
    assert found["diagnosis"]["cause"] == "证书还没激活"
    assert "95588" in found["diagnosis"]["advice"]
    call.tick(AGREED)
    tomorrow = {"at": "2026-11-26T10:00:00+08:00", "reason": "看看U盾激活了没有，能不能登录"}
    assert call.done("U盾未激活，已教他打95588", outcome="told", next=tomorrow).status_code == 204

    # The next day it heads the list, and what was not taught waits there.
    clock.at = at(2026, 11, 26, 10, 5)
    [again] = listed(rep, scope="mine")
    assert (again["kind"], again["is_overdue"], again["reason"]) == ("promised_call", True, tomorrow["reason"])
    call = Call(rep, int(again["id"]))
    sheet = call.comes_to("himself").json
    [carried] = [step for step in sheet["steps"] if step["id"] == "carried"]
    assert [item["label"] for item in carried["items"]] == ["转账汇款", "银企对账", "账户使用注意事项"]
    assert sheet["is_elder"]
    call.tick("teach_transfer", "teach_reconcile", "teach_notices")
    call.number = 7
    assert call.comes_to("settled", note="能登录了，教会了转账和对账", duration_s=1800).status_code == 200

    # Half an hour on the phone counts as one promise kept; the account's clock goes on to the seventh day.
    with database.reading() as session:
        row = session.get_one(Followup, int(again["id"]))
    assert (row.state, row.outcome, row.kept_on_time) == (FollowupState.DONE, "solved", True)
    [week] = listed(rep)
    assert (week["kind"], week["due_at"]) == ("new_account_d7", "2026-12-01T01:00:00Z")


def test_the_same_news_twice_make_one_call(product: UnderTest, rep: Browser) -> None:
    assert product.bot.aftercare.take_news(OPENED)
    assert not product.bot.aftercare.take_news(OPENED)

    assert len(listed(rep)) == 1


def test_an_account_opened_on_friday_is_called_about_on_monday(product: UnderTest, rep: Browser) -> None:
    friday = at(2026, 11, 27, 16)
    product.bot.aftercare.take_news(BankNews("e9", "account_opened", None, "F778", None, None, friday))

    assert listed(rep)[0]["due_at"] == "2026-11-30T01:00:00Z"


@pytest.mark.parametrize(("code", "outcome"), [("somebody_else", "not_himself"), ("no_such_number", "wrong_number")])
def test_the_wrong_person_ends_the_call_and_his_branch_is_asked(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], database: Database, code: str, outcome: str
) -> None:
    at_branch(database, OUR_BRANCH)

    ended = Call(rep, task).comes_to(code).json

    assert (ended["item"]["state"], ended["item"]["outcome"]) == ("cancelled", outcome)
    assert not ended["customer"]["is_proved"]
    assert listed(rep) == []
    [referral] = signed_in("branch").get("/api/referrals").json["items"]
    assert (referral["reason"], referral["due_at"]) == ("documents", "2026-11-26T01:00:00Z")
    assert "请核实联系电话" in referral["ask"]
    assert "已致电：1次" in referral["ask"]
    with database.reading() as session:
        types = [row.type for row in session.scalars(select(OutboxRow))]
    assert {"followup.branch_wanted", "referral.sent"} <= set(types)


def test_the_branch_is_told_the_need_and_what_was_asked(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], product: UnderTest, database: Database
) -> None:
    at_branch(database, OUR_BRANCH)
    call = Call(rep, task)
    call.comes_to("himself")
    call.tick(TIP, ASKED)
    rep.post(f"{call.path}/diagnosis", {"tree": "ukey", "answers": ["刚领的", "没成功过", "灯亮"]})
    with database.transaction() as session:
        follower = session.scalars(select(Follower)).one()
        note_need(session, follower, None, {"amount": [20_000_000, 30_000_000], "term": 6}, MORNING)
    assert "客户需求" in call.sheet()["referral"]["ask"]

    call.comes_to("no_such_number")

    [referral] = signed_in("branch").get("/api/referrals").json["items"]
    for words in ("20万–30万元", "出租出借账户", "没成功过", "证书还没激活"):
        assert words in referral["ask"], words


@pytest.mark.parametrize(
    ("branch", "is_refused", "lacks"),
    [
        (None, False, "开户网点没有登记"),
        ("月球支行", False, "月球支行还没有人接收转介"),
        (OUR_BRANCH, True, "先征得客户同意"),
    ],
)
def test_without_a_branch_or_consent_there_is_a_task_to_refer_which_ends_with_it(
    rep: Browser,
    task: int,
    signed_in: Callable[[str], Browser],
    database: Database,
    branch: str | None,
    is_refused: bool,
    lacks: str,
) -> None:
    at_branch(database, branch)
    if is_refused:
        with database.transaction() as session:
            follower, proof = session.scalars(select(Follower)).one(), Proof("chat", "v1", "p1")
            keep_word(session, follower, Purpose.SERVICE, MORNING, MORNING, proof, granted=False)

    Call(rep, task).comes_to("no_such_number")

    [ticket] = listed(rep)
    assert (ticket["kind"], ticket["owner"]) == ("branch", None)
    assert ticket["reason"].startswith("待转介：预留号码是空号")
    assert lacks in ticket["reason"]
    draft = Call(rep, ticket["id"]).sheet()
    assert (draft["referral"]["branch"], draft["referral"]["number"]) == (branch, None)
    assert draft["referral"]["ask"].splitlines() == [
        "预留号码是空号，请核实联系电话",
        "回访事由：新开户：核对联系电话、提示防诈、看看用得顺不顺",
        "已致电：1次",
    ]
    body = {"customer_id": draft["customer_id"], "followup_id": ticket["id"], "branch": OUR_BRANCH}
    made = rep.post("/api/referrals", {**body, "reason": "documents", "ask": draft["referral"]["ask"]})
    assert made.status_code == 201
    assert listed(rep) == []
    with database.reading() as session:
        done = session.get_one(Followup, ticket["id"])
    assert (done.state, done.result) == (FollowupState.DONE, f"已转介{OUR_BRANCH}，编号{made.json['number']}")
    accepted = signed_in("branch").post(f"/api/referrals/{made.json['id']}/accept").json
    assert accepted == {"is_told": False, "is_called": False}


def test_what_the_branch_found_out_is_called_about(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], database: Database
) -> None:
    at_branch(database, OUR_BRANCH)
    Call(rep, task).comes_to("no_such_number")
    branch = signed_in("branch")
    [referral] = branch.get("/api/referrals").json["items"]
    path = f"/api/referrals/{referral['id']}"

    # Nobody can be phoned at a number that is not his.
    assert branch.post(f"{path}/accept").json == {"is_told": False, "is_called": False}
    assert listed(rep) == []
    assert branch.post(f"{path}/answer", {"answer": "新号码13900002222"}).status_code == 204
    assert branch.post(f"{path}/answer", {"answer": "新号码13900002222"}).status_code == 204

    [again] = listed(rep)
    assert (again["segment"], again["kind"]) == ("new_account", "promised_call")
    assert "新号码" in again["reason"]


def referred_after_new_number(call: Call, database: Database) -> str:
    """The path of a referral from a call in which he gave another number."""
    at_branch(database, OUR_BRANCH)
    call.comes_to("number_changed", phone="13900002222")
    sheet = call.sheet()
    asked = {"reason": "on_site", "ask": "请上门"}
    body = {"customer_id": sheet["customer_id"], "followup_id": sheet["item"]["id"], **asked}
    return f"/api/referrals/{call.browser.post('/api/referrals', body).json['id']}"


def test_what_the_branch_answered_during_a_call_is_told_in_it(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], database: Database
) -> None:
    call, branch = Call(rep, task), signed_in("branch")
    path = referred_after_new_number(call, database)

    branch.post(f"{path}/accept")
    branch.post(f"{path}/answer", {"answer": "已上门办好"})

    # The call still goes on: it is the one in which he hears of it.
    [again] = [one for one in listed(rep) if "已上门办好" in one["reason"]]
    assert (again["id"], again["phone"]) == (task, "139****2222")


def test_a_call_that_was_closed_meanwhile_is_made_anew_at_his_new_number(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], database: Database
) -> None:
    call, branch = Call(rep, task), signed_in("branch")
    path = referred_after_new_number(call, database)
    call.comes_to("himself")
    call.tick(TIP, ASKED, AGREED)
    assert call.done().status_code == 204

    branch.post(f"{path}/accept")
    branch.post(f"{path}/answer", {"answer": "已上门办好"})

    phones = {one["reason"][:5]: one["phone"] for one in listed(rep)}
    assert phones["网点已答复"] == "139****2222"


def test_a_rep_refers_from_a_call_that_goes_on(rep: Browser, task: int, database: Database) -> None:
    at_branch(database, OUR_BRANCH)
    call = Call(rep, task)
    call.comes_to("himself")
    body = {"customer_id": call.sheet()["customer_id"], "followup_id": task, "reason": "on_site", "ask": "请上门"}

    made = [rep.post("/api/referrals", body) for _ in range(2)]

    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json["id"] == made[1].json["id"]
    assert call.sheet()["referral"]["number"] == made[0].json["number"]
    assert call.sheet()["item"]["state"] == "claimed"
    assert rep.post("/api/referrals", {**body, "followup_id": task + 9}).status_code == 404


@pytest.mark.parametrize("branch", [OUR_BRANCH, OTHER_BRANCH])
def test_a_chat_that_was_referred_for_something_else_does_not_hide_the_wrong_number_from_the_branch(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], database: Database, branch: str
) -> None:
    at_branch(database, OUR_BRANCH)
    with database.transaction() as session:
        row = session.get_one(Followup, task)
        chat = Conversation(follower_id=row.follower_id, opened_at=MORNING, owner=Owner.CLOSED, card={}, session={})
        session.add(chat)
        session.flush()
        row.conversation_id = chat.id
        asked = Asked(branch, ReferralReason.CREDIT, "请看看额度")
        send_in(session, row.follower_id, Origin(chat.id), asked, "rep", MORNING)

    assert Call(rep, task).comes_to("no_such_number").status_code == 200

    told = [one["ask"] for one in signed_in("branch").get("/api/referrals").json["items"]]
    assert any("预留号码是空号" in ask for ask in told)


def test_a_call_whose_referral_came_back_leaves_a_task_to_refer(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], database: Database
) -> None:
    at_branch(database, OUR_BRANCH)
    call = Call(rep, task)
    call.comes_to("himself")
    body = {"customer_id": call.sheet()["customer_id"], "followup_id": task, "reason": "on_site", "ask": "请上门"}
    made = rep.post("/api/referrals", body).json
    signed_in("branch").post(f"/api/referrals/{made['id']}/give-back", {"reason": "不在本行开户"})

    assert call.comes_to("no_such_number").status_code == 200

    [ticket] = listed(rep, kind="branch")
    assert made["number"] in ticket["reason"]


def test_a_task_to_refer_is_not_done_by_what_the_chat_was_referred_for(
    rep: Browser, task: int, signed_in: Callable[[str], Browser], database: Database
) -> None:
    Call(rep, task).comes_to("no_such_number")
    [ticket] = listed(rep)
    with database.transaction() as session:
        row = session.get_one(Followup, ticket["id"])
        chat = Conversation(follower_id=row.follower_id, opened_at=MORNING, owner=Owner.CLOSED, card={}, session={})
        session.add(chat)
        session.flush()
        row.conversation_id = chat.id
        asked = Asked(OUR_BRANCH, ReferralReason.CREDIT, "请看看额度")
        send_in(session, row.follower_id, Origin(chat.id), asked, "rep", MORNING)
    body = {"customer_id": Call(rep, ticket["id"]).sheet()["customer_id"], "followup_id": ticket["id"]}

    made = rep.post("/api/referrals", {**body, "branch": OUR_BRANCH, "reason": "documents", "ask": "请核实联系电话"})

    assert made.json["ask"] == "请核实联系电话"
    assert "请核实联系电话" in [one["ask"] for one in signed_in("branch").get("/api/referrals").json["items"]]


def at_branch(database: Database, branch: str | None) -> None:
    """The firm has its account there."""
    with database.transaction() as session:
        session.scalars(select(Follower)).one().branch = branch


def test_a_missed_promise_alarms_and_a_late_call_ends_the_alarm_but_not_the_record(
    rep: Browser, task: int, product: UnderTest, clock: FixedClock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.app._Parts.bot", product.bot)

    def alerts() -> list[AlertState]:
        with database.reading() as session:
            return [alert.state for alert in session.scalars(select(Alert).where(Alert.kind == "promise_missed"))]

    clock.at = at(2026, 11, 25, 9, 30)
    ticks.watch_promises()
    assert alerts() == []
    clock.advance(1)
    for _ in range(2):
        ticks.watch_promises()
    assert alerts() == [AlertState.OPEN]
    assert listed(rep)[0]["is_missed"]

    Call(rep, task).comes_to("himself")

    assert alerts() == [AlertState.CLOSED]
    assert listed(rep)[0]["kept_on_time"] is False


def test_who_does_not_answer_is_tried_at_other_times_and_then_told_to_the_supervisors(
    rep: Browser, task: int, clock: FixedClock, database: Database
) -> None:
    call = Call(rep, task)

    due = [call.comes_to("no_answer").json["item"]["due_at"]]
    clock.at = at(2026, 11, 25, 15)
    due.append(call.comes_to("no_answer").json["item"]["due_at"])
    clock.at = at(2026, 11, 26, 10)
    ended = call.comes_to("refused").json

    assert due == ["2026-11-25T07:00:00Z", "2026-11-26T02:00:00Z"]
    assert (ended["item"]["state"], ended["item"]["outcome"], ended["item"]["tries"]) == ("cancelled", "unreachable", 3)
    with database.reading() as session:
        assert [alert.kind for alert in session.scalars(select(Alert))] == ["customer_unreachable"]


def test_a_new_number_is_sealed_and_one_is_needed(rep: Browser, task: int, database: Database) -> None:
    call = Call(rep, task)

    assert call.comes_to("number_changed").status_code == 422
    changed = call.comes_to("number_changed", phone="13900001111").json

    assert changed["item"]["phone"] == "139****1111"
    with database.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT phone FROM followups").scalar()
    assert "1111" not in str(raw)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("2026-11-27T20:00:00+08:00", "2026-11-30T01:00:00Z"),
        ("2026-11-28T10:00:00+08:00", "2026-11-30T02:00:00Z"),
        ("2026-11-26T14:30:00+08:00", "2026-11-26T06:30:00Z"),
    ],
)
def test_a_call_is_put_off_to_a_time_the_desk_is_open(rep: Browser, task: int, wanted: str, given: str) -> None:
    assert Call(rep, task).comes_to("put_off", due_at=wanted).json["item"]["due_at"] == given


def test_nothing_is_due_before_it_was_made(rep: Browser, product: UnderTest, clock: FixedClock) -> None:
    # The last half hour of the desk, in which no call is put: a call at its beginning would be twenty minutes late.
    clock.at = at(2026, 11, 25, 17, 20)
    product.bot.aftercare.take_news(OPENED)

    [first] = listed(rep)
    put_off = Call(rep, int(first["id"])).comes_to("put_off", due_at="2026-11-25T17:25:00+08:00").json["item"]

    assert first["due_at"] == "2026-11-25T09:20:00Z"
    assert put_off["due_at"] == "2026-11-25T09:20:00Z"


def test_the_same_report_twice_is_one_call(rep: Browser, task: int) -> None:
    body = {"client_key": "one-and-the-same", "code": "no_answer", "duration_s": 20}

    rep.post(f"/api/followups/{task}/attempts", body)
    answer = rep.post(f"/api/followups/{task}/attempts", body)

    assert (len(answer.json["attempts"]), answer.json["item"]["tries"]) == (1, 1)


def test_a_call_not_made_today_keeps_its_second_promise_apart(
    rep: Browser, task: int, product: UnderTest, clock: FixedClock
) -> None:
    call = Call(rep, task)
    call.comes_to("put_off", due_at="2026-11-26T10:00:00+08:00")
    clock.at = at(2026, 11, 26, 10) + timedelta(minutes=31)

    assert product.bot.followups.watch() == 1
    assert call.sheet()["item"]["kept_on_time"] is False


def test_who_is_called_anew_must_be_known_anew(rep: Browser, task: int, clock: FixedClock) -> None:
    call = Call(rep, task)
    call.comes_to("himself")
    call.tick(TIP, ASKED, AGREED)
    call.comes_to("put_off", due_at="2026-11-26T10:00:00+08:00")
    clock.at = at(2026, 11, 26, 10)

    assert "王大勇" not in str(call.sheet())
    refused = call.done()

    assert (refused.status_code, refused.json["fields"]["missing"]) == (409, ["确认是本人"])


def test_only_calls_in_vain_one_after_the_other_give_a_customer_up(rep: Browser, task: int, clock: FixedClock) -> None:
    call = Call(rep, task)
    call.comes_to("no_answer")
    call.comes_to("no_answer")
    call.comes_to("put_off", due_at="2026-11-27T10:00:00+08:00")
    clock.at = at(2026, 11, 27, 10)

    missed = call.comes_to("no_answer").json["item"]

    assert (missed["state"], missed["due_at"]) == ("claimed", "2026-11-27T07:00:00Z")
