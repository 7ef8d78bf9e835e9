"""Whole turns over fakes: claim, decide, write, answer."""

import re
import threading
import time
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.core_bank import Application, Stage
from bot.customers.model import Consent, Follower, IdentityFact
from bot.customers.rules import MARKETING_STOP, IdentityLevel
from bot.customers.service import bind, meet
from bot.db import Database
from bot.delivery.model import Allowance, Delivery, DeliveryState
from bot.dialogue.bindings import IdentityNews
from bot.dialogue.hurried_bank import TURN_BUDGET_S
from bot.followups.model import Followup
from bot.handoff.model import Conversation, Outcome, Owner
from bot.inbound import FIND_FIRM_S
from bot.inbox import InboxRow, RowState
from bot.messages import EventName, InboundMessage, MessageKind
from bot.ports import Firm, Points
from bot.privacy.model import DataRequest, RequestKind
from bot.transcripts.model import Line, Speaker
from config.content import read_picture
from config.settings import Settings
from tests.at_once import at_once
from tests.factories import MORNING, add_rep
from tests.product import UnderTest, make, text_message

WAIT = timedelta(seconds=4)
FIRM = Firm("F1", "合肥味道餐饮有限公司", "陶先生", "catering", "城东支行", None, None)


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    return make(settings, database, clock)


def push(product: UnderTest, message: InboundMessage, *, patience_s: float = 5.0) -> str:
    """What the platform gets for one push."""
    accepted = product.bot.inbox.accept(message, "plain", product.fakes.clock.now(), WAIT)
    return product.bot.turns.answer(message.follower, accepted, time.monotonic() + patience_s)


def event(clock: FixedClock, name: EventName, key: str | None = None, number: int = 1) -> InboundMessage:
    return InboundMessage(
        MessageKind.EVENT,
        "o-tao",
        "gh_0123456789ab",
        clock.now(),
        f"e:{name}:{key}:{number}",
        event=name,
        event_key=key,
    )


def conversation(product: UnderTest) -> Conversation:
    with product.bot.database.reading() as session:
        return session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()  # type: ignore[return-value]


def lines(product: UnderTest) -> list[tuple[Speaker, str]]:
    with product.bot.database.reading() as session:
        return [(line.speaker, line.text) for line in session.scalars(select(Line).order_by(Line.id))]


def test_a_question_is_answered_passively_and_costs_nothing(product: UnderTest, clock: FixedClock) -> None:
    product.understands("回单怎么打", "e_receipt")

    answer = push(product, text_message(clock, "回单怎么打"))

    assert "回单" in answer
    assert "智能客服" in answer
    assert product.fakes.wechat.sent == []
    assert [speaker for speaker, _ in lines(product)] == [Speaker.CUSTOMER, Speaker.BOT]
    with product.bot.database.reading() as session:
        assert session.scalars(select(Delivery.state)).all() == [DeliveryState.PASSIVE]


def test_a_repeat_gets_the_same_answer_and_is_no_second_turn(product: UnderTest, clock: FixedClock) -> None:
    product.understands("回单怎么打", "e_receipt")

    first, second = (push(product, text_message(clock, "回单怎么打")) for _ in range(2))

    assert first == second
    assert len(lines(product)) == 2


def test_four_deliveries_at_once_are_one_turn(product: UnderTest, clock: FixedClock) -> None:
    product.understands("回单怎么打", "e_receipt")

    answers = at_once(*[partial(push, product, text_message(clock, "回单怎么打"))] * 4)

    assert len(set(answers)) == 1
    assert "回单" in answers[0]
    assert len(lines(product)) == 2


