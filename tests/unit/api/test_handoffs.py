"""The desk's conversations over HTTP: lists, one chat, and what a rep does with it."""

import base64
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.customers.consents import Proof, keep_word
from bot.customers.model import Follower
from bot.customers.rules import IdentityLevel, Purpose
from bot.db import Database
from bot.delivery.model import Delivery, DeliveryState
from bot.errors import SendRefused, WechatBusy
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Outcome, Owner
from bot.outbox import read_after
from bot.referrals.model import Referral
from bot.staff.model import Role, StaffMember
from bot.staff.service import NewStaff, add_missing
from bot.transcripts.model import Line, Speaker
from bot.transcripts.service import add_line
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.product import UnderTest, eventually
from tests.unit.api.conftest import OUR_BRANCH, Browser

KEY = "key-00000001"
# Made up, with right check digits.
CARD = "6222020200000000006"
ID_NUMBER = "11010519491231002X"


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def colleague(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep2")


@pytest.fixture
def chat(database: Database, rep: Browser) -> int:
    """A chat the rep has, whose customer has just written."""
    found = add_waiting(database)
    hear(database, found)
    assert rep.post(f"/api/handoffs/{found}/accept").status_code == 200
    return found


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.json
    return [item["id"] for item in answer.json["items"]]


def offer_to(product: UnderTest, browser: Browser, username: str, chat: int) -> None:
    assert browser.write("PUT", "/api/me/status", {"status": "ready"}).status_code == 200
    product.bot.desk.routing.wake(chat)
    assert conversation_of(product.bot.database, chat).rep == username


def die(*_: object, **__: object) -> None:
    """As if the process ended here."""
    raise ZeroDivisionError


def rep_lines(database: Database, chat: int) -> list[Line]:
    with database.reading() as session:
        mine = (Line.conversation_id == chat) & (Line.speaker == Speaker.REP)
        return list(session.scalars(select(Line).where(mine).order_by(Line.id)))


# ---- lists ---------------------------------------------------------------------------------------------------------


def test_each_state_lists_its_own_and_no_state_lists_all_that_came_to_the_desk(
    rep: Browser, product: UnderTest, database: Database
) -> None:
    closed, active, offered = (add_waiting(database, number) for number in range(3))
    rep.post(f"/api/handoffs/{closed}/accept")
    rep.post(f"/api/handoffs/{closed}/close", {"outcome": "solved"})
    rep.post(f"/api/handoffs/{active}/accept")
    offer_to(product, rep, "rep", offered)
    queued = add_waiting(database, 3)
    with database.transaction() as session:
        add_bot_chat(session)

    found = {state: ids(rep.get("/api/handoffs", state=state)) for state in ("queued", "offered", "active", "closed")}

    assert found == {"queued": [queued], "offered": [offered], "active": [active], "closed": [closed]}
    assert ids(rep.get("/api/handoffs")) == [queued, offered, active, closed]


def add_bot_chat(session) -> int:
    """A chat that never left the bot: no list of the desk may show it."""
    follower = Follower(openid="o-bot", label="客户", first_seen_at=MORNING, last_seen_at=MORNING)
    session.add(follower)
    session.flush()
    row = Conversation(follower_id=follower.id, owner=Owner.BOT, opened_at=MORNING, card={}, session={})
    session.add(row)
    session.flush()
    add_line(session, row.id, Speaker.CUSTOMER, "只和机器人说的话", MORNING)
    return row.id


def test_waiting_chats_come_in_serving_order_page_by_page(rep: Browser, database: Database) -> None:
    late = add_waiting(database, 1, queued_at=MORNING + timedelta(minutes=9))
    early = add_waiting(database, 2, queued_at=MORNING)
    middle = add_waiting(database, 3, queued_at=MORNING + timedelta(minutes=5))
    urgent = add_waiting(database, 4, priority=90, queued_at=MORNING + timedelta(minutes=30))

    first = rep.get("/api/handoffs", state="queued", limit=2)
    second = rep.get("/api/handoffs", state="queued", limit=2, cursor=first.json["next"])

    assert ids(first) == [urgent, early]
    assert ids(second) == [middle, late]
    assert second.json["next"] is None


def test_other_lists_page_newest_first_without_gap_or_repeat(rep: Browser, database: Database) -> None:
    rep_chats = [add_waiting(database, number) for number in range(3)]
    for chat in rep_chats:
        rep.post(f"/api/handoffs/{chat}/accept")

    pages, cursor = [], None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = rep.get("/api/handoffs", state="active", limit=1, **more)
        pages.append(ids(page))
        cursor = page.json["next"]
        if cursor is None:
            break

    assert pages == [[chat] for chat in reversed(rep_chats)]


def test_mine_are_the_chats_i_hold_and_all_are_a_supervisors_to_see(
    rep: Browser, colleague: Browser, signed_in: Callable[[str], Browser], database: Database
) -> None:
    mine, his = add_waiting(database, 1), add_waiting(database, 2)
    rep.post(f"/api/handoffs/{mine}/accept")
    colleague.post(f"/api/handoffs/{his}/accept")

    assert ids(rep.get("/api/handoffs", state="active", scope="mine")) == [mine]
    assert ids(rep.get("/api/handoffs", state="active", scope="all")) == [mine]
    assert ids(signed_in("supervisor").get("/api/handoffs", state="active", scope="all")) == [his, mine]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "bot"},
        {"scope": "yours"},
        {"limit": 0},
        {"limit": 101},
        {"cursor": "no number"},
        {"cursor": "é"},
        {"cursor": base64.urlsafe_b64encode(b"9" * 40).decode()},
        {"cursor": base64.urlsafe_b64encode(b"-1").decode()},
    ],
)
def test_an_odd_question_is_refused_not_guessed(rep: Browser, query: dict[str, object]) -> None:
    answer = rep.get("/api/handoffs", **query)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert answer.content_type == "application/problem+json"


