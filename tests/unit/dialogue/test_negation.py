"""不是贷款，是积分: what was misunderstood is put aside."""

import pytest

from bot.dialogue.session import Session
from bot.messages import Understanding
from tests.unit.dialogue.chat import Chat, understood

UNSURE = Understanding("deny", 0.2, (("deny", 0.2), ("greet", 0.15)))
RATE_OR_LIMIT = Understanding(
    "loan_rate", 0.9, (("loan_rate", 0.9), ("loan_limit", 0.05), ("loan_calculator", 0.03), ("greet", 0.01))
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("不是贷款，是积分", "points_balance"),
        ("不是贷款是积分", "points_balance"),
        ("我没问利率 我问额度", "loan_limit"),
        ("我没问利率我问额度", "loan_limit"),
        ("不是这个 我是说回单", "e_receipt"),
        ("谁问你贷款了 我要销户", "account_close"),
        ("别跟我说贷款了，积分怎么换", "points_redeem"),
        ("我问的不是贷款，是网银怎么开通网银", "ebank_open"),
        ("你理解错了，我要对账", "reconciliation"),
        ("我没说要贷款啊，我是问开户", "account_open"),
        ("不是要贷款 是想提前还款", "loan_early_repayment"),
        ("我要的不是利率是额度", "loan_limit"),
        ("我不想贷款，我想提前还款", "loan_early_repayment"),
    ],
)
def test_the_rest_decides(chat: Chat, words: str, said: str) -> None:
    chat.say("贷款利率多少", "loan_rate").say(words, "loan_rate")

    assert chat.said[0] == said
    assert chat.step.read_as is None


@pytest.mark.parametrize("words", ["不是贷款，是积分", "谁问你贷款了，我要查积分"])
def test_a_correction_leaves_the_open_question(chat: Chat, words: str) -> None:
    chat.session = Session(flow="loan", step="purpose", introduced=True)

    assert chat.say(words, UNSURE).said[0] == "points_balance"
    assert "purpose" not in chat.session.slots


@pytest.mark.parametrize("words", ["不是这个", "答非所问", "你没听懂我的意思", "我问的不是这个", "说的不是这个啊"])
def test_with_nothing_left_the_next_guesses_are_offered(chat: Chat, words: str) -> None:
    chat.say("贷款利率多少", RATE_OR_LIMIT).say(words, "deny")

    assert chat.said == ("misread",)
    assert list(chat.lines.values())[:2] == ["能贷多少额度", "算算利息"]
    assert "贷款利率多少" not in chat.lines.values()


def test_a_sure_guess_has_its_neighbours_behind_it(chat: Chat) -> None:
    chat.say("怎么提款", "loan_drawdown").say("你没听懂", UNSURE)

    assert chat.said == ("misread",)
    assert list(chat.lines.values())[:3] == ["什么时候还款", "提前还款", "贷款到期想续"]


def test_guesses_are_about_the_last_message_only(chat: Chat) -> None:
    chat.say("贷款利率多少", RATE_OR_LIMIT).tap("帮我挑一款").say("答非所问", UNSURE)

    assert chat.said == ("misread_blank",)


def test_two_misreadings_in_a_row_bring_a_person(chat: Chat) -> None:
    chat.say("贷款利率多少", RATE_OR_LIMIT).say("不是这个", "deny").say("还不是这个，你没听懂", "deny")

    assert chat.said == ("fallback_again",)


def test_an_unclear_rest_is_asked_about_without_the_rejected(chat: Chat) -> None:
    rest = Understanding("loan_rate", 0.3, (("loan_rate", 0.3), ("points_rules", 0.25), ("loan_limit", 0.2)))
    chat.clauses["那个点数"] = rest

    chat.say("贷款利率多少", "loan_rate").say("不是利率，是那个点数", UNSURE)

    assert chat.said == ("misread",)
    assert "贷款利率多少" not in chat.lines.values()
    assert "积分怎么来的" in chat.lines.values()


@pytest.mark.parametrize(
    ("step", "words", "slot", "value"),
    [
        ("amount", "不是20万，是30万", "amount", [30_000_000, 30_000_000]),
        ("term", "不对，是发工资", "purpose", "发工资"),
        ("collateral", "没有抵押", "collateral", False),
    ],
)
def test_a_corrected_fact_stays_in_its_flow(chat: Chat, step: str, words: str, slot: str, value: object) -> None:
    chat.session = Session(flow="loan", step=step, slots={"purpose": "采购备货"}, introduced=True)
    understanding = understood("payroll", 0.2)
    if slot == "amount":
        understanding = understood("loan_limit", 0.2, amount={"low_fen": 30_000_000, "high_fen": 30_000_000})

    chat.say(words, understanding)

    assert chat.session.slots[slot] == value
    assert chat.session.flow == "loan"


@pytest.mark.parametrize(
    "words",
    [
        "我不是法人能开户吗",
        "不是基本户，能贷吗",
        "不是说可以免手续费吗",
        "是不是要带法人",
        "不是不能转账，是对方没收到",
    ],
)
def test_not_every_no_corrects_the_topic(chat: Chat, words: str) -> None:
    chat.say("你好", "greet").say(words, "account_open")

    assert chat.said == ("account_open",)


def test_the_channel_that_was_asked_for_is_no_topic(chat: Chat) -> None:
    chat.say("回单怎么下", "e_receipt").say("没解决", UNSURE).say("不是手机银行，是网银", "ebank_open")

    assert chat.said == ("e_receipt_menu",)


def test_not_this_card_means_the_next(chat: Chat) -> None:
    chat.session = Session(
        flow="loan", step="cards", introduced=True,
        slots={"cards": ["jingying_kuaidai", "shuiwudai"], "card": "jingying_kuaidai"},
    )  # fmt: skip

    assert chat.say("不要这个", "deny").said[-1] == "product.shuiwudai"