def test_a_late_answer_leaves_as_a_customer_service_message_and_never_twice(
    product: UnderTest, clock: FixedClock
) -> None:
    product.understands("回单怎么打", "e_receipt")
    slow = threading.Event()
    parse = product.fakes.nlu.parse

    def slow_parse(text: str, **more: object) -> object:
        slow.wait(5)
        return parse(text, **more)  # type: ignore[arg-type]

    product.fakes.nlu.parse = slow_parse  # type: ignore[method-assign, assignment]

    answer = push(product, text_message(clock, "回单怎么打"), patience_s=0.2)
    slow.set()
    sent = _eventually(lambda: product.fakes.wechat.sent)

    assert answer == ""
    assert len(sent) == 1
    assert "回单" in sent[0][1].text
    assert push(product, text_message(clock, "回单怎么打")) == ""


def test_a_wish_for_a_human_opens_the_line_with_a_card_and_tells_the_place(
    product: UnderTest, clock: FixedClock
) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM
    add_rep(product.bot.database, "rep01", skills=("loan", "general"))
    product.bot.desk.routing.beat("rep01")
    text = "你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款"
    product.understands(text, "dedicated_rep")

    answer = push(product, text_message(clock, text))

    assert "前面还有0位" in answer
    row = _eventually(lambda: conversation(product) if conversation(product).owner is Owner.OFFERED else None)
    assert (row.skill, row.rep) == ("loan", "rep01")
    assert any("餐饮" in value for _, value in row.card["slots"])
    assert FIRM.name in row.card["summary"][0]


def test_while_a_rep_has_the_word_the_bot_is_silent(product: UnderTest, clock: FixedClock) -> None:
    add_rep(product.bot.database, "rep01", skills=("general",))
    product.understands("人工", "human_agent")
    push(product, text_message(clock, "人工"))
    product.bot.desk.accept(conversation(product).id, "rep01")
    product.understands("回单怎么打", "e_receipt")

    answer = push(product, text_message(clock, "回单怎么打", number=2))

    assert answer == ""
    assert lines(product)[-1] == (Speaker.CUSTOMER, "回单怎么打")


def test_after_the_close_the_bot_has_the_next_word(product: UnderTest, clock: FixedClock) -> None:
    add_rep(product.bot.database, "rep01", skills=("general",))
    push(product, text_message(clock, "人工"))
    first = conversation(product).id
    product.bot.desk.accept(first, "rep01")
    product.bot.desk.close(first, "rep01", Outcome.SOLVED, "")
    product.understands("回单怎么打", "e_receipt")

    answer = push(product, text_message(clock, "回单怎么打", number=2))

    assert "回单" in answer
    assert conversation(product).id != first


def test_without_the_model_keyword_rules_answer(product: UnderTest, clock: FixedClock) -> None:
    product.fakes.nlu.is_down = True

    assert "回单" in push(product, text_message(clock, "电子回单怎么下载"))


def test_a_secret_is_answered_with_a_warning(product: UnderTest, clock: FixedClock) -> None:
    text = "我U盾密码是[已屏蔽],帮我激活"
    product.understands(text, "ukey_activate")

    answer = push(product, text_message(clock, text, secrets=("ukey_pin",)))

    assert answer.count("请不要在聊天里发密码") == 1


def test_fraud_words_come_before_the_model(product: UnderTest, clock: FixedClock) -> None:
    text = "有个贷款公司说帮我刷流水能提额到100万,让我把U盾和公章先寄过去"
    product.understands(text, "loan_limit")

    answer = push(product, text_message(clock, text))

    assert "110" in answer
    assert "95588" in answer
    row = conversation(product)
    assert row.owner is Owner.QUEUED
    assert row.priority >= 90


def test_a_follow_is_welcomed_and_grants_an_allowance(product: UnderTest, clock: FixedClock) -> None:
    answer = push(product, event(clock, EventName.SUBSCRIBE, "branch_01"))

    assert "智能客服" in answer
    with product.bot.database.reading() as session:
        assert session.scalars(select(Follower.source)).one() == "branch_01"


def test_a_menu_click_starts_its_flow(product: UnderTest, clock: FixedClock) -> None:
    answer = push(product, event(clock, EventName.CLICK, "e_receipt"))

    assert "回单" in answer
    assert product.fakes.nlu.asked == []
    assert lines(product)[0] == (Speaker.CUSTOMER, "电子回单")