def test_a_list_row_tells_who_waits_what_was_said_and_what_may_still_be_sent(
    rep: Browser, database: Database, chat: int
) -> None:
    hear(database, chat, "还在吗")

    row = rep.get("/api/handoffs", state="active").json["items"][0]

    assert (row["rep"], row["rep_name"], row["skill_name"]) == ("rep", "某rep", "普惠专属服务代表")
    assert (row["last_text"], row["unanswered"]) == ("还在吗", 2)
    assert row["allowance"]["left"] == 5


# ---- one conversation ----------------------------------------------------------------------------------------------


def test_a_chat_is_shown_with_card_customer_and_lines(rep: Browser, chat: int) -> None:
    found = rep.get(f"/api/handoffs/{chat}").json

    assert found["item"]["id"] == chat
    assert [line["text"] for line in found["lines"]] == ["在吗"]
    assert found["customer"]["label"] == "客户"
    assert found["has_earlier"] is False


def test_the_customers_level_and_consents_are_shown(rep: Browser, database: Database, chat: int) -> None:
    with database.transaction() as session:
        follower = session.scalars(select(Follower)).one()
        follower.identity_level = int(IdentityLevel.BOUND)
        for purpose, granted in ((Purpose.SMS, True), (Purpose.MARKETING, False)):
            keep_word(session, follower, purpose, MORNING, MORNING, Proof("bank_page", "v1", "e1"), granted=granted)

    customer = rep.get(f"/api/handoffs/{chat}").json["customer"]

    assert customer["identity_level"] == 3
    assert [(word["purpose"], word["granted"]) for word in customer["consents"]] == [
        ("marketing", False),
        ("sms", True),
    ]


def test_who_left_the_account_is_a_visitor_again(rep: Browser, database: Database, chat: int) -> None:
    with database.transaction() as session:
        follower = session.scalars(select(Follower)).one()
        follower.identity_level, follower.is_following = int(IdentityLevel.BOUND), False

    assert rep.get(f"/api/handoffs/{chat}").json["customer"]["identity_level"] == 0


