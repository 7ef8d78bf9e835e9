"""A decision becomes rows: the line, the session, the place in line, the promise, and the one reply."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.complaints.model import Complaint, ComplaintState, ToldBy
from bot.customers.model import Consent, Follower
from bot.customers.rules import MARKETING_STOP, IdentityLevel, Purpose
from bot.db import Database
from bot.desks.model import Absence, AwayFor
from bot.dialogue.carry_out import URGENT, Carried, carry_out
from bot.dialogue.flow import Step, Turn
from bot.dialogue.session import IDLE, Session
from bot.dialogue.turn import Decision
from bot.followups.model import Followup
from bot.handoff.matters import Matter, MatterVerdict
from bot.handoff.model import Conversation, Outcome, Owner
from bot.knowledge.content import Content
from bot.messages import EventName, HandoffRequest, InboundMessage, MessageKind, Reply, Understanding
from bot.privacy.model import DataRequest, RequestKind
from bot.staff.model import StaffMember
from bot.transcripts.model import Line, Speaker
from tests.factories import DESK_RULES, MORNING, add_rep, add_waiting, conversation_of
from tests.fakes import FakeBank

SAID = InboundMessage(MessageKind.TEXT, "o-loan-1", "gh", MORNING, "k", text="回单怎么打")
NIGHT = MORNING + timedelta(hours=12)
HUMAN = HandoffRequest("ebank", "U盾登不上", 40, {"ukey": "黑色"})


@pytest.fixture
def chat(database: Database) -> int:
    """A conversation the bot has."""
    found = add_waiting(database)
    give_to(database, found, Owner.BOT)
    return found


def give_to(database: Database, chat: int, owner: Owner) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.queued_at = owner, None if owner is Owner.BOT else row.queued_at


@pytest.fixture
def carry(database: Database, content: Content, chat: int):
    def act(decision: Decision, message: InboundMessage = SAID, now=MORNING) -> Carried:
        with database.transaction() as session:
            return carry_out(
                session, session.get_one(Conversation, chat), message, decision, content, lambda: DESK_RULES, now
            )

    return act


def turn(content: Content) -> Turn:
    understood = Understanding("ukey_login", 0.9)
    return Turn(SAID, understood, Session(), content, FakeBank(), None, MORNING, in_hours=True)


def written(database: Database) -> list[tuple[Speaker, str, str]]:
    with database.reading() as session:
        return [(line.speaker, line.kind, line.text) for line in session.scalars(select(Line).order_by(Line.id))]


def sources(carried: Carried) -> list[str]:
    named = (carried.reply.source or "") if carried.reply else ""
    return [source.split("@")[0] for source in named.split(",") if source]


def test_a_plain_answer_writes_the_line_and_keeps_the_session(carry, database: Database, chat: int) -> None:
    session = Session(flow="howto", step="pick")

    carried = carry(Decision(Step(session, (Reply("在查询里"),))))

    row = conversation_of(database, chat)
    assert carried == Carried(Reply("在查询里"), is_waiting=False)
    assert written(database) == [(Speaker.CUSTOMER, "text", "回单怎么打")]
    assert (row.session["flow"], row.session_expires_at, row.last_customer_at) == ("howto", MORNING + IDLE, MORNING)


def test_a_hand_off_opens_the_line_with_its_card_and_tells_the_place(
    carry, database: Database, chat: int, content: Content
) -> None:
    add_rep(database, "rep01", skills=("ebank",))

    carried = carry(Decision(Step(Session(), (Reply("给您转人工"),), handoff=HUMAN), turn(content)))

    row = conversation_of(database, chat)
    assert carried.is_waiting
    assert carried.reply is not None
    assert carried.reply.text.startswith("给您转人工\n\n")
    assert "前面还有0位" in carried.reply.text
    assert "20秒" in carried.reply.text
    assert (row.owner, row.skill, row.reason, row.priority, row.queued_at) == (
        Owner.QUEUED,
        "ebank",
        "U盾登不上",
        40,
        MORNING,
    )
    assert any("回单怎么打" in line for line in row.card["summary"])


@pytest.mark.parametrize("gone", ["disabled", "absent"])
def test_who_is_not_at_work_promises_no_quick_answer(carry, database: Database, content: Content, gone: str) -> None:
    add_rep(database, "rep01", skills=("ebank",))
    with database.transaction() as session:
        if gone == "disabled":
            session.get_one(StaffMember, "rep01").is_enabled = False
        else:
            hours = {"starts_at": MORNING - timedelta(hours=1), "ends_at": MORNING + timedelta(hours=8)}
            session.add(Absence(rep="rep01", away_for=AwayFor.SICK, note="", created_by="boss", **hours))

    carried = carry(Decision(Step(Session(), handoff=HUMAN), turn(content)))

    assert carried.reply is not None
    assert "20秒" not in carried.reply.text


def test_with_others_ahead_the_wait_is_given_in_minutes(carry, database: Database, content: Content) -> None:
    for number in (11, 12):
        add_waiting(database, number, skill="ebank", queued_at=MORNING - timedelta(minutes=99))

    carried = carry(Decision(Step(Session(), handoff=HUMAN), turn(content)))

    assert carried.reply is not None
    assert "前面还有2位" in carried.reply.text
    assert "9分钟左右" in carried.reply.text


def test_a_chat_already_in_line_is_not_put_in_line_again(
    carry, database: Database, chat: int, content: Content
) -> None:
    give_to(database, chat, Owner.ACTIVE)

    carried = carry(Decision(Step(Session(), handoff=HUMAN), turn(content)))

    assert carried == Carried(None, is_waiting=False)
    assert conversation_of(database, chat).owner is Owner.ACTIVE


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED])
def test_who_waits_may_ask_for_his_place_and_become_urgent(carry, database: Database, chat: int, owner: Owner) -> None:
    give_to(database, chat, owner)

    asked = carry(Decision(Step(Session()), asks_place=True))
    carry(Decision(Step(Session()), is_urgent=True))

    row = conversation_of(database, chat)
    assert (sources(asked), asked.is_waiting) == (["handoff_place"], True)
    assert (row.priority, row.place_told_at) == (URGENT, MORNING)


@pytest.mark.parametrize(("before", "after"), [(0, 80), (100, 100)])
def test_who_complains_while_waiting_goes_ahead_like_any_complaint(
    carry, database: Database, chat: int, before: int, after: int
) -> None:
    give_to(database, chat, Owner.QUEUED)
    with database.transaction() as session:
        session.get_one(Conversation, chat).priority = before

    carry(Decision(Step(Session(), complains=True)))

    assert conversation_of(database, chat).priority == after


def test_fraud_in_a_reps_chat_reaches_his_card_and_puts_it_ahead(carry, database: Database, chat: int) -> None:
    give_to(database, chat, Owner.ACTIVE)

    carried = carry(Decision(Step(Session(slots={"risk": "疑似诈骗"})), is_urgent=True))

    row = conversation_of(database, chat)
    assert carried == Carried(None, is_waiting=False)
    assert (row.owner, row.priority) == (Owner.ACTIVE, URGENT)
    assert ["风险", "疑似诈骗"] in row.card["slots"]


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED])
def test_who_stops_waiting_is_the_bots_again(carry, database: Database, chat: int, owner: Owner) -> None:
    give_to(database, chat, owner)

    carried = carry(Decision(Step(Session()), stops_waiting=True))

    row = conversation_of(database, chat)
    assert (sources(carried), carried.is_waiting) == (["left_line"], False)
    assert (row.owner, row.queued_at) == (Owner.BOT, None)


def test_a_secret_is_warned_of_first(carry) -> None:
    carried = carry(Decision(Step(Session(), (Reply("好的"),)), warns_of_secret=True))

    assert sources(carried) == ["secret_warning"]
    assert carried.reply is not None
    assert carried.reply.text.endswith("\n\n好的")


def test_a_rating_is_thanked_for_and_starts_nothing(carry, database: Database, chat: int) -> None:
    tap = replace(SAID, text="非常满意", menu_choice=f"rate:{chat}:5")

    carried = carry(Decision(Step(Session(flow="loan"), (Reply("多少钱"),))), tap)

    row = conversation_of(database, chat)
    assert (sources(carried), row.rating) == (["rating_thanks"], 5)
    assert row.session == {}
    assert written(database) == [(Speaker.CUSTOMER, "choice", "非常满意")]


@pytest.mark.parametrize(
    ("now", "due"),
    [(MORNING, MORNING + timedelta(minutes=30)), (NIGHT, MORNING + timedelta(hours=23, minutes=30))],
    ids=["open", "closed"],
)
def test_a_call_back_is_promised_half_an_hour_after_the_desk_is_open(carry, database: Database, now, due) -> None:
    carry(Decision(Step(Session(), callback_phone="13812345678")), now=now)

    with database.reading() as session:
        promise = session.scalars(select(Followup)).one()
        follower = session.scalars(select(Follower)).one()
    assert (promise.phone, promise.due_at, promise.skill, promise.reason) == (
        "13812345678",
        due,
        "general",
        "客户请回电",
    )
    assert follower.phone == "13812345678"


def test_a_call_back_at_the_time_and_desk_he_was_told_uses_the_number_we_have(carry, database: Database) -> None:
    with database.transaction() as session:
        session.scalars(select(Follower)).one().phone = "13800000000"
    at = MORNING + timedelta(hours=3)

    step = Step(Session(), callback_phone="", callback_at=at, callback_skill="loan", callback_reason="看利率")
    carry(Decision(step))

    with database.reading() as session:
        promise = session.scalars(select(Followup)).one()
    assert (promise.phone, promise.due_at, promise.skill, promise.reason) == ("13800000000", at, "loan", "看利率")


def promised(database: Database) -> list[tuple[str, str, str | None]]:
    with database.reading() as session:
        return [(row.skill, row.reason, row.phone) for row in session.scalars(select(Followup).order_by(Followup.id))]


@pytest.mark.parametrize(("desk", "reason"), [("fraud", "客户已受骗"), ("complaint", "客户投诉")])
def test_a_call_to_a_victim_or_complainant_is_not_turned_into_another(
    carry, database: Database, desk: str, reason: str
) -> None:
    carry(Decision(Step(Session(), callback_phone="", callback_skill=desk, callback_reason=reason)))

    for skill, wish in ((desk, "客户要求人工"), ("loan", "客户要求人工"), (desk, "客户要求人工（约11月25日9:00）")):
        carry(Decision(Step(Session(), callback_phone="", callback_skill=skill, callback_reason=wish)))

    assert promised(database) == [(desk, f"{reason}；客户要求人工", None), ("loan", "客户要求人工", None)]


def test_what_turns_out_worse_is_added_and_another_half_hour_replaces_the_first(carry, database: Database) -> None:
    reasons = ("疑似诈骗（约11月25日9:00）", "疑似诈骗（约11月25日10:00）", "客户已受骗")

    for reason in reasons:
        carry(Decision(Step(Session(), callback_phone="", callback_skill="fraud", callback_reason=reason)))

    assert promised(database) == [("fraud", "疑似诈骗（约11月25日10:00）；客户已受骗", None)]


def test_an_ordinary_promise_follows_the_latest_wish_of_its_desk(carry, database: Database) -> None:
    for reason in ("客户要求人工", "看利率"):
        carry(Decision(Step(Session(), callback_phone="", callback_skill="loan", callback_reason=reason)))

    assert promised(database) == [("loan", "看利率", None)]


def test_a_number_given_for_one_call_is_that_of_the_others_too(carry, database: Database) -> None:
    carry(Decision(Step(Session(), callback_phone="", callback_skill="fraud", callback_reason="客户已受骗")))

    carry(Decision(Step(Session(), callback_phone="13812345678", callback_reason="客户要求人工")))

    assert [(skill, phone) for skill, _, phone in promised(database)] == [
        ("fraud", "13812345678"),
        ("general", "13812345678"),
    ]


def test_who_opts_out_is_left_alone_from_now_on(carry, database: Database, content: Content) -> None:
    for now in (MORNING, NIGHT):
        carry(Decision(Step(Session(), (content.say("opted_out"),), withdraws=MARKETING_STOP)), now=now)

    with database.reading() as session:
        assert session.scalars(select(Follower.opted_out_at)).one() == MORNING


def test_a_withdrawal_in_the_chat_is_proved_by_his_message_and_our_answer(
    carry, database: Database, content: Content
) -> None:
    said = content.say("profiling_refused")
    told = Step(Session(), (Reply("别着急。"), said), withdraws=(Purpose.PROFILING,), withdrawn_by=said.source or "")
    carry(Decision(told))

    with database.reading() as session:
        row = session.scalars(select(Consent)).one()
    assert (row.purpose, row.granted, row.channel, row.proof) == (Purpose.PROFILING, False, "chat", SAID.dedupe_key)
    assert row.text_version == content.say("profiling_refused").source


def test_his_own_word_on_the_matter_is_its_outcome(carry, database: Database, chat: int) -> None:
    carry(Decision(Step(Session(), outcome="solved")))

    assert conversation_of(database, chat).outcome is Outcome.SOLVED


def event(name: EventName, key: str | None = None) -> InboundMessage:
    return InboundMessage(MessageKind.EVENT, "o-loan-1", "gh", MORNING, "k", event=name, event_key=key)


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        (event(EventName.SUBSCRIBE), []),
        (event(EventName.CLICK, "e_receipt"), [(Speaker.CUSTOMER, "click", "电子回单")]),
        (event(EventName.CLICK, "gone"), [(Speaker.CUSTOMER, "click", "gone")]),
        (replace(SAID, kind=MessageKind.IMAGE, text=""), [(Speaker.CUSTOMER, "image", "")]),
    ],
    ids=["follow", "menu", "old_menu", "picture"],
)
def test_the_rep_reads_what_was_done_in_words(carry, database: Database, message, lines) -> None:
    carry(Decision(Step(Session())), message)

    assert written(database) == lines


def test_a_bubble_keeps_its_facts_but_no_ticket(carry, database: Database) -> None:
    detail = {"media_id": "m1", "ticket": "secret", "label": "城东"}

    carry(Decision(Step(Session())), replace(SAID, detail=detail, menu_choice="guide:loan_apply:1"))

    with database.reading() as session:
        found = session.scalars(select(Line.detail)).one()
    assert found == {"media_id": "m1", "label": "城东", "choice": "guide:loan_apply:1"}


def test_a_followers_tap_on_the_menu_is_no_word_of_his(carry, database: Database, chat: int, clock: FixedClock) -> None:
    before = conversation_of(database, chat).last_customer_at

    carry(Decision(Step(Session())), event(EventName.CLICK, "e_receipt"), now=NIGHT)

    assert conversation_of(database, chat).last_customer_at == before


def test_a_complaint_gets_its_ticket_in_the_same_turn(carry, database: Database, chat: int) -> None:
    carried = carry(Decision(Step(Session(), (Reply("很抱歉。"),), complains=True)))

    assert carried.reply is not None
    assert carried.reply.text.startswith("很抱歉。")
    assert "编号TS202611240001" in carried.reply.text
    assert "15日内（12月9日前）" in carried.reply.text


def test_a_second_complaint_is_told_the_ticket_of_the_first(carry, database: Database, chat: int) -> None:
    carry(Decision(Step(Session(), complains=True)))

    assert sources(carry(Decision(Step(Session(), complains=True)))) == ["complaint_known"]


def test_a_complaint_while_a_rep_has_the_word_is_about_that_rep(carry, database: Database, chat: int) -> None:
    add_rep(database, "rep01")
    give_to(database, chat, Owner.ACTIVE)
    with database.transaction() as session:
        session.get_one(Conversation, chat).rep = "rep01"

    carried = carry(Decision(Step(Session(), complains=True)))

    assert sources(carried) == ["complaint_filed"]
    with database.reading() as session:
        assert session.scalars(select(Complaint.about_rep)).one() == "rep01"
    assert carry(Decision(Step(Session(), complains=True))).reply is None


def test_an_opinion_about_the_result_is_taken_by_a_tap(carry, database: Database, chat: int) -> None:
    carry(Decision(Step(Session(), complains=True)))
    with database.transaction() as session:
        row = session.scalars(select(Complaint)).one()
        row.state, row.result, row.told_by = ComplaintState.CLOSED, "已退费", ToldBy.PHONE

    carried = carry(Decision(Step(Session())), replace(SAID, text="满意", menu_choice="complaint:1:pleased"))

    assert sources(carried) == ["complaint_pleased"]


def matters(database: Database) -> list[tuple[str, str, MatterVerdict]]:
    with database.reading() as session:
        return [(row.flow, row.intent, row.verdict) for row in session.scalars(select(Matter))]


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (Step(Session(last_intent="loan_documents"), outcome="solved"), MatterVerdict.SOLVED),
        (Step(Session(last_intent="loan_documents"), outcome="unsolved"), MatterVerdict.UNSOLVED),
        (Step(Session(last_intent="loan_documents"), handoff=HUMAN), MatterVerdict.HUMAN),
    ],
)
def test_what_became_of_a_matter_is_written_down(
    carry, database: Database, content: Content, step: Step, verdict: MatterVerdict
) -> None:
    carry(Decision(step, turn(content)))

    assert matters(database) == [("faq", "loan_documents", verdict)]


def test_the_latest_word_on_a_matter_counts(carry, database: Database, content: Content) -> None:
    for outcome in ("unsolved", "solved"):
        carry(Decision(Step(Session(last_intent="loan_documents"), outcome=outcome), turn(content)))

    assert matters(database) == [("faq", "loan_documents", MatterVerdict.SOLVED)]


def test_a_turn_without_a_word_on_any_matter_writes_none(carry, database: Database, content: Content) -> None:
    carry(Decision(Step(Session(last_intent="loan_documents")), turn(content)))
    carry(Decision(Step(Session(), outcome="solved"), turn(content)))

    assert matters(database) == []


@pytest.mark.parametrize("level", [IdentityLevel.PHONE_VERIFIED, IdentityLevel.BOUND])
def test_a_data_request_gets_its_number_and_its_day_and_a_repeat_the_same(
    carry, database: Database, chat: int, level: IdentityLevel
) -> None:
    with database.transaction() as session:
        session.scalars(select(Follower)).one().identity_level = int(level)
    asked = Decision(Step(Session(), (Reply("登记了。"),), data_request=RequestKind.EXPORT))

    replies = [carry(asked).reply for _ in range(2)]

    assert replies[0] is not None
    assert "申请编号SQ20261124N00001，我们会在12月9日前办好" in replies[0].text
    assert replies[0] == replies[1]
    with database.reading() as session:
        assert session.scalars(select(DataRequest.kind)).all() == [RequestKind.EXPORT]


def test_nobody_we_do_not_know_gets_a_number(carry, database: Database) -> None:
    with pytest.raises(AssertionError):
        carry(Decision(Step(Session(), (Reply("登记了。"),), data_request=RequestKind.EXPORT)))

    with database.reading() as session:
        assert session.scalars(select(DataRequest)).all() == []