@pytest.mark.parametrize("name", [EventName.VIEW, EventName.LOCATION, EventName.SCAN, EventName.OTHER])
def test_other_events_are_recorded_in_silence(product: UnderTest, clock: FixedClock, name: EventName) -> None:
    assert push(product, event(clock, name, "x")) == ""
    assert lines(product) == []


def test_leaving_ends_the_wait(product: UnderTest, clock: FixedClock) -> None:
    push(product, text_message(clock, "人工"))

    push(product, event(clock, EventName.UNSUBSCRIBE))

    assert (conversation(product).owner, conversation(product).outcome) == (Owner.CLOSED, Outcome.NO_REPLY)


def test_who_left_is_gone_since_then_until_he_follows_again(product: UnderTest, clock: FixedClock) -> None:
    gone = []
    for number, name in enumerate((EventName.SUBSCRIBE, EventName.UNSUBSCRIBE, EventName.REVOKED, EventName.SUBSCRIBE)):
        push(product, event(clock, name, number=number))
        with product.bot.database.reading() as session:
            gone.append(session.scalars(select(Follower.unfollowed_at)).one())
        clock.advance(60)

    assert gone == [None, MORNING + timedelta(minutes=1), MORNING + timedelta(minutes=1), None]


def test_a_bank_that_goes_away_in_the_middle_of_a_chat_is_admitted_in_time(
    product: UnderTest, clock: FixedClock
) -> None:
    bank = product.fakes.bank
    bank.firms["o-tao"] = FIRM
    push(product, text_message(clock, "你好"))
    bank.is_down = True
    product.understands("账户被冻结了吗", "account_freeze")

    answer = push(product, text_message(clock, "账户被冻结了吗", number=2))

    assert "账户状态暂时查不到" in answer
    assert "human:start" in answer
    assert bank.asked == [("firm", FIND_FIRM_S), ("accounts", TURN_BUDGET_S)]


@pytest.mark.parametrize("name", [EventName.REVOKED, EventName.CANCELLED])
def test_a_withdrawn_authorisation_forgets_who_he_was_also_with_his_next_word(
    product: UnderTest, clock: FixedClock, name: EventName
) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM
    push(product, text_message(clock, "你好"))

    push(product, event(clock, name))
    with product.bot.database.transaction() as session:
        session.scalars(select(Conversation)).one().owner = Owner.CLOSED
    push(product, text_message(clock, "你好", number=2))

    with product.bot.database.reading() as session:
        follower = session.scalars(select(Follower)).one()
    assert (follower.firm_name, follower.contact, follower.firm_id, follower.branch) == (None, None, None, None)


@pytest.mark.parametrize("bank_is_down", [False, True])
def test_who_was_forgotten_is_known_again_once_he_binds_anew(
    product: UnderTest, clock: FixedClock, bank_is_down: bool
) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM
    product.fakes.bank.points["F1"] = Points(98_765, ())
    product.understands("我的积分还剩多少", "points_balance")
    push(product, text_message(clock, "你好"))
    push(product, event(clock, EventName.REVOKED))

    product.fakes.bank.is_down = bank_is_down
    bank_says(product, IdentityFact.BOUND)
    product.fakes.bank.is_down = False

    assert "98,765" in push(product, text_message(clock, "我的积分还剩多少", number=2))


def test_an_answer_of_the_bank_older_than_the_deletion_makes_nobody_known(
    product: UnderTest, clock: FixedClock
) -> None:
    push(product, event(clock, EventName.SCAN))
    product.fakes.bank.firms["o-tao"] = FIRM
    find_firm = product.fakes.bank.find_firm

    def erased_meanwhile(openid: str, *, timeout_s: float = 0.0) -> Firm | None:
        with product.bot.database.transaction() as session:
            session.scalars(select(Follower)).one().erased_at = clock.now()
        return find_firm(openid, timeout_s=timeout_s)

    product.fakes.bank.find_firm = erased_meanwhile  # type: ignore[method-assign]
    push(product, text_message(clock, "你好"))

    assert level(product) is IdentityLevel.FOLLOWER