def test_earlier_lines_come_page_by_page(rep: Browser, database: Database, chat: int) -> None:
    for number in range(130):
        hear(database, chat, f"第{number}句")

    newest = rep.get(f"/api/handoffs/{chat}").json
    before = rep.get(f"/api/handoffs/{chat}/lines", before=newest["lines"][0]["id"]).json
    oldest = rep.get(f"/api/handoffs/{chat}/lines", before=before["lines"][0]["id"]).json

    said = [line["text"] for page in (oldest, before, newest) for line in page["lines"]]
    assert said == ["在吗", *(f"第{number}句" for number in range(130))]
    assert [page["has_earlier"] for page in (newest, before, oldest)] == [True, True, False]


@pytest.mark.parametrize(("path", "query"), [("", {}), ("/lines", {"before": 99})])
def test_a_chat_that_never_left_the_bot_is_nobody_elses_to_read(
    rep: Browser, database: Database, path: str, query: dict[str, int]
) -> None:
    with database.transaction() as session:
        chat = add_bot_chat(session)

    for number in (chat, chat + 7):
        assert rep.get(f"/api/handoffs/{number}{path}", **query).status_code == 404


# ---- accept, decline, transfer -------------------------------------------------------------------------------------


def test_the_second_rep_is_told_who_was_faster(colleague: Browser, chat: int) -> None:
    answer = colleague.post(f"/api/handoffs/{chat}/accept")

    assert (answer.status_code, answer.json["code"]) == (409, "case_already_taken")
    assert answer.json["fields"]["owner"] == "某rep"


def test_accepting_again_shows_the_same_chat(rep: Browser, chat: int) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/accept")

    assert answer.status_code == 200
    assert answer.json["item"]["owner"] == "active"


def test_a_rep_with_full_hands_is_told_his_limit(rep: Browser, database: Database) -> None:
    for number in range(3):
        rep.post(f"/api/handoffs/{add_waiting(database, number)}/accept")

    answer = rep.post(f"/api/handoffs/{add_waiting(database, 9)}/accept")

    assert (answer.status_code, answer.json["code"]) == (409, "capacity_reached")
    assert answer.json["fields"] == {"capacity": 3}


def test_a_declined_offer_goes_back_to_its_place(rep: Browser, product: UnderTest, database: Database) -> None:
    chat = add_waiting(database)
    offer_to(product, rep, "rep", chat)

    answer = rep.post(f"/api/handoffs/{chat}/decline", {"reason": "not_my_field"})

    row = conversation_of(database, chat)
    assert answer.status_code == 204
    assert (row.declined_by, row.queued_at) == (["rep"], MORNING)


def test_only_the_asked_rep_can_decline(
    colleague: Browser, rep: Browser, product: UnderTest, database: Database
) -> None:
    chat = add_waiting(database)
    offer_to(product, rep, "rep", chat)

    answer = colleague.post(f"/api/handoffs/{chat}/decline")

    assert (answer.status_code, answer.json["code"]) == (409, "case_state_conflict")
    assert conversation_of(database, chat).rep == "rep"


def test_a_chat_moves_to_another_desk(rep: Browser, chat: int, database: Database) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/transfer", {"skill": "ebank", "note": "U盾登不上"})

    row = conversation_of(database, chat)
    assert answer.status_code == 204
    assert (row.owner, row.rep, row.skill) == (Owner.QUEUED, None, "ebank")
    assert row.card["transfer"] == {"from": "rep", "to": None, "note": "U盾登不上"}


