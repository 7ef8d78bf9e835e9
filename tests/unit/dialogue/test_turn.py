"""Who has the word: what becomes of a message while a person has the chat or soon will."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.compliance.rules import fraud_words
from bot.customers.rules import MARKETING_STOP, IdentityLevel
from bot.dialogue.flow import all_slots
from bot.dialogue.hurried_bank import TURN_BUDGET_S
from bot.dialogue.session import Session
from bot.dialogue.turn import APOLOGISED, Decision, Dialogue, Situation
from bot.handoff.model import Owner
from bot.knowledge.content import Content
from bot.messages import EventName, InboundMessage, MessageKind, Understanding
from bot.ports import Points
from bot.privacy.model import RequestKind
from config.rules import load_fraud
from tests.factories import MORNING
from tests.fakes import FakeBank, FakeNlu
from tests.unit.dialogue.chat import FIRM, understood

TRICK = "对方让我把U盾和公章先寄过去，帮我刷流水"
ROBBED = "我被骗了，已经转了3万"
Hear = Callable[..., Decision]


@pytest.fixture
def hear(content: Content) -> Hear:
    dialogue = Dialogue(content, FakeNlu(), FakeBank(), partial(fraud_words, words=load_fraud()), all_slots)

    def decide(text: str, owner: Owner = Owner.ACTIVE, **slots: object) -> Decision:
        message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text=text)
        return dialogue.decide(Situation(message, owner, Session(slots=slots), None, MORNING, IdentityLevel.FOLLOWER))

    return decide


@pytest.mark.parametrize(("text", "risk"), [(TRICK, "疑似诈骗"), (ROBBED, "客户已受骗")])
def test_fraud_told_to_a_rep_is_on_his_card_and_the_bot_stays_silent(hear: Hear, text: str, risk: str) -> None:
    decision = hear(text)

    assert (decision.step.session.slots["risk"], decision.is_urgent) == (risk, True)
    assert (decision.step.replies, decision.step.handoff) == ((), None)


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED])
@pytest.mark.parametrize(("text", "risk"), [(TRICK, "疑似诈骗"), (ROBBED, "客户已受骗")])
def test_fraud_told_while_waiting_is_warned_of_and_goes_ahead(hear: Hear, owner: Owner, text: str, risk: str) -> None:
    decision = hear(text, owner)

    assert (decision.step.session.slots["risk"], decision.is_urgent) == (risk, True)
    assert "110" in "".join(reply.text for reply in decision.step.replies)


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "不等了",
            "不用了",
            "不用人工了",
            "别转了",
            "取消排队",
            "算了不等了",
            "那我不排了",
            "不排队了",
            "不用转人工了",
        ),
        *(
            "不要了",
            "取消吧",
            "不用等了",
            "不想等了",
            "算了，不用了，谢谢",
            "不用客服了",
            "取消",
            "不转了",
            "不用人工客服了",
        ),
    ],
)
def test_whoever_says_that_he_waits_no_longer_leaves_the_line(hear: Hear, owner: Owner, text: str) -> None:
    assert hear(text, owner).stops_waiting


@pytest.mark.parametrize(
    "text",
    [
        *("想贷30万不用抵押", "要不要营业执照", "不用开票", "利息要不要先付", "用不用带公章", "提款取消不了"),
        *(
            "不用抵押",
            "不要发票",
            "取消不了",
            "订单取消",
            "要不要等",
            "别转错账户",
            "不用还吧",
            "不想贷了",
            "我不等你们打电话",
            "等不及了",
            "太慢了，等不及",
        ),
    ],
)
def test_a_message_left_while_waiting_keeps_its_writer_in_the_line(hear: Hear, text: str) -> None:
    assert not hear(text, Owner.QUEUED).stops_waiting


def test_who_was_cheated_stays_so_on_the_card(hear: Hear) -> None:
    assert hear(TRICK, risk="客户已受骗").step.session.slots["risk"] == "客户已受骗"


def test_ordinary_words_to_a_rep_are_no_alarm(hear: Hear) -> None:
    decision = hear("好的，我看一下")

    assert "risk" not in decision.step.session.slots
    assert (decision.is_urgent, decision.step.replies) == (False, ())


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE])
def test_no_more_marketing_counts_whoever_has_the_word(hear: Hear, owner: Owner) -> None:
    decision = hear("别再给我发营销了", owner)

    assert decision.step.withdraws == MARKETING_STOP
    assert [reply.source for reply in decision.step.replies] == ["opted_out@1"]


@pytest.mark.parametrize("owner", [Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE])
def test_a_no_and_a_complaint_in_one_sentence_both_count_whoever_has_the_word(hear: Hear, owner: Owner) -> None:
    decision = hear("别再打电话骚扰我，再打我就投诉你们", owner)

    assert (decision.step.withdraws, decision.step.complains) == (MARKETING_STOP, True)
    assert [reply.source for reply in decision.step.replies] == ["opted_out@1"]


def test_a_no_told_to_a_rep_hides_no_fraud(hear: Hear) -> None:
    decision = hear(f"{ROBBED}，别再给我打电话推销了")

    assert (decision.step.withdraws, decision.is_urgent) == (MARKETING_STOP, True)
    assert decision.step.session.slots["risk"] == "客户已受骗"


def test_fraud_told_where_a_number_was_asked_for_in_the_line_is_warned_of(content: Content) -> None:
    dialogue = Dialogue(content, FakeNlu(), FakeBank(), partial(fraud_words, words=load_fraud()), all_slots)
    message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text=ROBBED)
    session = Session(flow="callback", step="phone", introduced=True)

    decision = dialogue.decide(Situation(message, Owner.QUEUED, session, None, MORNING, IdentityLevel.FOLLOWER))

    assert decision.is_urgent
    assert "110" in decision.step.replies[0].text


def test_a_no_while_the_number_for_a_call_is_asked_is_confirmed_in_the_line(content: Content) -> None:
    dialogue = Dialogue(content, FakeNlu(), FakeBank(), lambda text: None, all_slots)
    text = "不要再给我打电话推销了，转人工"
    message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text=text)
    session = Session(flow="callback", step="phone", introduced=True)

    decision = dialogue.decide(Situation(message, Owner.QUEUED, session, None, MORNING, IdentityLevel.FOLLOWER))

    assert (decision.step.withdraws, decision.asks_place, decision.step.handoff) == (MARKETING_STOP, True, None)
    assert [reply.source for reply in decision.step.replies] == ["opted_out@1"]


def test_a_secret_that_came_too_late_is_warned_of_by_name_and_with_a_person(content: Content) -> None:
    dialogue = Dialogue(content, FakeNlu(), FakeBank(), lambda text: None, all_slots)
    message = InboundMessage(
        MessageKind.TEXT, "o", "gh", MORNING - timedelta(minutes=10), "k", text="验证码[已屏蔽]", secrets=("sms_code",)
    )

    decision = dialogue.decide(Situation(message, Owner.BOT, Session(), None, MORNING, IdentityLevel.FOLLOWER))

    assert not decision.warns_of_secret
    assert [reply.source for reply in decision.step.replies] == ["secret_warning@2"]
    assert "智能客服" in decision.step.replies[0].text
    assert [choice.text for choice in decision.step.replies[0].choices] == ["人工"]


@pytest.mark.parametrize("owner", [Owner.ACTIVE, Owner.QUEUED])
def test_a_purpose_once_told_is_not_washed_away_by_a_vaguer_one(hear: Hear, owner: Owner) -> None:
    assert hear("周转半年", owner, purpose="复工复产").step.session.slots["purpose"] == "复工复产"


@pytest.mark.parametrize(("before", "after"), [({}, "资金周转"), ({"purpose": None}, "资金周转")])
def test_a_vague_purpose_is_better_than_none(hear: Hear, before: dict[str, object], after: str) -> None:
    assert hear("周转半年", **before).step.session.slots["purpose"] == after


def test_a_telling_purpose_replaces_a_vague_one(hear: Hear) -> None:
    assert hear("主要是进货", purpose="资金周转").step.session.slots["purpose"] != "资金周转"


TWO_QUESTIONS = "你好，回单怎么下载，另外贷款利率多少"
CLAUSES = {"回单怎么下载": "e_receipt", "贷款利率多少": "loan_rate"}


def _ask_two(content: Content, nlu: FakeNlu) -> Decision:
    dialogue = Dialogue(content, nlu, FakeBank(), partial(fraud_words, words=load_fraud()), all_slots, lambda: 0.0)
    message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text=TWO_QUESTIONS)
    return dialogue.decide(Situation(message, Owner.BOT, Session(), None, MORNING, IdentityLevel.FOLLOWER))


def test_two_questions_are_answered_with_one_call_for_the_whole_and_one_for_each(content: Content) -> None:
    ranking = (("e_receipt", 0.74), ("loan_rate", 0.23))
    nlu = FakeNlu({TWO_QUESTIONS: Understanding("e_receipt", 0.74, ranking)})
    nlu.answers |= {clause: Understanding(intent, 0.99, ((intent, 0.99),)) for clause, intent in CLAUSES.items()}

    decision = _ask_two(content, nlu)

    assert nlu.asked == [TWO_QUESTIONS, *CLAUSES]
    text = "".join(reply.text for reply in decision.step.replies)
    assert text.index("电子回单下载") < text.index("另外，关于贷款利率：") < text.index("年化利率")
    assert decision.step.read_as is None


def test_two_questions_are_answered_while_the_model_is_away(content: Content) -> None:
    nlu = FakeNlu()
    nlu.is_down = True

    decision = _ask_two(content, nlu)

    assert nlu.asked == [TWO_QUESTIONS]
    assert "另外，关于贷款利率：" in "".join(reply.text for reply in decision.step.replies)


def test_the_bank_is_asked_within_the_turns_time_and_anew_in_every_turn(content: Content) -> None:
    bank = FakeBank()
    bank.points["F1"] = Points(5, ())
    nlu = FakeNlu({"我的积分": understood("points_balance")})
    dialogue = Dialogue(content, nlu, bank, partial(fraud_words, words=load_fraud()), all_slots)
    message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text="我的积分")

    for balance in (5, 7):
        bank.points["F1"] = Points(balance, ())
        decision = dialogue.decide(Situation(message, Owner.BOT, Session(), FIRM, MORNING, IdentityLevel.BOUND))
        assert f"有{balance}积分" in decision.step.replies[0].text

    assert bank.asked == [("points", TURN_BUDGET_S)] * 2


@pytest.mark.parametrize("owner", [Owner.BOT, Owner.QUEUED, Owner.ACTIVE])
@pytest.mark.parametrize("guide", [("ended_in_autumn", 2), ("loan_drawdown", 99)])
def test_a_guide_that_ended_meanwhile_is_forgotten_and_a_person_is_reached(
    content: Content, owner: Owner, guide: tuple[str, int]
) -> None:
    dialogue = Dialogue(content, FakeNlu(), FakeBank(), lambda text: None, all_slots)
    session = Session(flow="guide", step="step", guide=guide, paused=("guide", "step"), introduced=True)
    message = InboundMessage(MessageKind.TEXT, "o", "gh", MORNING, "k", text="转人工")

    decision = dialogue.decide(Situation(message, owner, session, None, MORNING, IdentityLevel.FOLLOWER))

    left = decision.step.session
    assert (left.guide, left.flow, left.paused) == (None, None, None)
    assert (decision.step.handoff is not None) == (owner is Owner.BOT)


Late = Callable[..., Decision]


@pytest.fixture
def late(content: Content) -> Late:
    """What becomes of a message that is worked off ten minutes late."""
    dialogue = Dialogue(content, FakeNlu(), FakeBank(), partial(fraud_words, words=load_fraud()), all_slots)

    def decide(text: str, owner: Owner = Owner.BOT, session: Session | None = None, **more: Any) -> Decision:
        sent_at = MORNING - timedelta(minutes=10)
        kind = MessageKind.EVENT if "event" in more else MessageKind.TEXT
        message = InboundMessage(kind, "o", "gh", sent_at, "k", text=text, **more)
        return dialogue.decide(Situation(message, owner, session or Session(), FIRM, MORNING, IdentityLevel.BOUND))

    return decide


def said(decision: Decision) -> list[str]:
    return [(reply.source or "").split("@")[0] for reply in decision.step.replies]


@pytest.mark.parametrize(
    ("text", "desk", "replies"),
    [
        (ROBBED, "fraud", ["fraud_victim"]),
        ("我要投诉你们", "complaint", ["complaint"]),
        ("转人工", "general", ["human_agent"]),
        ("别再打电话骚扰我，再打我就投诉你们", "complaint", ["opted_out", "complaint"]),
    ],
)
def test_what_wants_a_person_gets_one_however_late(late: Late, text: str, desk: str, replies: list[str]) -> None:
    decision = late(text)

    assert decision.step.handoff is not None
    assert decision.step.handoff.skill == desk
    assert decision.turn is not None
    assert said(decision) == ["late_sorry", *replies]
    assert decision.step.replies[0].text.startswith("【智能客服】抱歉")


@pytest.mark.parametrize("key", ["human", "complaint"])
def test_the_menu_line_to_a_person_counts_however_late(late: Late, key: str) -> None:
    assert late("", event=EventName.CLICK, event_key=key).step.handoff is not None


def test_a_no_and_a_data_request_count_however_late(late: Late) -> None:
    refused, asked = late("退订"), late("导出我的信息")

    assert (refused.step.withdraws, refused.step.withdrawn_by) == (MARKETING_STOP, "opted_out@1")
    assert (asked.step.data_request, said(asked)) == (RequestKind.EXPORT, ["late_sorry", "privacy_export"])


def test_a_late_question_is_asked_for_again_and_an_open_one_stays(late: Late) -> None:
    before = Session(flow="loan", step="amount", offered=(("loan:skip", "先不说"),), introduced=True)

    decision = late("20万", session=before)

    assert said(decision) == ["late_again"]
    after = decision.step.session
    assert (after.flow, after.step, after.offered) == ("loan", "amount", before.offered)


def test_one_apology_is_enough_for_all_that_was_said_before_it(late: Late) -> None:
    after = late("回单怎么打").step.session

    assert said(late("在不在", session=after)) == []
    assert said(late("在不在", session=Session(slots={APOLOGISED: 0}))) == ["late_again"]


@pytest.mark.parametrize(("text", "more"), [("。。。", {}), ("好的", {}), ("", {"event": EventName.SUBSCRIBE})])
def test_what_asks_nothing_is_met_with_silence_when_late(late: Late, text: str, more: dict[str, Any]) -> None:
    assert said(late(text, **more)) == []


def test_late_words_to_people_still_reach_them(late: Late) -> None:
    told = late(ROBBED, Owner.ACTIVE)
    complained = late("我要投诉你们", Owner.QUEUED)
    refused = late("退订", Owner.ACTIVE)

    assert (told.is_urgent, said(told)) == (True, [])
    assert (complained.step.complains, complained.asks_place) == (True, False)
    assert late("不等了", Owner.QUEUED).stops_waiting
    assert not late("还要等多久", Owner.QUEUED).asks_place
    assert (refused.step.withdraws, said(refused)) == (MARKETING_STOP, ["late_sorry", "opted_out"])
    assert said(late(ROBBED, Owner.QUEUED))[0] == "late_sorry"