def level(product: UnderTest) -> IdentityLevel:
    with product.bot.database.reading() as session:
        return IdentityLevel(session.scalars(select(Follower.identity_level)).one())


def bank_says(product: UnderTest, kind: IdentityFact, seconds: int = 0) -> None:
    at = product.fakes.clock.now() + timedelta(seconds=seconds)
    product.bot.bindings.take(IdentityNews(f"{kind}:{seconds}", kind, "o-tao", "F1", None, at))


def test_once_bound_the_same_question_gets_the_fact(product: UnderTest, clock: FixedClock) -> None:
    product.fakes.bank.points["F1"] = Points(98_765, ())
    product.understands("我的积分还剩多少", "points_balance")
    before = push(product, text_message(clock, "我的积分还剩多少"))

    product.fakes.bank.firms["o-tao"] = FIRM
    bank_says(product, IdentityFact.BOUND)
    after = push(product, text_message(clock, "我的积分还剩多少", number=2))

    assert "98,765" not in before
    assert "identity:bind" not in before
    assert product.bot.settings.bank_bind_url in before
    assert "98,765" in after
    assert FIRM.name in product.fakes.wechat.sent[0][1].text


def test_what_the_bank_tells_is_held_back_when_it_holds_a_secret(product: UnderTest, clock: FixedClock) -> None:
    card = "6222021202041701419"
    product.fakes.bank.firms["o-tao"] = FIRM
    product.fakes.bank.applications["F1"] = [Application(card, Stage.APPLIED, 1, date(2026, 11, 20))]
    product.understands("贷款办到哪了", "loan_progress")
    bank_says(product, IdentityFact.BOUND)

    answer = push(product, text_message(clock, "贷款办到哪了"))

    assert card not in answer
    assert "服务代表" in answer
    [(_, said)] = [line for line in lines(product) if line[0] is Speaker.BOT]
    assert said == product.bot.content.say("answer_withheld").text
    assert conversation(product).session["last_intent"] == "loan_progress"


def test_the_firms_own_name_is_said_whatever_it_is(product: UnderTest, clock: FixedClock) -> None:
    product.fakes.bank.firms["o-tao"] = replace(FIRM, name="合肥第一塑料厂")
    product.understands("绑定企业", "identity_bind")
    bank_says(product, IdentityFact.BOUND)

    assert "合肥第一塑料厂" in push(product, text_message(clock, "绑定企业"))


def test_a_picture_follows_the_answer_as_one_message_more(product: UnderTest, clock: FixedClock) -> None:
    asked = text_message(clock, "看图", menu_choice="guide:points_redeem:2:look")

    answer = push(product, asked)
    clock.advance(5)
    product.bot.deliverer.sweep()

    assert "图马上发您" in answer
    assert product.fakes.wechat.sent == []
    [(openid, media_id)] = product.fakes.wechat.images
    assert openid == "o-tao"
    assert product.fakes.wechat.media[media_id] == read_picture("points_redeem_menu")
    with product.bot.database.reading() as session:
        states = [row.state for row in session.scalars(select(Delivery).order_by(Delivery.id))]
        [shown] = [line for line in session.scalars(select(Line)) if "picture" in line.detail]
    assert states == [DeliveryState.PASSIVE, DeliveryState.SENT]
    assert (shown.text[:4], shown.detail["picture"]) == ("第2步：", "points_redeem_menu")


def test_once_unbound_nothing_is_told_any_more(product: UnderTest, clock: FixedClock) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM
    product.fakes.bank.points["F1"] = Points(98_765, ())
    product.understands("我的积分还剩多少", "points_balance")
    push(product, text_message(clock, "你好"))

    del product.fakes.bank.firms["o-tao"]
    bank_says(product, IdentityFact.UNBOUND)

    assert "98,765" not in push(product, text_message(clock, "我的积分还剩多少", number=2))
    assert level(product) is IdentityLevel.FOLLOWER