def test_a_chat_moves_to_a_named_colleague_on_his_own_desk(
    rep: Browser, colleague: Browser, chat: int, database: Database
) -> None:
    colleague.write("PUT", "/api/me/status", {"status": "ready"})

    answer = rep.post(f"/api/handoffs/{chat}/transfer", {"rep": "rep2"})

    row = conversation_of(database, chat)
    assert answer.status_code == 204
    assert (row.owner, row.rep, row.skill) == (Owner.OFFERED, "rep2", "loan")


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"skill": "sales"}, 422), ({"rep": "nobody"}, 422), ({"rep": "nobody", "skill": "loan"}, 422)],
)
def test_a_transfer_to_nowhere_changes_nothing(
    rep: Browser, chat: int, database: Database, body: dict[str, str], status: int
) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/transfer", body)

    assert answer.status_code == status
    assert conversation_of(database, chat).owner is Owner.ACTIVE


@pytest.mark.parametrize(
    ("rep_", "skill"),
    [
        pytest.param("rep", "loan", id="oneself"),
        pytest.param("rep2", "general", id="another_desk"),
        pytest.param("marketer", "loan", id="no_desk"),
        pytest.param("gone", "loan", id="disabled"),
        pytest.param("nobody", "loan", id="unknown"),
        pytest.param("nobody", None, id="unknown_and_no_desk"),
    ],
)
def test_a_chat_goes_only_to_a_colleague_who_serves_its_desk(
    rep: Browser, chat: int, database: Database, rep_: str, skill: str | None
) -> None:
    with database.transaction() as session:
        add_missing(session, [NewStaff("gone", "小郑", Role.REP, ("loan",), 3)], "x")
        session.get_one(StaffMember, "gone").is_enabled = False

    answer = rep.post(f"/api/handoffs/{chat}/transfer", {"rep": rep_} | ({"skill": skill} if skill else {}))

    row = conversation_of(database, chat)
    assert (answer.status_code, answer.json["fields"]) == (422, {"places": ["rep"]})
    assert (row.owner, row.rep) == (Owner.ACTIVE, "rep")


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("accept", {}),
        ("decline", {}),
        ("transfer", {"skill": "loan"}),
        ("close", {"outcome": "solved"}),
        ("replies", {"client_key": KEY, "text": "您好"}),
        ("typing", {}),
    ],
)
def test_a_chat_that_never_left_the_bot_is_not_there_for_any_act(
    rep: Browser, database: Database, act: str, body: dict[str, str]
) -> None:
    with database.transaction() as session:
        bots = add_bot_chat(session)

    answer, unknown = (rep.post(f"/api/handoffs/{number}/{act}", body) for number in (bots, 4242))

    assert (answer.status_code, answer.json["code"]) == (unknown.status_code, unknown.json["code"])
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_reps_own_words_hold_no_secret_when_kept_and_sent(
    rep: Browser, chat: int, product: UnderTest, database: Database
) -> None:
    said = f"您尾号之前的卡{CARD}，证件{ID_NUMBER}，对吗"

    answer = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": said})

    assert answer.status_code == 202
    [(_, sent)] = eventually(lambda: list(product.fakes.wechat.sent))
    for text in (answer.json["text"], rep_lines(database, chat)[0].text, sent.text):
        assert text.count("[已屏蔽]") == 2
        assert CARD not in text
        assert ID_NUMBER not in text


def test_the_note_of_a_transfer_holds_no_secret(rep: Browser, chat: int, database: Database) -> None:
    rep.post(f"/api/handoffs/{chat}/transfer", {"skill": "ebank", "note": f"卡号{CARD}登不上"})

    assert conversation_of(database, chat).card["transfer"]["note"] == "卡号[已屏蔽]登不上"


