"""Whole turns: what the model was asked leaves a parse, and the next turns say what came of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.clock import FixedClock
from bot.db import Database
from bot.learning.model import Followed, Parse, Verdict
from bot.learning.recording import text_hash
from bot.messages import Understanding
from bot.transcripts.model import Line
from config.settings import Settings
from tests.factories import MORNING
from tests.product import UnderTest, make, text_message
from tests.unit.test_inbound import push

UNSURE = (("e_receipt", 0.3), ("reconciliation", 0.25), ("account_statement", 0.2), ("loan_rate", 0.01))


@pytest.fixture
def product(settings: Settings, database: Database, clock: FixedClock) -> UnderTest:
    found = make(settings, database, clock)
    found.understands("回单怎么打", "e_receipt")
    found.understands("我的积分还剩多少", "points_balance")
    found.understands("谢谢", "thanks")
    found.understands("你好", "greet")
    found.fakes.nlu.answers["那个单子"] = Understanding("e_receipt", 0.3, UNSURE)
    return found


class Customer:
    """Says one thing after another."""

    def __init__(self, product: UnderTest) -> None:
        self.product, self.number = product, 0

    def says(self, words: str, *, tap: str | None = None, later_s: float = 10) -> str:
        self.number += 1
        self.product.fakes.clock.advance(later_s)
        message = text_message(self.product.fakes.clock, words, number=self.number, menu_choice=tap)
        return push(self.product, message)


@pytest.fixture
def customer(product: UnderTest) -> Customer:
    return Customer(product)


def parses(product: UnderTest) -> list[Parse]:
    with product.bot.database.reading() as session:
        return list(session.scalars(select(Parse).order_by(Parse.id)))


def test_an_answered_question_leaves_its_parse(product: UnderTest, customer: Customer) -> None:
    customer.says("回单怎么打")

    (parse,) = parses(product)
    assert (parse.text, parse.intent, parse.taken_as, parse.by) == ("回单怎么打", "e_receipt", "e_receipt", "model")
    assert (parse.verdict, parse.followed, parse.label) == (Verdict.ANSWERED, None, None)
    assert (parse.confidence, parse.second) == (0.95, None)
    with product.bot.database.reading() as session:
        line = session.get_one(Line, parse.line_id)
    assert (line.text, parse.at) == ("回单怎么打", line.at)


def test_three_guesses_and_the_offered_lines_are_kept_when_the_bot_asks_back(
    product: UnderTest, customer: Customer
) -> None:
    customer.says("那个单子")

    (parse,) = parses(product)
    assert (parse.verdict, parse.taken_as) == (Verdict.ASKED_BACK, None)
    assert (parse.second, parse.second_confidence, parse.third) == ("reconciliation", 0.25, "account_statement")
    assert parse.offered == ["e_receipt", "reconciliation", "account_statement"]


def test_the_model_that_was_asked_is_named(product: UnderTest, customer: Customer) -> None:
    product.fakes.nlu.answers["积分呢"] = Understanding("points_balance", 0.9, model="xinqiao-1.tar.gz")

    customer.says("积分呢")

    assert parses(product)[0].model == "xinqiao-1.tar.gz"


def test_the_text_is_sealed_and_without_secrets_and_phones(product: UnderTest, customer: Customer) -> None:
    customer.says("我电话13812345678，身份证11010519491231002X，咋办")

    assert parses(product)[0].text == "我电话[已屏蔽]，身份证[已屏蔽]，咋办"
    with product.bot.database.engine.connect() as connection:
        stored = connection.execute(text("SELECT text, text_hash FROM parses")).one()
    assert stored.text.startswith("demo1:")
    assert "咋办" not in stored.text
    assert stored.text_hash == text_hash("我电话13812345678，身份证11010519491231002X，咋办")


def test_a_tapped_line_is_the_strongest_label(product: UnderTest, customer: Customer) -> None:
    customer.says("那个单子")
    customer.says("银企对账", tap="ask:reconciliation")

    (parse,) = parses(product)
    assert (parse.followed, parse.label) == (Followed.PICKED, "reconciliation")


def test_a_typed_label_counts_as_tapped_and_is_no_parse_of_its_own(product: UnderTest, customer: Customer) -> None:
    customer.says("那个单子")
    customer.says("银企对账")

    (parse,) = parses(product)
    assert (parse.followed, parse.label) == (Followed.PICKED, "reconciliation")


def test_a_line_that_was_not_offered_labels_nothing(product: UnderTest, customer: Customer) -> None:
    customer.says("那个单子")
    customer.says("贷款利率", tap="ask:loan_rate")

    assert (parses(product)[0].followed, parses(product)[0].label) == (None, None)


def test_a_common_question_shown_for_want_of_a_guess_labels_nothing(product: UnderTest, customer: Customer) -> None:
    assert "ask:loan_apply" in customer.says("哎呀就是那个嘛")
    customer.says("申请贷款", tap="ask:loan_apply")

    assert (parses(product)[0].offered, parses(product)[0].followed) == ([], None)


def test_another_matter_within_five_minutes_is_a_re_ask(product: UnderTest, customer: Customer) -> None:
    customer.says("回单怎么打")
    customer.says("我的积分还剩多少", later_s=299)

    assert [parse.followed for parse in parses(product)] == [Followed.RE_ASKED, None]


@pytest.mark.parametrize(("words", "later_s"), [("我的积分还剩多少", 301), ("谢谢", 10), ("回单怎么打", 10)])
def test_later_words_thanks_and_the_same_matter_are_no_re_ask(
    product: UnderTest, customer: Customer, words: str, later_s: float
) -> None:
    customer.says("回单怎么打")
    customer.says(words, later_s=later_s)

    assert parses(product)[0].followed is None


def test_a_greeting_is_never_asked_again(product: UnderTest, customer: Customer) -> None:
    customer.says("你好")
    customer.says("回单怎么打")

    assert [parse.followed for parse in parses(product)] == [None, None]


def test_what_is_not_understood_after_an_answer_is_a_re_ask(product: UnderTest, customer: Customer) -> None:
    customer.says("回单怎么打")
    customer.says("哎呀就是那个嘛")

    assert [(parse.verdict, parse.followed) for parse in parses(product)] == [
        (Verdict.ANSWERED, Followed.RE_ASKED),
        (Verdict.ASKED_BACK, None),
    ]


def test_a_wish_for_a_person_marks_the_turn_before_and_is_no_parse(product: UnderTest, customer: Customer) -> None:
    customer.says("那个单子")
    customer.says("转人工")

    (parse,) = parses(product)
    assert parse.followed is Followed.HUMAN


def test_a_hand_over_by_the_models_own_reading_is_a_verdict(product: UnderTest, customer: Customer) -> None:
    product.understands("把你们经理叫来说清楚", "human_agent")

    customer.says("把你们经理叫来说清楚")

    assert [parse.verdict for parse in parses(product)] == [Verdict.HUMAN]


def test_the_customers_own_word_that_it_is_solved_is_kept(product: UnderTest, customer: Customer) -> None:
    customer.says("回单怎么打")
    customer.says("解决了")

    assert [parse.followed for parse in parses(product)] == [Followed.SOLVED]


def test_an_answer_to_a_question_of_a_flow_is_no_parse_and_no_re_ask(product: UnderTest, customer: Customer) -> None:
    product.understands("我想贷款", "loan_apply")
    customer.says("我想贷款")
    customer.says("30万")
    customer.says("我的积分还剩多少")

    found = parses(product)
    assert [parse.text for parse in found] == ["我想贷款", "我的积分还剩多少"]
    assert found[0].followed is None


def test_without_the_model_the_rules_are_named(product: UnderTest, customer: Customer) -> None:
    product.fakes.nlu.is_down = True

    customer.says("回单怎么打")

    assert [(parse.by, parse.model) for parse in parses(product)] == [("keywords", None)]


def test_nothing_is_parsed_while_a_person_has_the_word(product: UnderTest, customer: Customer) -> None:
    customer.says("转人工")
    customer.says("回单怎么打")

    assert parses(product) == []


def test_fraud_words_decide_before_the_model(product: UnderTest, customer: Customer) -> None:
    customer.says("我被骗了，刚把钱转给骗子了")

    assert parses(product) == []


def test_equal_words_have_one_hash_and_the_hash_tells_nothing(product: UnderTest, customer: Customer) -> None:
    customer.says("回单怎么打")
    customer.says("回单怎么打？？", later_s=timedelta(hours=1).total_seconds())

    first, second = parses(product)
    assert first.text_hash == second.text_hash
    assert first.at > MORNING
    assert len(first.text_hash) == 64