def test_a_bank_that_names_no_firm_in_a_new_chat_ends_the_binding(product: UnderTest, clock: FixedClock) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM
    push(product, text_message(clock, "你好"))
    with product.bot.database.transaction() as session:
        session.scalars(select(Conversation)).one().owner = Owner.CLOSED
    product.fakes.bank.firms.clear()

    push(product, text_message(clock, "你好", number=2))

    assert level(product) is IdentityLevel.FOLLOWER


def test_a_silent_bank_ends_no_binding(product: UnderTest, clock: FixedClock) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM
    push(product, text_message(clock, "你好"))
    with product.bot.database.transaction() as session:
        session.scalars(select(Conversation)).one().owner = Owner.CLOSED
    product.fakes.bank.is_down = True

    push(product, text_message(clock, "你好", number=2))

    assert level(product) is IdentityLevel.BOUND


def test_an_answer_of_the_bank_older_than_its_report_binds_nobody(product: UnderTest, clock: FixedClock) -> None:
    find_firm = product.fakes.bank.find_firm

    def unbound_meanwhile(openid: str, *, timeout_s: float = 0.0) -> Firm | None:
        found = find_firm(openid, timeout_s=timeout_s)
        bank_says(product, IdentityFact.UNBOUND)
        return found

    product.fakes.bank.firms["o-tao"] = FIRM
    product.fakes.bank.find_firm = unbound_meanwhile  # type: ignore[method-assign]

    push(product, event(clock, EventName.CLICK, "points"))

    assert level(product) is IdentityLevel.FOLLOWER


def test_a_firm_bound_without_its_name_gets_it_at_the_next_turn(product: UnderTest, clock: FixedClock) -> None:
    push(product, text_message(clock, "你好"))
    product.fakes.bank.is_down = True
    bank_says(product, IdentityFact.BOUND)
    product.fakes.bank.is_down = False
    product.fakes.bank.firms["o-tao"] = FIRM

    push(product, text_message(clock, "你好", number=2))

    with product.bot.database.reading() as session:
        assert session.scalars(select(Follower.firm_name)).one() == FIRM.name


def test_who_writes_after_the_bank_spoke_of_him_first_follows(product: UnderTest, clock: FixedClock) -> None:
    bank_says(product, IdentityFact.PHONE_VERIFIED)

    push(product, text_message(clock, "你好"))

    with product.bot.database.reading() as session:
        follower = session.scalars(select(Follower)).one()
    assert (follower.is_following, follower.identity_level) == (True, IdentityLevel.PHONE_VERIFIED)


def test_a_no_to_marketing_counts_while_a_rep_has_the_chat(product: UnderTest, clock: FixedClock) -> None:
    push(product, text_message(clock, "人工"))
    with product.bot.database.transaction() as session:
        session.scalars(select(Conversation)).one().owner = Owner.ACTIVE

    answer = push(product, text_message(clock, "不要再打电话了", number=2))

    assert "停止所有营销联系" in answer
    with product.bot.database.reading() as session:
        assert session.scalars(select(Follower.opted_out_at)).one() == clock.now()
        assert {row.purpose for row in session.scalars(select(Consent))} == set(MARKETING_STOP)


def test_a_typed_rating_is_thanked_for_and_no_complaint(product: UnderTest, clock: FixedClock) -> None:
    add_rep(product.bot.database, "rep01", skills=("general",))
    push(product, text_message(clock, "人工"))
    first = conversation(product).id
    product.bot.desk.accept(first, "rep01")
    product.bot.desk.close(first, "rep01", Outcome.SOLVED, "")
    product.bot.aftercare.ask_rating(first)
    product.understands("非常满意", "complaint")

    answer = push(product, text_message(clock, "非常满意", number=2))

    assert "谢谢" in answer
    assert "投诉" not in answer


