"""Every flow at every level: whoever is not bound hears no fact of any firm, and where there is one, how to bind."""

from datetime import date

import pytest

from bot.core_bank import Application, CreditLimit, Instalment, LimitState, Loan, LoanState, Stage
from bot.customers.rules import IdentityLevel
from bot.ports import Points
from config.content import load_content
from tests.fakes import FakeBank
from tests.unit.dialogue.chat import FIRM, Chat

CONTENT = load_content()
INTENTS = tuple(CONTENT.intent_flows)
# Every line the product shows: under its sentences, and in the menu.
LINES = sorted({line.id for said in CONTENT.replies.values() for line in said.choices} | {*CONTENT.menu_keys.values()})
LEVELS = tuple(IdentityLevel)
BELOW = tuple(level for level in LEVELS if level is not IdentityLevel.BOUND)
TELLS_FACTS = ("points_balance", "points_expiry", "loan_progress", "loan_repayment", "loan_limit")
# Figures, days and names that stand nowhere in the approved content.
SECRETS = (
    "98,765",
    "4,321",
    "2月29日",
    "88.88",
    "66.66",
    "示范产品",
    FIRM.name,
    "陶记",
    "又见面了",
    "预留的号码。想换",
)
LINK = "https://bank.example/bind"


@pytest.fixture
def bank() -> FakeBank:
    bank = FakeBank()
    secret_day = date(2028, 2, 29)
    bank.points["F1"] = Points(98_765, ((4_321, secret_day),))
    bank.limits["F1"] = (CreditLimit("示范产品", LimitState.EFFECTIVE, 88_880_000, 66_660_000, secret_day),)
    bank.applications["F1"] = (Application("示范产品", Stage.APPROVED, 88_880_000, secret_day),)
    loan = Loan("示范产品", LoanState.NORMAL, 66_660_000, secret_day, (Instalment(secret_day, 88_880_000),))
    bank.loans["F1"] = (loan,)
    return bank


@pytest.fixture
def known(chat: Chat, bank: FakeBank) -> Chat:
    """The firm is at hand: only the level keeps its facts back."""
    chat.firm, chat.bank = FIRM, bank
    return chat


@pytest.mark.parametrize("level", BELOW)
@pytest.mark.parametrize("intent", INTENTS)
def test_below_bound_no_flow_tells_a_fact(known: Chat, bank: FakeBank, intent: str, level: IdentityLevel) -> None:
    known.level = level

    known.say("帮我看看", intent)

    assert known.text
    assert not [secret for secret in SECRETS if secret in known.text]
    assert bank.asked == []


@pytest.mark.parametrize("level", BELOW)
@pytest.mark.parametrize("line", LINES)
def test_below_bound_no_tapped_line_tells_a_fact(known: Chat, bank: FakeBank, line: str, level: IdentityLevel) -> None:
    known.level = level

    known.tap_id(line)

    assert not [secret for secret in SECRETS if secret in known.text]
    assert bank.asked == []


@pytest.mark.parametrize("level", BELOW)
@pytest.mark.parametrize("intent", TELLS_FACTS)
def test_where_a_fact_is_asked_for_the_way_to_bind_is_shown(known: Chat, intent: str, level: IdentityLevel) -> None:
    known.level = level

    known.say("帮我看看", intent)

    assert (known.said[0], known.said[-1]) == (intent, "binding_invite")
    assert next(iter(known.lines)) == "identity:bind", "the way to bind stands first"
    assert known.step.replies[-1].choices[0].url == LINK


@pytest.mark.parametrize("intent", TELLS_FACTS)
def test_bound_the_same_question_gets_the_fact(known: Chat, bank: FakeBank, intent: str) -> None:
    known.say("帮我看看", intent)

    assert [secret for secret in SECRETS if secret in known.text]
    assert len(bank.asked) == 1
    assert "binding_invite" not in known.said


@pytest.mark.parametrize("level", BELOW)
def test_who_is_not_bound_is_asked_for_a_number_to_call(known: Chat, level: IdentityLevel) -> None:
    known.level = level

    known.say("给我回个电话", "callback_request")
    known.tap_id(next(line for line in known.lines if line.startswith("callback:slot:")))

    assert known.said == ("callback_ask_phone",)


# ---- the words for it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["绑定企业", "怎么绑定？", "我要绑定公司", "公司怎么绑定", "微信绑定"])
def test_whoever_wants_to_bind_gets_the_banks_page_whatever_the_model_thinks(chat: Chat, words: str) -> None:
    chat.say(words, "ebank_login_fail")

    assert chat.said == ("binding_start",)
    assert chat.step.replies[0].choices[0].url == LINK


@pytest.mark.parametrize("words", ["解绑", "怎么解除绑定", "我绑定的是哪家企业", "绑定"])
def test_whoever_is_bound_hears_to_whom_and_where_to_change_it(known: Chat, words: str) -> None:
    known.say(words, "ebank_close")

    assert known.said == ("binding_known",)
    assert FIRM.name in known.text


@pytest.mark.parametrize("words", ["设备未绑定怎么办", "绑定手机号换了", "油卡绑定车牌还是手机"])
def test_other_bindings_are_other_matters(chat: Chat, words: str) -> None:
    assert "binding_start" not in chat.say(words, "ebank_login_fail").said


def test_the_label_of_the_link_may_be_typed(chat: Chat) -> None:
    assert chat.say("我的积分", "points_balance").say("去绑定企业", "out_of_scope").said == ("binding_start",)


def test_asking_how_to_bind_leaves_an_open_question_open(chat: Chat) -> None:
    chat.say("我想贷款", "loan_apply")
    step = chat.session.step

    chat.say("怎么绑定", "out_of_scope")

    assert (chat.session.flow, chat.session.step) == ("loan", step)


# ---- a no --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["不要根据我的情况推荐", "关闭个性化推荐", "别拿我的数据做画像", "不要再按我的流水推荐产品了"]
)
def test_whoever_wants_no_profile_is_not_recommended_by_what_he_told(chat: Chat, words: str) -> None:
    chat.say("我想借钱装修饭店", "loan_apply")
    assert chat.session.slots["industry"] == "catering"

    chat.say(words, "loan_product_info")

    assert chat.said == ("profiling_refused",)
    assert [purpose.value for purpose in chat.step.withdraws] == ["profiling"]
    assert not {"purpose", "industry"} & set(chat.session.slots)
    assert chat.session.flow is None


@pytest.mark.parametrize("words", ["根据我的情况推荐一款", "不要给我推荐抵押的", "按我的情况能贷多少"])
def test_a_wish_for_advice_is_no_refusal(chat: Chat, words: str) -> None:
    assert chat.say(words, "loan_product_info").step.withdraws == ()