def test_the_note_of_a_close_holds_no_secret_nor_does_its_promise(rep: Browser, chat: int, database: Database) -> None:
    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "followup", "note": f"查{ID_NUMBER}"})

    assert conversation_of(database, chat).outcome_note == "查[已屏蔽]"
    assert rep.get("/api/followups").json["items"][0]["reason"] == "查[已屏蔽]"


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("transfer", {"skill": "loan"}),
        ("close", {"outcome": "solved"}),
        ("replies", {"client_key": KEY, "text": "您好"}),
        ("typing", {}),
    ],
)
def test_somebody_elses_chat_is_left_alone(
    colleague: Browser, chat: int, product: UnderTest, act: str, body: dict[str, str]
) -> None:
    answer = colleague.post(f"/api/handoffs/{chat}/{act}", body)

    row = conversation_of(product.bot.database, chat)
    assert (answer.status_code, answer.json["code"]) == (409, "case_not_yours")
    assert answer.json["fields"] == {"owner": "某rep", "state": "active"}
    assert (row.owner, row.rep) == (Owner.ACTIVE, "rep")
    assert product.fakes.wechat.sent == []


@pytest.mark.parametrize("act", ["accept", "decline", "transfer", "close", "replies", "typing"])
def test_no_act_reaches_a_chat_that_does_not_exist(rep: Browser, act: str) -> None:
    body = {
        "close": {"outcome": "solved"},
        "replies": {"client_key": KEY, "text": "您好"},
        "transfer": {"skill": "loan"},
    }

    answer = rep.post(f"/api/handoffs/4242/{act}", body.get(act, {}))

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


# ---- close ---------------------------------------------------------------------------------------------------------


def test_a_close_asks_for_a_rating_once(rep: Browser, chat: int, product: UnderTest) -> None:
    first = rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved", "note": "好了"})
    again = rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})

    row = conversation_of(product.bot.database, chat)
    assert (first.status_code, again.status_code) == (204, 409)
    assert (row.owner, row.outcome, row.outcome_note) == (Owner.CLOSED, "solved", "好了")
    [(_, asked)] = product.fakes.wechat.sent
    assert [choice.id for choice in asked.choices] == [f"rate:{chat}:{stars}" for stars in (5, 4, 3, 2, 1)]


def test_without_a_message_left_the_close_succeeds_and_the_rating_says_why_it_did_not_go(
    rep: Browser, chat: int, product: UnderTest, clock: FixedClock
) -> None:
    clock.advance(49 * 3600)
    rep.sign_in("rep")

    answer = rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})

    last = rep.get(f"/api/handoffs/{chat}").json["lines"][-1]
    assert answer.status_code == 204
    assert product.fakes.wechat.sent == []
    assert last["detail"]["not_sent"] == "window_closed"


def test_a_close_with_a_call_to_make_is_a_promise_of_the_same_rep(rep: Browser, chat: int) -> None:
    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "followup", "note": "明早看授权"})

    [promise] = rep.get("/api/followups").json["items"]
    assert (promise["owner"], promise["reason"], promise["conversation_id"]) == ("rep", "明早看授权", chat)


@pytest.mark.parametrize("outcome", ["followup", "referred"])
def test_what_a_close_promises_is_promised_with_it_or_the_chat_stays_open(
    rep: Browser, chat: int, database: Database, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    with database.transaction() as session:
        session.get_one(Follower, session.get_one(Conversation, chat).follower_id).branch = OUR_BRANCH
    body = {"outcome": outcome, "note": "明早看授权"}
    with monkeypatch.context() as broken:
        broken.setattr("bot.followups.service._publish", die)
        broken.setattr("bot.referrals.sending.check_staffed", die)
        failed = rep.post(f"/api/handoffs/{chat}/close", body)

    assert (failed.status_code, conversation_of(database, chat).owner) == (500, Owner.ACTIVE)
    assert rep.post(f"/api/handoffs/{chat}/close", body).status_code == 204
    with database.reading() as session:
        kept = (session.scalars(select(Followup.reason)).all(), session.scalars(select(Referral.ask)).all())
    assert kept == ((["明早看授权"], []) if outcome == "followup" else ([], ["明早看授权"]))


def test_a_corrected_outcome_stays_as_it_was_when_its_promise_fails(
    rep: Browser, chat: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})
    with monkeypatch.context() as broken:
        broken.setattr("bot.followups.service._publish", die)
        failed = rep.write("PUT", f"/api/handoffs/{chat}/outcome", {"outcome": "followup"})

    assert (failed.status_code, conversation_of(database, chat).outcome) == (500, Outcome.SOLVED)
    assert rep.write("PUT", f"/api/handoffs/{chat}/outcome", {"outcome": "followup"}).status_code == 204
    assert len(rep.get("/api/followups").json["items"]) == 1