def test_words_after_a_low_rating_are_kept_and_no_riddle(product: UnderTest, clock: FixedClock) -> None:
    add_rep(product.bot.database, "rep01", skills=("general",))
    push(product, text_message(clock, "人工"))
    first = conversation(product).id
    product.bot.desk.accept(first, "rep01")
    product.bot.desk.close(first, "rep01", Outcome.UNSOLVED, "")
    product.bot.aftercare.ask_rating(first)

    asked = push(product, text_message(clock, "不太满意", number=2))
    thanked = push(product, text_message(clock, "就那样吧反正", number=3))
    riddle = push(product, text_message(clock, "就那样吧反正", number=4))

    assert "您说一句" in asked
    assert "记下了" in thanked
    assert "记下了" not in riddle
    with product.bot.database.reading() as session:
        assert session.get_one(Conversation, first).rating_words == "就那样吧反正"


def test_what_is_wanted_after_a_low_rating_is_answered_all_the_same(product: UnderTest, clock: FixedClock) -> None:
    add_rep(product.bot.database, "rep01", skills=("general",))
    push(product, text_message(clock, "人工"))
    first = conversation(product).id
    product.bot.desk.accept(first, "rep01")
    product.bot.desk.close(first, "rep01", Outcome.UNSOLVED, "")
    product.bot.aftercare.ask_rating(first)
    push(product, text_message(clock, "不太满意", number=2))
    product.understands("电子回单怎么打", "e_receipt")

    answer = push(product, text_message(clock, "电子回单怎么打", number=3))

    assert "回单" in answer
    assert "记下了" not in answer


def test_nobody_who_waits_burns_his_allowance(product: UnderTest, clock: FixedClock) -> None:
    push(product, text_message(clock, "人工"))

    answers = [push(product, text_message(clock, f"第{number}件事", number=number)) for number in range(2, 6)]
    answers.append(push(product, text_message(clock, "还要等多久", number=6)))

    assert answers[:4] == [""] * 4
    assert "前面还有0位" in answers[4]
    with product.bot.database.reading() as session:
        assert set(session.scalars(select(Allowance.used))) == {0}
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.PASSIVE}


def test_the_place_is_told_on_request_and_waiting_can_be_stopped(product: UnderTest, clock: FixedClock) -> None:
    push(product, text_message(clock, "人工", follower="o-first"))
    push(product, text_message(clock, "人工"))

    asked = push(product, text_message(clock, "还要等多久", number=2))
    silent = push(product, text_message(clock, "我是想问贷款的事", number=3))
    stopped = push(product, text_message(clock, "不等了", number=4))

    assert "前面还有1位" in asked
    assert silent == ""
    assert stopped != ""
    assert conversation(product).owner is Owner.BOT


def test_a_call_asked_for_while_waiting_is_promised_with_the_number_that_was_asked_for(
    product: UnderTest, clock: FixedClock
) -> None:
    push(product, text_message(clock, "人工"))

    asked = push(product, event(clock, EventName.CLICK, "callback"))
    (slot, *_) = re.findall(r"callback%3Aslot%3A\d+|callback:slot:\d+", asked)
    choice = slot.replace("%3A", ":")
    asked = push(product, text_message(clock, "约这个", number=2, menu_choice=choice))
    promised = push(product, text_message(clock, "13812345678", number=3))

    assert "手机号" in asked
    assert "尾号5678" in promised
    with product.bot.database.reading() as session:
        assert session.scalars(select(Followup.phone)).all() == ["13812345678"]
    assert conversation(product).owner is Owner.QUEUED


def test_what_the_card_calls_unknown_is_asked_when_the_sum_is_wanted(product: UnderTest, clock: FixedClock) -> None:
    push(product, text_message(clock, "想贷款，转人工"))

    answer = push(product, text_message(clock, "算算利息", number=2, menu_choice="ask:loan_calculator"))

    assert "想借多少" in answer


