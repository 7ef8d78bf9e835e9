"""The message window over HTTP: the last message, lines that leave together, an invitation, calls in its place."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.model import Allowance, Delivery, DeliveryState
from bot.followups.model import Followup
from bot.handoff.model import Conversation
from bot.outbox import OutboxRow
from bot.transcripts.model import Line, Speaker
from tests.factories import MORNING, add_waiting, conversation_of, hear
from tests.product import UnderTest, eventually
from tests.unit.api.conftest import Browser

LONG = "请您按下面说的一步一步来，弄完了告诉我一声，我在这里等您，不着急。" * 2
SLOT = "2026-11-24T03:00:00Z"  # eleven o'clock at the bank


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def chat(database: Database, rep: Browser) -> int:
    """A chat the rep has, whose customer has just written."""
    found = add_waiting(database)
    hear(database, found)
    assert rep.post(f"/api/handoffs/{found}/accept").status_code == 200
    return found


def leave(database: Database, messages: int) -> None:
    with database.transaction() as session:
        row = session.scalars(select(Allowance)).one()
        row.used = row.total - messages


def say(rep: Browser, chat: int, text: str, number: int = 1, **more: object):
    return rep.post(f"/api/handoffs/{chat}/replies", {"client_key": f"key-{number:08d}", "text": text, **more})


def received(product: UnderTest) -> list[str]:
    return [reply.text for _, reply in product.fakes.wechat.sent]


def allowance(rep: Browser, chat: int) -> tuple[int, int]:
    found = rep.get(f"/api/handoffs/{chat}").json["item"]["allowance"]
    return found["left"], found["free"]


# ---- the last message ----------------------------------------------------------------------------------------------


def test_the_last_message_goes_only_knowingly_and_the_rating_is_not_asked_then(
    rep: Browser, chat: int, database: Database, product: UnderTest
) -> None:
    leave(database, 1)

    asked = say(rep, chat, LONG)
    sent = say(rep, chat, LONG, is_last_confirmed=True)

    assert (asked.status_code, asked.json["code"]) == (422, "last_message")
    assert sent.status_code == 202
    assert rep.get(f"/api/handoffs/{chat}").json["window"]["rating_held"] == "allowance_spent"
    assert rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"}).status_code == 204
    row = conversation_of(database, chat)
    assert (row.rating_asked_at, row.rating_skipped) == (None, "allowance_spent")
    assert eventually(lambda: received(product)) == [LONG]


def test_the_question_takes_the_message_that_was_kept_for_it(
    rep: Browser, chat: int, database: Database, product: UnderTest
) -> None:
    leave(database, 1)
    assert rep.get(f"/api/handoffs/{chat}").json["window"]["rating_held"] is None

    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})

    assert conversation_of(database, chat).rating_asked_at == MORNING
    assert len(received(product)) == 1


# ---- lines that leave together -------------------------------------------------------------------------------------


def test_with_many_messages_left_a_line_goes_at_once(rep: Browser, chat: int, product: UnderTest) -> None:
    answer = say(rep, chat, "您好")

    assert answer.json["held_until"] is None
    assert eventually(lambda: received(product)) == ["您好"]


def test_short_lines_leave_as_one_message_and_stay_lines_of_their_own(
    rep: Browser, chat: int, product: UnderTest, database: Database, clock: FixedClock
) -> None:
    leave(database, 3)
    say(rep, chat, "您好", 1)
    clock.advance(4)
    say(rep, chat, "材料带身份证", 2)
    clock.advance(4)
    product.bot.deliverer.sweep()
    assert received(product) == []

    clock.advance(4)
    product.bot.deliverer.sweep()

    assert received(product) == ["您好\n材料带身份证"]
    assert allowance(rep, chat) == (2, 1)
    lines = [line for line in rep.get(f"/api/handoffs/{chat}").json["lines"] if line["speaker"] == "rep"]
    assert [(line["text"], line["delivery"], line["held_until"]) for line in lines] == [
        ("您好", "sent", None),
        ("材料带身份证", "sent", None),
    ]


def test_lines_do_not_wait_for_ever(rep: Browser, chat: int, product: UnderTest, database: Database, clock) -> None:
    leave(database, 3)
    for number in range(7):
        say(rep, chat, f"第{number}句", number)
        clock.advance(3)

    product.bot.deliverer.sweep()

    assert received(product)[0].startswith("第0句\n第1句")


def test_send_now_sends_what_waits(rep: Browser, chat: int, product: UnderTest, database: Database) -> None:
    leave(database, 3)
    assert say(rep, chat, "您好").json["held_until"] is not None

    answers = [rep.post(f"/api/handoffs/{chat}/replies/flush").status_code for _ in range(2)]

    assert answers == [204, 204]
    assert eventually(lambda: received(product)) == ["您好"]


def test_a_card_does_not_wait_and_takes_what_waits_along(
    rep: Browser, chat: int, product: UnderTest, database: Database
) -> None:
    leave(database, 3)
    say(rep, chat, "给您看看这个")

    rep.post(f"/api/handoffs/{chat}/replies", {"client_key": "key-00000009", "card": "product:jingying_kuaidai"})

    assert eventually(lambda: received(product)[1:])
    assert received(product)[0] == "给您看看这个"


def test_what_would_be_too_long_is_a_message_of_its_own(
    rep: Browser, chat: int, product: UnderTest, database: Database
) -> None:
    leave(database, 3)
    say(rep, chat, "您好", 1)

    say(rep, chat, "贷" * 681, 2)

    assert eventually(lambda: received(product)[1:])
    assert received(product) == ["您好", "贷" * 681]


def test_the_same_key_again_joins_nothing(rep: Browser, chat: int, database: Database) -> None:
    leave(database, 3)

    first, again = (say(rep, chat, "您好") for _ in range(2))

    assert first.json["id"] == again.json["id"]
    with database.reading() as session:
        assert session.scalars(select(Delivery.content)).one()["text"] == "您好"


def test_a_line_joins_the_last_message_without_being_asked_about(rep: Browser, chat: int, database: Database) -> None:
    leave(database, 1)
    say(rep, chat, "您好", 1, is_last_confirmed=True)

    joined = say(rep, chat, "再见", 2)

    assert joined.status_code == 202
    with database.reading() as session:
        assert session.scalars(select(Delivery.state)).all() == [DeliveryState.QUEUED]


def test_what_is_tried_already_takes_no_more_words(rep: Browser, chat: int, database: Database) -> None:
    leave(database, 3)
    say(rep, chat, "您好", 1)
    with database.transaction() as session:
        row = session.scalars(select(Delivery)).one()
        row.state, row.attempts = DeliveryState.SENDING, 1

    say(rep, chat, "材料带身份证", 2)

    with database.reading() as session:
        texts = [content["text"] for content in session.scalars(select(Delivery.content).order_by(Delivery.id))]
    assert texts == ["您好", "材料带身份证"]


# ---- before and after the end --------------------------------------------------------------------------------------


def near_the_end(product: UnderTest, clock: FixedClock, rep: Browser) -> None:
    clock.advance(46.5 * 3600)
    rep.sign_in("rep")
    product.bot.rescues.sweep()


def test_an_invitation_is_sent_once_and_may_be_the_last_message(
    rep: Browser, chat: int, product: UnderTest, database: Database, clock: FixedClock
) -> None:
    leave(database, 1)
    near_the_end(product, clock, rep)
    assert rep.get(f"/api/handoffs/{chat}").json["window"]["why"] == "unanswered"

    answers = [rep.post(f"/api/handoffs/{chat}/invitation").status_code for _ in range(2)]

    assert answers == [204, 204]
    assert len(received(product)) == 1
    assert "回复任意一个字" in received(product)[0]
    assert rep.get(f"/api/handoffs/{chat}").json["window"]["is_invited"] is True
    with database.reading() as session:
        assert session.scalars(select(Line.kind).where(Line.speaker == Speaker.SYSTEM)).all() == ["notice"]


def test_nobody_is_invited_while_the_window_is_wide_open(rep: Browser, chat: int) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/invitation")

    assert (answer.status_code, answer.json["code"]) == (409, "case_state_conflict")


def test_a_call_is_chosen_from_the_desks_half_hours(rep: Browser, chat: int, database: Database) -> None:
    with database.transaction() as session:
        session.get_one(Follower, conversation_of(database, chat).follower_id).phone = "13812345678"
        session.get_one(Conversation, chat).reason = "问贷款进度"

    found = rep.get(f"/api/handoffs/{chat}/call-times").json

    assert (found["desk_name"], found["phone"], found["reason"]) == ("普惠专属服务代表", "138****5678", "问贷款进度")
    assert found["slots"][0] == {"at": "2026-11-24T02:30:00Z", "label": "今天10:30-11:00"}
    assert (found["soonest_at"], found["soonest_label"]) == ("2026-11-24T02:30:00Z", "今天10:30")
    assert len(found["slots"]) == 24


@pytest.mark.parametrize(
    ("body", "due_at"),
    [({"slot_at": SLOT}, MORNING + timedelta(hours=1.5)), ({"due_at": SLOT}, MORNING + timedelta(hours=1))],
)
def test_a_call_is_promised_and_settles_the_window(
    rep: Browser, chat: int, database: Database, body: dict[str, str], due_at
) -> None:
    answers = [rep.post(f"/api/handoffs/{chat}/followups", {"reason": "报进度", **body}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    with database.reading() as session:
        row = session.scalars(select(Followup)).one()
    assert (row.due_at, row.owner, row.reason, row.conversation_id) == (due_at, "rep", "报进度", chat)
    assert rep.get(f"/api/handoffs/{chat}").json["window"]["promised_at"] == due_at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "slot_at"),
        ({"slot_at": SLOT, "due_at": SLOT}, "slot_at"),
        ({"slot_at": "2026-11-24T03:10:00Z"}, "slot_at"),
        ({"slot_at": "2026-11-23T03:00:00Z"}, "slot_at"),
        ({"due_at": "2026-11-24T12:00:00Z"}, "due_at"),
        ({"due_at": "2026-11-24T01:30:00Z"}, "due_at"),
        ({"due_at": "2027-03-01T03:00:00Z"}, "due_at"),
        ({"slot_at": SLOT, "reason": "  "}, "reason"),
    ],
)
def test_a_call_at_no_time_of_the_desk_is_refused(rep: Browser, chat: int, body: dict[str, str], place: str) -> None:
    answer = rep.post(f"/api/handoffs/{chat}/followups", {"reason": "报进度", **body})

    assert answer.status_code == 422
    assert place in answer.json["fields"]["places"]


def test_another_time_frees_the_half_hour_and_is_told(rep: Browser, chat: int, database: Database) -> None:
    path, due = f"/api/handoffs/{chat}/followups", "2026-11-24T04:00:00Z"
    rep.post(path, {"reason": "报进度", "slot_at": SLOT})

    moved = rep.post(path, {"reason": "报进度", "due_at": due})

    assert (moved.json["due_at"], moved.json["slot_at"]) == (due, None)
    with database.reading() as session:
        row = session.scalars(select(Followup)).one()
        told = session.scalars(select(OutboxRow.type).where(OutboxRow.type.startswith("followup."))).all()
    assert (row.slot_at, row.slot_place) == (None, None)
    assert told == ["followup.promised", "followup.changed"]


def test_a_full_half_hour_is_refused_and_what_was_agreed_stays(rep: Browser, chat: int, database: Database) -> None:
    for number in range(2, 6):
        other = add_waiting(database, number)
        rep.post(f"/api/handoffs/{other}/followups", {"reason": "报进度", "slot_at": SLOT})

    answer = rep.post(f"/api/handoffs/{chat}/followups", {"reason": "报进度", "slot_at": SLOT})

    assert (answer.status_code, answer.json["code"]) == (422, "slot_taken")
    with database.reading() as session:
        assert session.scalars(select(Followup).where(Followup.conversation_id == chat)).all() == []


def test_a_promise_holds_no_secret_of_the_customer(rep: Browser, chat: int, database: Database) -> None:
    rep.post(f"/api/handoffs/{chat}/followups", {"reason": "证件11010519491231002X", "slot_at": SLOT})

    with database.reading() as session:
        assert session.scalars(select(Followup.reason)).one() == "证件[已屏蔽]"


@pytest.mark.parametrize(
    ("method", "act"), [("GET", "call-times"), ("POST", "followups"), ("POST", "invitation"), ("POST", "replies/flush")]
)
def test_a_chat_of_somebody_else_is_not_there(
    chat: int, signed_in: Callable[[str], Browser], method: str, act: str
) -> None:
    stranger = signed_in("rep2")
    body = {"reason": "报进度", "slot_at": SLOT} if act == "followups" else {}

    answer = stranger.client.open(
        f"/api/handoffs/{chat}/{act}", method=method, json=body, headers={"X-CSRF-Token": stranger.token}
    )

    assert (answer.status_code, (answer.json or {})["code"]) == (404, "not_found")