# ---- replies -------------------------------------------------------------------------------------------------------


def test_a_reply_reaches_the_customer_as_a_persons_words(
    rep: Browser, chat: int, product: UnderTest, database: Database
) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": " 您好，我来帮您办。 "})

    assert answer.status_code == 202
    assert (answer.json["text"], answer.json["rep"], answer.json["client_key"]) == ("您好，我来帮您办。", "rep", KEY)
    [(openid, sent)] = eventually(lambda: list(product.fakes.wechat.sent))
    assert (openid, sent.text, sent.is_ai) == ("o-loan-1", "您好，我来帮您办。", False)
    assert eventually(lambda: rep.get(f"/api/handoffs/{chat}").json["lines"][-1]["delivery"] == "sent")
    assert rep.get(f"/api/handoffs/{chat}").json["item"]["allowance"]["left"] == 4
    assert conversation_of(database, chat).last_rep_at == MORNING


def test_the_same_key_is_the_same_message(rep: Browser, chat: int, product: UnderTest, database: Database) -> None:
    first, again = (rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "您好"}) for _ in range(2))

    eventually(lambda: product.fakes.wechat.sent)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json["id"] == first.json["id"]
    assert [line.text for line in rep_lines(database, chat)] == ["您好"]
    with database.reading() as session:
        assert len(session.scalars(select(Delivery)).all()) == 1


def test_a_reply_that_breaks_a_wording_rule_is_stopped_with_its_findings(
    rep: Browser, chat: int, product: UnderTest, database: Database
) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "您放心，这个贷款必批"})

    assert (answer.status_code, answer.json["code"]) == (422, "wording_blocked")
    [finding] = answer.json["fields"]["findings"]
    assert finding["rule"] == "C5"
    assert "必批" in finding["excerpt"]
    assert rep_lines(database, chat) == []
    assert product.fakes.wechat.sent == []


def test_praise_of_a_loan_goes_out_once_the_rep_confirms_what_it_lacks(
    rep: Browser, chat: int, database: Database
) -> None:
    body = {"client_key": KEY, "text": "经营快贷放款快，您可以试试"}

    asked = rep.post(f"/api/handoffs/{chat}/replies", body)
    sent = rep.post(f"/api/handoffs/{chat}/replies", {**body, "is_confirmed": True})

    assert (asked.status_code, asked.json["code"]) == (422, "wording_unconfirmed")
    [finding] = asked.json["fields"]["findings"]
    assert (finding["grade"], finding["missing"]) == ("require", ["risk_line", "lender", "hotline"])
    assert sent.status_code == 202
    [line] = rep_lines(database, chat)
    assert line.detail["confirmed"] == [finding]


def test_what_is_blocked_stays_blocked_when_confirmed(rep: Browser, chat: int, database: Database) -> None:
    body = {"client_key": KEY, "text": "经营快贷放款快，必批", "is_confirmed": True}

    answer = rep.post(f"/api/handoffs/{chat}/replies", body)

    assert answer.json["code"] == "wording_blocked"
    assert [found["grade"] for found in answer.json["fields"]["findings"]] == ["block", "require"]
    assert rep_lines(database, chat) == []


def test_asking_for_a_password_is_stopped_too(rep: Browser, chat: int) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "请把您的验证码发给我"})

    assert answer.json["code"] == "wording_blocked"
    assert answer.json["fields"]["findings"][0]["rule"] == "C22"