def test_off_hours_a_call_back_is_promised_instead(product: UnderTest, clock: FixedClock) -> None:
    clock.advance(12 * 3600)

    answer = push(product, text_message(clock, "转人工"))

    assert "人工现在不在线" in answer
    with product.bot.database.reading() as session:
        promise = session.scalars(select(Followup)).one()
    assert promise.due_at > clock.now()


@pytest.mark.parametrize(
    ("first", "then", "desks"),
    [
        ("我被骗了，刚转了3万", "转人工", {"fraud"}),
        ("我被骗了，刚转了3万", "那个贷款也帮我停了，找个人工", {"fraud", "loan"}),
        ("我要投诉你们", "转人工", {"complaint", "general"}),
    ],
)
def test_off_hours_the_call_to_a_victim_outlives_the_next_wish_for_a_person(
    product: UnderTest, clock: FixedClock, first: str, then: str, desks: set[str]
) -> None:
    clock.advance(12 * 3600)

    push(product, text_message(clock, first))
    push(product, text_message(clock, then, number=2))
    push(product, text_message(clock, "13812345678", number=3))

    with product.bot.database.reading() as session:
        rows = session.scalars(select(Followup).order_by(Followup.id)).all()
    assert {row.skill for row in rows} == desks
    assert rows[0].reason.startswith("客户已受骗" if "fraud" in desks else "客户投诉")
    assert {row.phone for row in rows} == {"13812345678"}


def test_who_still_waits_when_the_desk_closes_gets_a_call_promised(product: UnderTest, clock: FixedClock) -> None:
    push(product, text_message(clock, "人工"))
    assert product.bot.aftercare.end_waits() == 0

    clock.advance(9 * 3600)
    assert product.bot.aftercare.end_waits() == 1
    assert product.bot.aftercare.end_waits() == 0

    assert (conversation(product).owner, conversation(product).outcome) == (Owner.CLOSED, Outcome.FOLLOWUP)
    with product.bot.database.reading() as session:
        assert session.scalars(select(Followup)).one().due_at > clock.now()
    assert "回电" in product.fakes.wechat.sent[-1][1].text


def test_an_hour_old_question_is_apologised_for_once_and_not_answered(product: UnderTest, clock: FixedClock) -> None:
    old = [text_message(clock, text, number=number) for number, text in enumerate(("回单怎么打", "在不在"))]
    clock.advance(3600)

    first, second = (push(product, message) for message in old)

    assert "再发一次" in first
    assert "电子回单" not in first
    assert second == ""
    assert [text for speaker, text in lines(product) if speaker is Speaker.CUSTOMER] == ["回单怎么打", "在不在"]


def test_a_fraud_an_hour_old_still_brings_a_person(product: UnderTest, clock: FixedClock) -> None:
    message = text_message(clock, "我被骗了，刚转了3万")
    clock.advance(3600)

    answer = push(product, message)

    assert "现在才看到" in answer
    assert "110" in answer
    assert (conversation(product).owner, conversation(product).skill) == (Owner.QUEUED, "fraud")


def test_poison_is_parked_after_three_tries_and_blocks_nobody(product: UnderTest, clock: FixedClock) -> None:
    def explode(text: str, **_: object) -> object:
        if text == "毒":
            raise ZeroDivisionError
        return parse(text, **_)  # type: ignore[arg-type]

    parse = product.fakes.nlu.parse
    product.fakes.nlu.parse = explode  # type: ignore[method-assign, assignment]
    product.understands("回单怎么打", "e_receipt")

    push(product, text_message(clock, "毒"), patience_s=1.0)
    answer = push(product, text_message(clock, "回单怎么打", number=2))

    assert "回单" in answer
    with product.bot.database.reading() as session:
        assert session.scalars(select(InboxRow.state).order_by(InboxRow.id)).all() == [RowState.PARKED, RowState.DONE]


def test_the_sweep_finishes_what_a_dead_process_left(product: UnderTest, clock: FixedClock) -> None:
    product.understands("回单怎么打", "e_receipt")
    product.bot.inbox.accept(text_message(clock, "回单怎么打"), "plain", clock.now(), WAIT)
    clock.advance(7)

    assert product.bot.inbound.sweep() == 1

    sent = _eventually(lambda: product.fakes.wechat.sent)
    assert "回单" in sent[0][1].text


def test_order_holds_when_two_messages_arrive_at_once(product: UnderTest, clock: FixedClock) -> None:
    said = [f"第{number}句" for number in range(8)]
    accepted = [
        product.bot.inbox.accept(text_message(clock, text, number=number), "plain", clock.now(), WAIT)
        for number, text in enumerate(said)
    ]
    threads = [
        threading.Thread(target=product.bot.turns.answer, args=("o-tao", one, time.monotonic() + 5))
        for one in reversed(accepted)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [text for speaker, text in lines(product) if speaker is Speaker.CUSTOMER] == said


def _eventually(look, within_s: float = 3.0):
    until = time.monotonic() + within_s
    while not (found := look()) and time.monotonic() < until:
        threading.Event().wait(0.02)
    return found


def test_a_bound_owner_asks_for_his_data_in_the_chat_and_is_told_a_number(
    product: UnderTest, clock: FixedClock
) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM

    answered = push(product, text_message(clock, "你们留了我哪些信息"))

    assert "申请编号SQ20261124N00001，我们会在12月9日前办好" in answered
    with product.bot.database.reading() as session:
        assert session.scalars(select(DataRequest.kind)).one() is RequestKind.SHOW


def test_a_shop_owner_without_an_account_gets_his_number_once_the_bank_checked_his_phone(
    product: UnderTest, clock: FixedClock
) -> None:
    before = push(product, text_message(clock, "你们留了我哪些信息", number=1))
    product.bot.bindings.take(IdentityNews("p1", IdentityFact.PHONE_VERIFIED, "o-tao", None, None, clock.now()))

    after = push(product, text_message(clock, "你们留了我哪些信息", number=2))

    assert product.bot.settings.bank_bind_url in before
    assert "申请编号SQ20261124N00001" in after


def test_who_had_his_data_deleted_is_not_known_again_with_his_next_word(product: UnderTest, clock: FixedClock) -> None:
    product.fakes.bank.firms["o-tao"] = FIRM
    push(product, text_message(clock, "删掉我的信息", number=1))
    push(product, text_message(clock, "确定", number=2))
    with product.bot.database.reading() as session:
        asked = session.scalars(select(DataRequest)).one()
    product.bot.data_requests.finish(asked.id, Doer("boss"))

    answered = push(product, text_message(clock, "导出我的信息", number=3))

    assert "核实身份" in answered
    with product.bot.database.transaction() as session:
        he = session.scalars(select(Follower)).one()
        assert (he.firm_id, he.contact, he.identity_level) == (None, None, 1)
        bind(he, FIRM)
        assert he.erased_at is None


def test_who_is_bound_no_more_asks_for_his_data_and_is_sent_to_prove_himself(
    product: UnderTest, database: Database, clock: FixedClock
) -> None:
    with database.transaction() as session:
        bind(meet(session, "o-tao", clock.now()), FIRM)

    answered = push(product, text_message(clock, "导出我的信息"))

    assert "核实身份" in answered
    with database.reading() as session:
        assert session.scalars(select(Follower.identity_level)).one() == 1


def test_what_was_heard_is_read_back_though_the_bot_may_not_say_it(product: UnderTest, clock: FixedClock) -> None:
    heard = "听说你们有最高额度，利率3.45%"
    product.understands(heard, "loan_limit", confidence=0.7)

    answered = push(product, text_message(clock, heard, kind=MessageKind.VOICE))

    assert heard in answered
    assert "怕说不准" not in answered