def test_the_sixth_message_and_a_late_one_are_refused_with_the_reason(
    rep: Browser, chat: int, clock: FixedClock
) -> None:
    def send(number: int):
        body = {"client_key": f"key-1000{number:04d}", "text": "您好" * 40, "is_last_confirmed": True}
        return rep.post(f"/api/handoffs/{chat}/replies", body)

    assert [send(number).status_code for number in range(5)] == [202] * 5
    spent = send(5)
    clock.advance(48 * 3600)
    rep.sign_in("rep")
    late = send(6)

    instead = {"allowance_spent": ["wait", "call", "spoken"], "window_closed": ["call", "spoken"]}
    for answer, reason in ((spent, "allowance_spent"), (late, "window_closed")):
        assert (answer.status_code, answer.json["code"]) == (409, "send_refused")
        assert answer.json["fields"] == {"reason": reason, "alternatives": instead[reason]}


def test_what_the_platform_refuses_shows_at_the_bubble(rep: Browser, chat: int, product: UnderTest) -> None:
    product.fakes.wechat.failures.append(SendRefused(reason="45015"))

    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "您好"})

    failed = eventually(
        lambda: [line for line in rep.get(f"/api/handoffs/{chat}").json["lines"] if line["delivery"] == "failed"]
    )
    assert failed[0]["delivery_reason"] == "45015"


def test_a_busy_platform_leaves_the_reply_queued_for_the_sweep(
    rep: Browser, chat: int, product: UnderTest, clock: FixedClock, database: Database
) -> None:
    product.fakes.wechat.failures.append(WechatBusy())
    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": "您好"})

    def attempts() -> list[int]:
        with database.reading() as session:
            tried = (Delivery.state == DeliveryState.QUEUED) & (Delivery.attempts == 1)
            return list(session.scalars(select(Delivery.id).where(tried)))

    assert eventually(attempts)
    clock.advance(10)
    product.bot.deliverer.sweep()

    assert [reply.text for _, reply in product.fakes.wechat.sent] == ["您好"]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "　"])
def test_an_empty_reply_is_no_reply(rep: Browser, chat: int, database: Database, text: str) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "text": text})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert rep_lines(database, chat) == []


@pytest.mark.parametrize(("card", "kind"), [("product:jingying_kuaidai", "product"), ("guide:loan_apply", "guide")])
def test_an_approved_card_goes_out_in_its_own_words(
    rep: Browser, chat: int, product: UnderTest, card: str, kind: str
) -> None:
    listed = {item["id"]: item["text"] for item in rep.get("/api/canned").json["items"]}

    answer = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "card": card})

    assert answer.status_code == 202
    assert (answer.json["kind"], answer.json["detail"]["card"], answer.json["text"]) == (kind, card, listed[card])
    [(_, sent)] = eventually(lambda: list(product.fakes.wechat.sent))
    assert (sent.text, sent.is_ai) == (listed[card], False)
    assert [choice["id"] for choice in answer.json["choices"]] == [choice.id for choice in sent.choices]


def test_a_card_nobody_approved_does_not_exist(rep: Browser, chat: int) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/replies", {"client_key": KEY, "card": "product:unlisted"})

    assert (answer.status_code, answer.json["fields"]) == (422, {"places": ["card"]})


def test_typing_is_shown_and_a_platform_that_does_not_want_it_is_no_error(
    rep: Browser, chat: int, product: UnderTest
) -> None:
    product.fakes.wechat.failures.append(SendRefused(reason="45081"))

    assert [rep.post(f"/api/handoffs/{chat}/typing").status_code for _ in range(2)] == [204, 204]
    assert eventually(lambda: list(product.fakes.wechat.typing)) == ["o-loan-1"]


def test_the_desks_events_carry_growing_versions(rep: Browser, chat: int, database: Database) -> None:
    rep.post(f"/api/handoffs/{chat}/transfer", {"skill": "ebank"})

    with database.reading() as session:
        versions = [row.version for row in read_after(session, 0) if row.conversation_id == chat and row.version]

    assert all(later > earlier for earlier, later in pairwise(versions))
